import JSON
import Synchronization
import Testing

@testable import ConnectorModel

/// The memory in which large records are made.
@Suite(.timeLimit(.minutes(15))) struct RecordWorkshopTests {
  private let workshop = RecordWorkshop(Limit(value: 3_000_000, variable: "MEMORY"))

  /// How many are made now, and how many were at most.
  private final class Meter: Sendable {
    let count = Mutex((now: 0, most: 0))
  }

  private func record(_ size: Int) throws -> Record {
    Record(try JSONDocument(parsing: #"{"note":"\#(String(repeating: "x", count: size))"}"#).root)
  }

  @Test("What a record takes", arguments: [(1_000, true, 0), (1_000, false, 0), (500_000, false, 500_011)])
  func costs(size: Int, isBuilt: Bool, expected: Int) throws {
    let view = try #require(record(size).view)
    #expect(RecordWorkshop.cost(of: view, isBuilt: isBuilt) == expected)
  }

  @Test func whatIsBuiltTakesMore() throws {
    let numbers = try JSONDocument(parsing: #"{"a":[\#(String(repeating: "1,", count: 200_000))1]}"#).root
    let cost = RecordWorkshop.cost(of: numbers, isBuilt: true)
    #expect(cost > 24 * 200_000 && cost < 80 * 200_000)
  }

  @Test func twoThatDoNotFitAreMadeOneAfterTheOther() async throws {
    let meter = Meter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        let records = [try record(600_000)]
        group.addTask { [workshop] in
          try await workshop.make(records, areBuilt: false, from: "https://api.test") {
            meter.count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<20 { await Task.yield() }
            meter.count.withLock { $0.now -= 1 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(meter.count.withLock { $0.most } == 1)
  }

  @Test func oneThatIsTooLargeIsAnError() async throws {
    let records = [try record(10), try record(1_100_000)]
    await #expect(throws: TransportError.self) {
      try await workshop.make(records, areBuilt: false, from: "https://api.test/items") {}
    }
    try await workshop.make([try record(900_000)], areBuilt: false, from: "https://api.test/items") {}
  }
}
