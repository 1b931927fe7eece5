import ConnectorModel
import JSON
import Synchronization
import Testing

/// A limited number of slices, also where the slices of a parent are listed within those of its child.
@Suite struct FirstSlicesTests {
  /// Has a slice for each number from 0 on.
  private struct Numbers: Cursor {
    let count: Int
    var state: JSONObject { [:] }

    func slices(_ body: (StreamSlice) async throws -> Void) async throws {
      for number in 0..<count { try await body(StreamSlice(partition: ["number": .int(number)])) }
    }

    func requestParts(for slice: StreamSlice, token: PageToken?) -> RequestParts { RequestParts() }
  }

  /// Has the slices of a parent, doubled, behind each of which the parent goes on.
  private struct Children: Cursor {
    let parent: FirstSlices
    var state: JSONObject { [:] }

    func slices(_ body: (StreamSlice) async throws -> Void) async throws {
      try await parent.forEach { slice in
        try await body(slice)
        try await body(slice)
      }
    }

    func requestParts(for slice: StreamSlice, token: PageToken?) -> RequestParts { RequestParts() }
  }

  private struct Refused: Error {}

  private static func numbers(_ slices: FirstSlices) async throws -> [Int] {
    let numbers = Mutex<[Int]>([])
    try await slices.forEach { slice in numbers.withLock { $0.append(slice.partition["number"]?.int ?? -1) } }
    return numbers.withLock { $0 }
  }

  @Test(arguments: [(nil, [0, 1, 2]), (1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (4, [0, 1, 2])])
  func soManyAreListed(limit: Int?, expected: [Int]) async throws {
    #expect(try await Self.numbers(FirstSlices(of: Numbers(count: 3), upTo: limit)) == expected)
  }

  @Test(arguments: [(2, 9, [0, 0, 1, 1]), (2, 3, [0, 0, 1]), (9, 2, [0, 0]), (2, 2, [0, 0]), (1, 1, [0])])
  func parentsAndChildrenHaveLimitsOfTheirOwn(parents: Int, children: Int, expected: [Int]) async throws {
    let parent = FirstSlices(of: Numbers(count: 5), upTo: parents)
    #expect(try await Self.numbers(FirstSlices(of: Children(parent: parent), upTo: children)) == expected)
  }

  @Test func otherErrorsPass() async {
    await #expect(throws: Refused.self) {
      try await FirstSlices(of: Numbers(count: 3), upTo: 2).forEach { _ in throw Refused() }
    }
  }
}
