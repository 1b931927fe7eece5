import AirbyteProtocol
import Concurrency
import ConnectorModel
import JSON
import PythonTime
import Secrets

/// What a stream's manifest says about its cursor, evaluated: shared by the cursors of all of its partitions.
final class CursorDefinition: Sendable {
  /// The keys of a slice that hold its window.
  struct Boundaries: Sendable {
    var start: String
    var end: String
  }

  let streamName: String
  let field: JSONKey
  let converter: CursorValueConverter
  let rules: WindowRules
  let boundaries: Boundaries
  /// Whether a slice's window says what was read; a counting cursor uses its records instead.
  let readsWindows: Bool
  /// Where the stream begins, as the manifest says it now.
  let start: @Sendable () throws -> CursorValue
  /// Where the stream ends now.
  let end: @Sendable () throws -> CursorValue
  let requestOptions: WindowRequestOptions
  let runtime: RuntimeEnvironment

  private let missingValue = Once()
  private let unreadableValue = Once()

  init(
    streamName: String, field: String, converter: CursorValueConverter, rules: WindowRules, boundaries: Boundaries,
    readsWindows: Bool, start: @escaping @Sendable () throws -> CursorValue, end: @escaping @Sendable () throws -> CursorValue,
    requestOptions: WindowRequestOptions, runtime: RuntimeEnvironment
  ) {
    self.streamName = streamName
    self.field = JSONKey(field)
    self.converter = converter
    self.rules = rules
    self.boundaries = boundaries
    self.readsWindows = readsWindows
    self.start = start
    self.end = end
    self.requestOptions = requestOptions
    self.runtime = runtime
  }

  var log: any Log { runtime.log }
  private var secrets: any Secrets { runtime.secrets }

  func warnOfMissingValue() {
    missingValue {
      log.log(
        .warn,
        "Stream \(streamName): a record has no value in its cursor field `\(field.string)`; it counts as new and does not advance the "
          + "state."
      )
    }
  }

  func warnOfUnreadableValue(_ error: CursorValueError) {
    unreadableValue {
      let reason = error.reason(hiding: secrets)
      log.log(
        .warn,
        "Stream \(streamName): the cursor field `\(field.string)` of a record cannot be read, so the state does not advance. \(reason)."
      )
    }
  }

  /// The cursor value at a place of a state.
  /// - Throws: ``ConnectorError`` that says what is there and what should be.
  func read(_ value: JSONValue, _ place: String) throws(ConnectorError) -> CursorValue {
    do throws(CursorValueError) {
      return try converter.parse(value)
    } catch {
      throw unreadable("\(place) is \(excerpt(of: value)), which is not a valid cursor value. \(error.reason(hiding: secrets))")
    }
  }

  /// A value as JSON without secrets, cut where it is long.
  func excerpt(of value: JSONValue) -> String { secrets.excerpt(of: value.jsonText, upTo: CursorValueError.longestQuotation) }

  /// The error for a state that cannot be used.
  func unreadable(_ reason: String) -> ConnectorError {
    ConnectorError(
      .config,
      "The state of stream `\(streamName)` cannot be read: \(reason). Correct the state, or reset the stream to read it from its "
        + "beginning")
  }

  /// An error of the stream's cursor that neither the user nor the manifest's author can foresee.
  func failure(_ message: String, _ cause: any Error) -> ConnectorError {
    if let error = cause as? ConnectorError { return error }
    let reason = (cause as? CursorValueError)?.reason(hiding: secrets) ?? "\(cause)"
    return ConnectorError(.system, "Stream `\(streamName)`: \(message)", internalMessage: reason)
  }

  /// Up to when a state of one timeline says that it was read; nil if it has no readable moment.
  func moment(of state: JSONObject) -> PyDateTime? {
    let value: JSONValue?
    if CursorTimeline.isConcurrent(state) {
      let first = state["slices"]?.array?.first
      value = [first?["most_recent_cursor_value"], first?["end"]].compactMap { $0 }.first { $0.isTruthy }
    } else {
      value = state[field.string]
    }
    guard let value, value.isTruthy else { return nil }
    return (try? converter.parse(value))?.moment
  }

  /// A window as slices carry it.
  func cursorSlice(_ window: SliceWindow) -> JSONObject {
    [boundaries.start: converter.format(window.start), boundaries.end: converter.format(window.end)]
  }
}

/// Puts the bounds of a slice's window into requests.
struct WindowRequestOptions: Sendable {
  var startOption: RequestOption?
  var endOption: RequestOption?
  var startField = "start_time"
  var endField = "end_time"

  /// As in the reference, a bound that the slice does not have is null.
  func add(from slice: JSONObject, to parts: inout RequestParts) throws {
    try startOption?.inject(slice[startField] ?? .null, into: &parts)
    try endOption?.inject(slice[endField] ?? .null, into: &parts)
  }
}
