import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime

/// How far a stream was read whose slices were read in parts: what the cursor of one whole read would have noted, noted afterwards.
///
/// A value, without a clock: the same code as in a read takes in what was listed and what was read of it.
package struct MergedProgress: Sendable {
  private let definition: CursorDefinition?
  /// The state of a stream that says only that it was read.
  private let mark: JSONObject
  // Changed where they are: there may be many partitions.
  private var timeline: CursorTimeline?
  private var partitions: PerPartitionProgress?
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
    mark = state
    switch dividing {
    case .marks: definition = nil
    case .windows(let rules):
      let definition = rules.definition(of: stream, in: runtime)
      self.definition = definition
      timeline = try CursorTimeline(definition, state: state)
    case .partitions(let rules, let sharesCursor):
      let definition = rules.definition(of: stream, in: runtime)
      self.definition = definition
      partitions = try PerPartitionProgress(definition, state: state, usesGlobalCursor: sharesCursor)
      partitions?.start(at: start, parentState: parents)
    }
  }

  /// A partition and its slices, in the order in which they were listed; windows of a stream without partitions belong to an empty one.
  /// - Parameters:
  ///   - slices: each with its position as the states of parts hold it; nil where it was not read.
  ///   - parents: the state of the parents when the partition was listed.
  /// - Throws: ``ConnectorError`` if a position cannot be read.
  package mutating func add(
    _ partition: JSONObject, _ slices: [(slice: StreamSlice, position: JSONObject?)], parents: JSONObject?
  ) throws {
    if slices.contains(where: { $0.position == nil }) { isComplete = false }
    if timeline != nil {
      for case (let slice, let position?) in slices {
        let greatest = try value(position)
        _ = try timeline?.close(slice, mostRecent: greatest)
      }
      return
    }
    guard partitions != nil else { return }
    let key = PartitionKey(partition)
    guard case .windows? = try partitions?.begin(key, parentState: parents) else { return }
    for index in slices.indices { partitions?.handOut(key, isLast: index == slices.count - 1) }
    for case (let slice, let position?) in slices {
      let greatest = try value(position)
      try partitions?.close(key, slice, greatest: greatest)
    }
  }

  private func value(_ position: JSONObject) throws -> CursorValue? {
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
    if let timeline { return try timeline.state }
    // A stream that was not read wholly is as it was: its mark would say that it was.
    guard partitions != nil else { return isComplete ? [FinalStateCursor.stateKey: true] : mark }
    partitions?.listed()
    partitions?.finish(at: end, parentState: parents)
    return try partitions?.state ?? mark
  }
}
