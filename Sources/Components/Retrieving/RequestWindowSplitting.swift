import AirbyteProtocol
import ConnectorModel
import Essentials
import HTTP
import JSON
import Manifest
import PythonTime

/// Says how the window of a request is cut where the API refuses it as too long (`SPLIT_REQUEST_WINDOW`).
struct RequestWindowSplitting: Component {
  private let failureMessage: String
  private let floor: PyTimeDelta?

  /// How often a window is cut at most.
  static let depthLimit = 10

  init(from node: ComponentNode, in scope: BuildScope) throws {
    failureMessage = (try node.optionalString("failure_message") ?? "").trimmed(.whitespacesAndNewlines)
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

  /// The splitting of a retriever, where it has one, and the cursor that cuts windows.
  static func make(
    from retriever: ComponentNode, in scope: BuildScope
  ) throws -> (splitting: RequestWindowSplitting, cursor: any WindowedCursor)? {
    guard let node = retriever["request_window_splitting"] else { return nil }
    if !RequesterActions.contain(.splitRequestWindow, in: retriever["requester"]) {
      scope.runtime.log.log(
        .warn, "Stream \(scope.streamName) has `request_window_splitting`, but no filter with the action SPLIT_REQUEST_WINDOW.")
    }
    let splitting: RequestWindowSplitting = try scope.build(node)
    return (scope.reading.cursor as? any WindowedCursor).map { (splitting, $0) }
  }
}
