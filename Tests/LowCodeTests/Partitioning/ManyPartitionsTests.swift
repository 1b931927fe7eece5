import JSON
import Testing

@testable import LowCode

/// What happens with more partitions than a state can hold.
@Suite struct ManyPartitionsTests {
  private static func cursor(count: Int, state: JSONObject = [:], log: RecordingLog = RecordingLog()) throws -> any Cursor {
    let context = CursorFixtures.context(state: state, log: log)
    let values = JSONValue.array((0..<count).map { .string(String($0)) })
    let router = try PartitionRouters.make(
      from: CursorFixtures.node(["type": "ListPartitionRouter", "values": values, "cursor_field": "id"]), in: context)
    let sync: any IncrementalSync = try context.build(
      CursorFixtures.node([
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": "2025-01-01T00:00:00Z",
      ]))
    return try StreamCursor.make(incrementalSync: sync, router: router, in: context)
  }

  private static func read(_ cursor: any Cursor) async throws {
    try await cursor.slices { slice in
      let observer = cursor.observer(for: slice)
      try observer.observe(CursorFixtures.record(["updated_at": "2025-02-03T00:00:00Z"]))
      _ = try cursor.close(slice, observer: observer)
    }
  }

  @Test func theStateBecomesTheGlobalCursor() async throws {
    let log = RecordingLog()
    let cursor = try Self.cursor(count: PerPartitionProgress.switchToGlobalLimit + 2, log: log)
    try await Self.read(cursor)
    #expect(
      try cursor.finish() == ["use_global_cursor": true, "state": ["updated_at": "2025-02-03T00:00:00Z"], "lookback_window": 1])
    #expect(log.lines.filter { $0.contains("global cursor") }.count == 1)
  }

  @Test func partitionsUpToTheLimitKeepTheirOwnState() async throws {
    let cursor = try Self.cursor(count: PerPartitionProgress.switchToGlobalLimit + 1)
    try await Self.read(cursor)
    let state = try cursor.finish()
    #expect(state["use_global_cursor"] == false)
    #expect(state["states"]?.count == PerPartitionProgress.switchToGlobalLimit + 1)
  }

  @Test func onlySoManyTimelinesAreKept() async throws {
    let cursor = try Self.cursor(count: PerPartitionProgress.maxPartitions + 2_000)
    try await Self.read(cursor)
    #expect(try cursor.finish()["state"] == ["updated_at": "2025-02-03T00:00:00Z"])
  }

  @Test func droppedKeysMakeRoomWithoutMovingTheOthers() {
    var table = PartitionTable<Int>()
    func key(_ number: Int) -> PartitionKey { PartitionKey(["id": .int(number)]) }
    for number in 0..<1_000 { table[key(number)] = number }
    for number in 0..<990 where number % 7 != 0 { table[key(number)] = nil }
    table[key(3)] = -3
    var seen: [Int] = []
    table.forEach { seen.append($1) }
    #expect(seen == (0..<990).filter { $0 % 7 == 0 } + Array(990..<1_000) + [-3])
    #expect(table.firstKey { $0 != key(0) } == key(7))
    #expect(table.update(key(7)) { $0 += 1 } != nil)
    #expect(table[key(7)] == 8)
    #expect(table.count == seen.count)
  }

  @Test func theOrderOfKeysDoesNotMatter() {
    let (first, second) = (PartitionKey(["b": ["y": 1, "x": 2], "a": 1]), PartitionKey(["a": 1, "b": ["x": 2, "y": 1]]))
    #expect(first == second)
    #expect(Array(first.partition.keys) == ["a", "b"])
  }
}
