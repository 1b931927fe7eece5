import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

/// What happens with more partitions than a state can hold.
@Suite struct ManyPartitionsTests {
  private static func cursor(
    count: Int, log: RecordingLog = RecordingLog(), now: @escaping @Sendable () -> Int64 = { CursorFixtures.now }
  ) throws -> any Cursor {
    let context = CursorFixtures.context(state: [:], log: log, now: now)
    let values = JSONValue.array((0..<count).map { .string(String($0)) })
    let router = try PartitionRouters.make(
      from: CursorFixtures.node(["type": "ListPartitionRouter", "values": values, "cursor_field": "id"]), in: context)
    return try cursor(over: router, in: context)
  }

  private static func cursor(over router: (any PartitionRouter)?, in scope: BuildScope) throws -> any Cursor {
    let sync: any IncrementalSync = try scope.build(
      CursorFixtures.node([
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": "2025-01-01T00:00:00Z",
      ]))
    return try StreamCursor.make(incrementalSync: sync, router: router, in: scope)
  }

  private static func read(_ cursor: any Cursor) async throws {
    try await cursor.slices { slice in
      let observer = cursor.observer(for: slice)
      try observer.observe(CursorFixtures.record(["updated_at": "2025-02-03T00:00:00Z"]))
      _ = try cursor.close(slice, after: observer.finish())
    }
  }

  @Test func theStateBecomesTheGlobalCursor() async throws {
    let log = RecordingLog()
    let cursor = try Self.cursor(count: PerPartitionProgress.switchToGlobalLimit + 2, log: log)
    try await Self.read(cursor)
    #expect(
      try cursor.finish() == ["use_global_cursor": true, "state": ["updated_at": "2025-02-03T00:00:00Z"], "lookback_window": 1])
    (cursor as? ConcurrentPerPartitionCursor)?.definition.runtime.warnings.report(to: log)
    #expect(log.lines == ["INFO Stream items: it has more than 10000 partitions, so that its state is a global cursor."])
  }

  @Test func partitionsUpToTheLimitKeepTheirOwnState() async throws {
    let cursor = try Self.cursor(count: PerPartitionProgress.switchToGlobalLimit + 1)
    try await Self.read(cursor)
    let state = try cursor.finish()
    #expect(state["use_global_cursor"] == false)
    #expect(state["states"]?.count == PerPartitionProgress.switchToGlobalLimit + 1)
  }

  /// Each step lets some seconds pass and closes a partition; the ones marked say their state.
  @Test(
    arguments: [
      (Array(repeating: 100, count: 20), [0, 7, 14]),
      (Array(repeating: 0, count: 1_000), [0]),
      ([0, 600, 1, 599, 2], [0, 2, 4]),
      ([3_600, 3_600, 3_600], [0, 1, 2]),
    ])
  func statesComeEveryTenMinutes(steps: [Int], emitting: [Int]) async throws {
    let clock = Mutex(CursorFixtures.now)
    let cursor = try Self.cursor(count: steps.count, now: { clock.withLock { $0 } })
    var emitted: [Int] = []
    var place = 0
    try await cursor.slices { slice in
      clock.withLock { $0 += Int64(steps[place]) * 1_000_000 }
      if let state = try cursor.close(slice, after: cursor.observer(for: slice).finish()) {
        emitted.append(place)
        #expect(state["states"]?.count == place + 1)
      }
      place += 1
    }
    #expect(emitted == emitting)
    #expect(try cursor.finish()["states"]?.count == steps.count)
  }

  /// Partitions that a parent names before it fails.
  private struct BreakingRouter: PartitionRouter {
    struct Broken: Error {}
    var parentState: JSONObject? { nil }

    func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
      for number in 0..<3 { try await body(StreamSlice(partition: ["id": .int(number)])) }
      throw Broken()
    }
    func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts { RequestParts() }
  }

  @Test func partitionsThatWereNotNamedBeginWhereTheyWouldHave() async throws {
    let cursor = try Self.cursor(over: BreakingRouter(), in: CursorFixtures.context(state: [:]))
    await #expect(throws: BreakingRouter.Broken.self) { try await Self.read(cursor) }
    let state = try cursor.finish()
    #expect(state["states"]?.count == 3)
    // The cursor that new partitions start from.
    #expect(state["state"] == nil)
  }

  @Test func theOrderOfKeysDoesNotMatter() {
    let (first, second) = (PartitionKey(["b": ["y": 1, "x": 2], "a": 1]), PartitionKey(["a": 1, "b": ["x": 2, "y": 1]]))
    #expect(first == second)
    #expect(Array(first.partition.keys) == ["a", "b"])
  }
}
