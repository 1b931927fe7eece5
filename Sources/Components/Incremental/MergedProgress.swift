import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime

/// How far a stream was read whose slices were read in parts: what the cursor of one whole read would have noted, noted afterwards.
///
/// A value, without a clock: the same code as in a read takes in what was listed and what was read of it.
package struct MergedProgress: Sendable {
  private enum Kind: Sendable {
    case marks(JSONObject)
    case windows(CursorTimeline)
    case partitions(PerPartitionProgress)
  }

  private let definition: CursorDefinition?
  private var kind: Kind
  private var isComplete = true

  /// - Parameters:
  ///   - state: what the read began from; empty for its beginning.
  ///   - start: when the partitions were listed, in microseconds since 1970.
  ///   - parents: the state of the parents before the first partition.
  /// - Throws: ``ConnectorError`` if the state cannot be read.
  package init(
    of stream: String, _ dividing: CursorDividing, state: JSONObject, start: Int64, parents: JSONObject?,
    in runtime: RuntimeEnvironment
  ) throws {
    switch dividing {
    case .marks:
      definition = nil
      kind = .marks(state)
    case .windows(let rules):
      let definition = rules.definition(of: stream, in: runtime)
      self.definition = definition
      kind = .windows(try CursorTimeline(definition, state: state))
    case .partitions(let rules, let sharesCursor):
      let definition = rules.definition(of: stream, in: runtime)
      self.definition = definition
      var progress = try PerPartitionProgress(definition, state: state, usesGlobalCursor: sharesCursor)
      progress.start(at: start, parentState: parents)
      kind = .partitions(progress)
    }
  }

  /// A partition and its slices, in the order in which they were listed; windows of a stream without partitions belong to an empty one.
  /// - Parameters:
  ///   - slices: each with its position as the states of parts hold it; nil where it was not read.
  ///   - parents: the state of the parents when the partition was listed.
  /// - Throws: ``ConnectorError`` if a position cannot be read.
  package mutating func add(
    _ partition: JSONObject, _ slices: [(slice: StreamSlice, position: JSONObject?)], parents: JSONObject?
  )
    throws
  {
    if slices.contains(where: { $0.position == nil }) { isComplete = false }
    switch kind {
    case .marks: break
    case .windows(var timeline):
      for case (let slice, let position?) in slices { _ = try timeline.close(slice, mostRecent: greatest(position)) }
      kind = .windows(timeline)
    case .partitions(var progress):
      // What is kept twice is copied with each change.
      kind = .marks([:])
      defer { kind = .partitions(progress) }
      let key = PartitionKey(partition)
      guard case .windows = try progress.begin(key, parentState: parents) else { return }
      for index in slices.indices { progress.handOut(key, isLast: index == slices.count - 1) }
      for case (let slice, let position?) in slices { try progress.close(key, slice, greatest: greatest(position)) }
    }
  }

  private func greatest(_ position: JSONObject) throws -> CursorValue? {
    if let exact = position[WindowState.exact]?.string {
      guard let moment = try? PyDateTime.isoParse(exact) else { throw unreadable(.string(exact)) }
      return .moment(moment)
    }
    guard let value = position[WindowState.greatest] else { return nil }
    return try definition?.read(value, "`\(WindowState.greatest)` of a slice")
  }

  private func unreadable(_ value: JSONValue) -> any Error {
    definition?.unreadable("`\(WindowState.exact)` is \(value.jsonText), which is not a time")
      ?? ConnectorError(.config, "The state has \(value.jsonText) where a time should be")
  }

  /// The state that the whole read would have ended with.
  /// - Parameters:
  ///   - end: when the last part ended, in microseconds since 1970.
  ///   - parents: the state of the parents after the last partition.
  package mutating func finish(at end: Int64, parents: JSONObject?) throws -> JSONObject {
    switch kind {
    // A stream that was not read wholly is as it was: its mark would say that it was.
    case .marks(let state): return isComplete ? [FinalStateCursor.stateKey: true] : state
    case .windows(let timeline): return try timeline.state
    case .partitions(var progress):
      kind = .marks([:])
      defer { kind = .partitions(progress) }
      progress.listed()
      progress.finish(at: end, parentState: parents)
      return try progress.state
    }
  }
}
