import AirbyteProtocol
import ConnectorModel
import Manifest
import PythonTime
import Templating

/// Windows that are to be cut have to be there, and each part has to be a request of its own.
enum RequestWindowSplittingPartners: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let splitting = retriever["request_window_splitting"] else {
      guard RequesterActions.contain(.splitRequestWindow, in: retriever["requester"]) else { return [] }
      return [
        ConnectorError(
          .system, "A filter has the action SPLIT_REQUEST_WINDOW, so the retriever needs `request_window_splitting`",
          at: retriever.node, cause: .missing(["request_window_splitting"]))
      ]
    }
    guard let sync = scope.reading.incrementalSync, sync["type"]?.string == DatetimeBasedCursor.typeName else {
      return [ConnectorError(.system, "`request_window_splitting` needs a `DatetimeBasedCursor`", at: splitting)]
    }
    var obstacles = cursorObstacles(sync)
    if QueryProperties.areDeclared(by: retriever["requester"]) { obstacles.append("cannot be combined with query properties") }
    if scope.reading.hasFiles { obstacles.append("cannot be combined with a `file_uploader`") }
    return obstacles.map { ConnectorError(.system, "`request_window_splitting` \($0)", at: splitting) }
  }

  private static func cursorObstacles(_ sync: ManifestNode) -> [String] {
    guard let text = sync["cursor_granularity"]?.string, !text.isEmpty else {
      return ["needs the cursor's `cursor_granularity`, the smallest window"]
    }
    var obstacles: [String] = []
    if sync["is_client_side_incremental"]?.bool == true {
      obstacles.append("cannot change the requests of a stream that is filtered on the client's side")
    }
    guard case .fixed(let granularity)? = try? CursorDuration(iso: text) else { return obstacles }
    if granularity <= .zero {
      obstacles.append("needs a `cursor_granularity` above zero")
    } else if let unit = DatetimeParser(format: sync["datetime_format"]?.string ?? "").smallestUnit,
      granularity.totalMicroseconds < unit
    {
      obstacles.append("needs a `datetime_format` that can distinguish values one `cursor_granularity` apart")
    }
    return obstacles
  }
}
