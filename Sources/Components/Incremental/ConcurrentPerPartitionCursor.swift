import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime
import Synchronization

/// The cursor of a stream whose partitions are each read incrementally.
final class ConcurrentPerPartitionCursor: DivisibleCursor {
  let definition: CursorDefinition
  private let router: any PartitionRouter
  private let now: @Sendable () -> Int64
  private let progress: Mutex<PerPartitionProgress>
  /// The bounds that were asked for last: a reader asks for those of one slice again and again.
  private let lastBounds = Mutex<(slice: StreamSlice, bounds: CursorBounds?)?>(nil)

  /// - Parameter usesGlobalCursor: whether all partitions share one cursor, unless the state says otherwise.
  /// - Throws: ``ConnectorError`` if the state cannot be read.
  init(
    _ definition: CursorDefinition, router: any PartitionRouter, state: JSONObject, usesGlobalCursor: Bool,
    now: @escaping @Sendable () -> Int64
  ) throws {
    self.definition = definition
    self.router = router
    self.now = now
    progress = Mutex(try PerPartitionProgress(definition, state: state, usesGlobalCursor: usesGlobalCursor))
  }

  var cursorField: String? { definition.field.string }
  var followsPartitions: Bool { true }

  func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    try await list { listed in if case .slice(let slice) = listed { try await body(slice) } }
  }

  func list(_ take: (ListedSlice) async throws -> Void) async throws {
    let (start, parentState) = (now(), try router.parentState)
    progress.withLock { $0.start(at: start, parentState: parentState) }
    try await take(.parents(parentState))
    try await router.partitions { partition in
      try await self.read(partition, take) { slice in try await take(.slice(slice)) }
    }
    progress.withLock { $0.listed() }
    try await take(.parents(try router.parentState))
  }

  private func read(
    _ partition: StreamSlice, _ take: (ListedSlice) async throws -> Void, _ body: (StreamSlice) async throws -> Void
  ) async throws {
    let key = PartitionKey(partition.partition)
    let parentState = try router.parentState
    guard case .windows(var windows) = try progress.withLock({ try $0.begin(key, parentState: parentState) }) else { return }
    try await take(.partition(partition.partition, parents: parentState))
    // One window ahead, so that the last one is known when it is given out.
    var next = try nextWindow(&windows)
    while let window = next {
      next = try nextWindow(&windows)
      let isLast = next == nil
      let slice = definition.cursorSlice(window)
      if let shared = slice.keys.first(where: { partition.partition[$0] != nil }) {
        throw ConnectorError(
          .system, "Stream `\(definition.streamName)` has `\(shared)` both in its partitions and in its cursor's windows")
      }
      progress.withLock { $0.handOut(key, isLast: isLast) }
      try await body(StreamSlice(partition: partition.partition, cursorSlice: slice, extraFields: partition.extraFields))
    }
  }

  private func nextWindow(_ windows: inout SliceWindows) throws -> SliceWindow? {
    do {
      return try windows.next()
    } catch {
      throw definition.failure("its windows cannot be computed", error)
    }
  }

  func observer(for slice: StreamSlice) -> any CursorObserver { CursorValueObserver(definition, for: slice) }

  func close(_ slice: StreamSlice, after observation: Observation) throws -> JSONObject? {
    if observation.isMostlyEarly { definition.warnOfEarlyRecords(in: slice) }
    let key = PartitionKey(slice.partition)
    let now = now()
    return try progress.withLock { progress in
      try progress.close(key, slice, greatest: observation.greatest)
      return progress.shouldEmit(at: now) ? try progress.state : nil
    }
  }

  var dividing: CursorDividing? {
    get throws {
      let isShared = progress.withLock { $0.usesGlobalCursor }
      return try definition.mergeRules(start: definition.start()).map { .partitions($0, sharesCursor: isShared) }
    }
  }

  func position(of observation: Observation, in slice: StreamSlice) -> JSONObject {
    definition.position(of: observation, in: slice)
  }

  func finish() throws -> JSONObject {
    let (now, parentState) = (now(), try router.parentState)
    return try progress.withLock { progress in
      progress.finish(at: now, parentState: parentState)
      return try progress.state
    }
  }

  var state: JSONObject { get throws { try progress.withLock { try $0.state } } }

  func bounds(for slice: StreamSlice) -> (any RecordBounds)? {
    if let last = lastBounds.withLock({ $0 }), last.slice === slice { return last.bounds }
    let key = PartitionKey(slice.partition)
    let bounds = progress.withLock { $0.bounds(for: key) }
    lastBounds.withLock { $0 = (slice, bounds) }
    return bounds
  }

  /// What the cursor that all partitions share says.
  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? { state["state"]?.object.flatMap(definition.moment(of:)) }

  /// The partition's options, and in place of those of the same name the options of its window.
  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    var parts = try await router.requestParts(for: StreamSlice(partition: slice.partition), token: token)
    guard !slice.cursorSlice.isEmpty else { return parts }
    var window = RequestParts()
    try definition.requestOptions.add(from: slice.cursorSlice, to: &window)
    parts.overlay(window)
    return parts
  }
}

extension RequestParts {
  /// Sets what `other` has, top-level key by top-level key.
  mutating func overlay(_ other: RequestParts) {
    // The first one of a name is the one that counts.
    additions = other.additions + additions
    parameters.merge(other.parameters) { $1 }
    headers.merge(other.headers) { $1 }
    bodyJSON.merge(other.bodyJSON) { $1 }
    if case .object(var fields) = bodyData, case .object(let others) = other.bodyData {
      fields.merge(others) { $1 }
      bodyData = .object(fields)
    } else if other.bodyData != .object([:]) {
      bodyData = other.bodyData
    }
  }
}
