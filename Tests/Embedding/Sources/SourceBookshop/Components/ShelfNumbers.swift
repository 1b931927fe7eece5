import LowCode

/// Makes a partition for each number of a range.
struct ShelfNumbers: Component, PartitionRouter {
  private let numbers: ClosedRange<Int>

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let (first, last) = (try node.int("first") ?? 1, try node.int("last") ?? 1)
    guard first <= last else {
      throw ConnectorError(.system, "`last` should not be less than `first`", at: try node.required("last"))
    }
    numbers = first...last
  }

  func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    for number in numbers { try await body(StreamSlice(partition: ["shelf": .int(number)])) }
  }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    var parts = RequestParts()
    parts.parameters["limit"] = 100
    return parts
  }
}
