import ConnectorModel
import JSON
import PythonTime
import Synchronization

/// The cursor of a stream without partitions: windows that are read in any order, and the state up to which all of them were.
final class ConcurrentCursor: DivisibleCursor {
  let definition: CursorDefinition
  private let timeline: Mutex<CursorTimeline>
  private let initialBounds: CursorBounds

  /// - Throws: ``ConnectorError`` if the state or the manifest's start cannot be read.
  init(_ definition: CursorDefinition, state: JSONObject) throws {
    self.definition = definition
    let timeline = try CursorTimeline(definition, state: state)
    initialBounds = timeline.bounds
    self.timeline = Mutex(timeline)
  }

  var cursorField: String? { definition.field.string }

  func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    var windows = try timeline.withLock { try $0.windows() }
    while let window = try nextWindow(&windows) {
      try await body(StreamSlice(cursorSlice: definition.cursorSlice(window)))
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
    if let unusable = observation.unusable, unusable.isTruthy { try timeline.withLock { try $0.close(unusable: unusable) } }
    if observation.isMostlyEarly { definition.warnOfEarlyRecords(in: slice) }
    return try timeline.withLock { try $0.close(slice, mostRecent: observation.greatest) ? try $0.state : nil }
  }

  func list(_ take: (ListedSlice) async throws -> Void) async throws {
    try await slices { slice in try await take(.slice(slice)) }
  }

  var dividing: CursorDividing? {
    get throws {
      // A counting cursor has one slice, whose end nobody knows before it was read.
      guard definition.readsWindows, let rules = definition.mergeRules(start: timeline.withLock({ $0.configuredStart })) else {
        return nil
      }
      return .windows(rules)
    }
  }

  func position(of observation: Observation, in slice: StreamSlice) -> JSONObject {
    definition.position(of: observation, in: slice)
  }

  var state: JSONObject { get throws { try timeline.withLock { try $0.state } } }

  /// What was read during this run does not move the bounds: they are those of the state that was passed in.
  func bounds(for slice: StreamSlice) -> (any RecordBounds)? { initialBounds }

  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? { definition.moment(of: state) }

  func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts {
    var parts = RequestParts()
    if !slice.merged.isEmpty || !slice.extraFields.isEmpty { try definition.requestOptions.add(from: slice.merged, to: &parts) }
    return parts
  }
}
