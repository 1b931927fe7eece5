import ConnectorModel
import JSON
import PythonTime

/// What comes up while a cursor lists what is to be read.
package enum ListedSlice: Sendable {
  /// The state of the parents: before the first partition, and after the last one.
  case parents(JSONObject?)
  /// A partition that is followed by itself begins: its slices come next, if it has any.
  case partition(JSONObject, parents: JSONObject?)
  case slice(StreamSlice)
}

/// How the state of a stream comes together that was read in parts.
package enum CursorDividing: Sendable {
  /// The state says only that the stream was read.
  case marks
  /// The windows of one cursor.
  case windows(CursorMergeRules)
  /// Windows of partitions, each with a cursor of its own, or with one that all of them share.
  case partitions(CursorMergeRules, sharesCursor: Bool)
}

/// A cursor whose slices can be read apart from each other, elsewhere, and whose state can be put together afterwards.
package protocol DivisibleCursor: Cursor {
  /// Lists the slices, with what a state needs to know of them. As ``Cursor/slices(_:)``, called once a cursor.
  func list(_ take: (ListedSlice) async throws -> Void) async throws
  /// How its state comes together; nil if only one read from beginning to end can say it.
  /// - Throws: ``ConnectorError`` if the stream's start cannot be read.
  var dividing: CursorDividing? { get throws }
  /// A slice that was read, as states hold it: its window and the greatest value in it. Warns of what is odd about it.
  func position(of observation: Observation, in slice: StreamSlice) -> JSONObject
}

extension DivisibleCursor {
  package func position(of observation: Observation, in slice: StreamSlice) -> JSONObject { [FinalStateCursor.stateKey: true] }
}

/// The names of what a state of windows has.
package enum WindowState {
  package static let type = "state_type"
  package static let dates: JSONValue = "date-range"
  package static let slices = "slices"
  package static let start = "start"
  package static let end = "end"
  package static let greatest = "most_recent_cursor_value"
  /// The greatest value in full, where the stream's format loses something of it.
  package static let exact = "exact_cursor_value"
}

extension CursorDefinition {
  /// A slice that was read, as states hold it.
  func position(of observation: Observation, in slice: StreamSlice) -> JSONObject {
    if observation.isMostlyEarly { warnOfEarlyRecords(in: slice) }
    var position: JSONObject = [
      WindowState.start: slice.cursorSlice[boundaries.start] ?? .null,
      WindowState.end: slice.cursorSlice[boundaries.end] ?? .null,
    ]
    guard let greatest = observation.greatest else { return position }
    let text = converter.format(greatest)
    position[WindowState.greatest] = text
    if let moment = greatest.moment, (try? converter.parse(text)) != greatest {
      position[WindowState.exact] = .string(moment.isoFormat())
    }
    return position
  }
}
