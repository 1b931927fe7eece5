import AirbyteProtocol
import ConnectorModel
import Foundation
import HTTP
import JSON
import Manifest
import PythonTime
import Templating

/// Says how the window of a request is cut where the API refuses it as too long (`SPLIT_REQUEST_WINDOW`).
struct RequestWindowSplitting: Component {
  private let failureMessage: String
  private let floor: PyTimeDelta?

  /// How often a window is cut at most.
  static let depthLimit = 10

  init(from node: ComponentNode, in scope: BuildScope) throws {
    failureMessage = (try node.optionalString("failure_message") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    floor = try node["min_split_window"].flatMap { value in
      guard let text = value.string, !text.isEmpty else { return nil }
      guard case .fixed(let span)? = try? CursorDuration(iso: text), span > .zero else {
        throw ConnectorError(.system, "`min_split_window` should be a duration of days, hours, minutes or seconds", at: value)
      }
      return span
    }
  }

  /// The parts to read instead of `slice`, which the API refused after it was cut `depth` times.
  /// - Throws: ``ConnectorError`` if it cannot be cut any more.
  func parts(of slice: StreamSlice, by cursor: any WindowedCursor, depth: Int, reason: String?) throws -> [StreamSlice] {
    guard depth < Self.depthLimit else {
      throw failure("cut its request window \(depth) times, but the API still refuses it", cursor, slice, reason)
    }
    guard let parts = try cursor.halves(of: slice, floor: floor) else {
      throw failure("cannot cut its request window any further, but the API still refuses it", cursor, slice, reason)
    }
    return parts
  }

  private func failure(_ message: String, _ cursor: any WindowedCursor, _ slice: StreamSlice, _ reason: String?) -> ConnectorError
  {
    let sentence = "Stream `\(cursor.definition.streamName)` \(message)"
    return ConnectorError(
      .transient, [sentence, failureMessage, reason ?? ""].reduce("") { $1.isEmpty ? $0 : APIAnswer.sentences($0, $1) },
      internalMessage: "\(sentence): \(JSONValue.object(slice.merged).jsonText) \(reason ?? "")")
  }

  /// The splitting of a retriever, where it has one.
  /// - Throws: ``ConnectorError`` if the stream has no windows that could be cut.
  static func make(from retriever: ComponentNode, hasQueryProperties: Bool, in scope: BuildScope) throws
    -> (splitting: RequestWindowSplitting, cursor: any WindowedCursor)?
  {
    let usesAction = RequesterActions.contain(.splitRequestWindow, in: retriever["requester"])
    guard let node = retriever["request_window_splitting"] else {
      guard usesAction else { return nil }
      throw ConnectorError(
        .system, "A filter has the action SPLIT_REQUEST_WINDOW, so the retriever needs `request_window_splitting`",
        at: retriever.node, cause: .missing(["request_window_splitting"]))
    }
    if !usesAction {
      scope.runtime.log.log(
        .warn, "Stream \(scope.streamName) has `request_window_splitting`, but no filter with the action SPLIT_REQUEST_WINDOW.")
    }
    let splitting: RequestWindowSplitting = try scope.build(node)
    let sync = scope.reading.incrementalSync
    guard let cursor = scope.reading.cursor as? any WindowedCursor, let sync,
      sync["type"]?.string == DatetimeBasedCursor.typeName
    else {
      throw ConnectorError(.system, "`request_window_splitting` needs a `DatetimeBasedCursor`", at: node)
    }
    if let reason = obstacle(sync, hasQueryProperties, hasFiles: scope.reading.fileUploader != nil) {
      throw ConnectorError(.system, "`request_window_splitting` \(reason)", at: node)
    }
    return (splitting, cursor)
  }

  private static func obstacle(_ sync: ManifestNode, _ hasQueryProperties: Bool, hasFiles: Bool) -> String? {
    guard let text = sync["cursor_granularity"]?.string, !text.isEmpty else {
      return "needs the cursor's `cursor_granularity`, the smallest window"
    }
    if sync["is_client_side_incremental"]?.bool == true {
      return "cannot change the requests of a stream that is filtered on the client's side"
    }
    if case .fixed(let granularity)? = try? CursorDuration(iso: text) {
      if granularity <= .zero { return "needs a `cursor_granularity` above zero" }
      if let unit = DatetimeParser(format: sync["datetime_format"]?.string ?? "").smallestUnit,
        granularity.totalMicroseconds < unit
      {
        return "needs a `datetime_format` that can distinguish values one `cursor_granularity` apart"
      }
    }
    if hasQueryProperties { return "cannot be combined with query properties" }
    if hasFiles { return "cannot be combined with a `file_uploader`" }
    return nil
  }
}
