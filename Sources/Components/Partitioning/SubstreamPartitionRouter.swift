import AirbyteProtocol
import ConnectorModel
import JSON
import Synchronization

/// Makes a partition for each record of one or several parent streams.
package struct SubstreamPartitionRouter: Component, PartitionRouter {
  package let parents: [ParentStreamConfig]
  private let checkpoint = ParentCheckpoint()

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    parents = try node.nodes("parent_stream_configs").map { try scope.build($0, as: ParentStreamConfig.self) }
    guard !parents.isEmpty else {
      throw ConnectorError(.system, "A `SubstreamPartitionRouter` needs at least one parent stream", at: node.node)
    }
  }

  package init(parents: [ParentStreamConfig]) { self.parents = parents }

  package var parentStreams: [any ParentStream] { parents.map(\.stream) }
  package var takesRecords: Bool { true }

  package func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
    for parent in parents {
      let keys = try parent.keys.get()
      // One slice behind, so that the last one is known when it is closed.
      var pending: StreamSlice?
      var tally = ParentTally()
      try await FirstSlices(of: parent.stream.cursor, upTo: parent.sliceLimit).forEach { slice in
        checkpoint.invalidate()
        if let previous = pending { try await read(parent, by: keys, previous, isLastSlice: false, &tally, body) }
        pending = slice
      }
      checkpoint.invalidate()
      if let last = pending { try await read(parent, by: keys, last, isLastSlice: true, &tally, body) }
      if tally.partitions == 0 { parent.warnOfNoPartitions(records: tally.records, last: tally.last) }
    }
  }

  /// A slice of the parent is closed before the partition of its last record is given out, so that the partition carries that
  /// state.
  private func read(
    _ parent: ParentStreamConfig, by keys: ParentStreamConfig.Keys, _ slice: StreamSlice, isLastSlice: Bool,
    _ tally: inout ParentTally, _ body: (StreamSlice) async throws -> Void
  ) async throws {
    let observer = parent.stream.cursor.observer(for: slice)
    var held: Record?
    try await parent.stream.read(slice) { records in
      tally.records += records.count
      for record in records {
        if let previous = held, let partition = try take(previous, of: parent, by: keys, slice, observer) {
          tally.partitions += 1
          try await body(partition)
        }
        held = record
      }
    }
    let last = try held.flatMap { try take($0, of: parent, by: keys, slice, observer) }
    if last != nil { tally.partitions += 1 } else if let held, tally.partitions == 0 { tally.last = held }
    _ = try parent.stream.cursor.close(slice, after: observer.finish())
    if isLastSlice { _ = try parent.stream.cursor.finish() }
    checkpoint.invalidate()
    if let last { try await body(last) }
  }

  private func take(
    _ record: Record, of parent: ParentStreamConfig, by keys: ParentStreamConfig.Keys, _ slice: StreamSlice,
    _ observer: any CursorObserver
  ) throws -> StreamSlice? {
    try observer.observe(record)
    return try parent.partition(from: record, in: slice, by: keys)
  }

  /// The states of those parents whose progress the child keeps.
  package var parentState: JSONObject? {
    get throws {
      try checkpoint.state {
        var state: JSONObject = [:]
        for parent in parents where parent.isIncrementalDependency {
          state[parent.stream.name] = .object(try parent.stream.cursor.state)
        }
        return state
      }
    }
  }

  package func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts {
    var parts = RequestParts()
    for parent in parents {
      guard let option = parent.requestOption, let value = try slice.merged[parent.partitionField.get()], value.isTruthy else {
        continue
      }
      try option.inject(value, into: &parts)
    }
    return parts
  }
}

/// How many records a parent had, and how many became partitions.
private struct ParentTally {
  var records = 0
  var partitions = 0
  /// A record that made no partition, where none did.
  var last: Record?
}

/// The parents' state, made again only after they moved: a slice has many records, and a state may have many partitions.
private final class ParentCheckpoint: Sendable {
  private let known = Mutex<JSONObject?>(nil)

  func invalidate() { known.withLock { $0 = nil } }

  func state(_ make: () throws -> JSONObject) throws -> JSONObject {
    if let state = known.withLock({ $0 }) { return state }
    let state = try make()
    known.withLock { $0 = state }
    return state
  }
}
