import AirbyteProtocol
import ConnectorModel
import Foundation
import JSON

/// Children whose first page is in their parent's records (`lazy_read_pointer`).
enum LazyReading {
  /// Whether a retriever takes the first page of a slice from its parent.
  ///
  /// As in the reference, with a state of the child the API is asked for all pages.
  /// - Throws: ``ConnectorError`` if the retriever cannot continue from a page that it did not ask for.
  static func isWanted(by retriever: ComponentNode, in scope: BuildScope) throws -> Bool {
    let router = retriever["partition_router"]
    guard router?["type"]?.string == SubstreamPartitionRouter.typeName,
      (router?["parent_stream_configs"]?.sequence ?? []).contains(where: { $0["lazy_read_pointer"]?.sequence?.isEmpty == false })
    else { return false }
    for (property, action) in [
      ("page_size_reduction", ResponseAction.reducePageSize), ("request_window_splitting", .splitRequestWindow),
    ] where retriever[property] != nil || RequesterActions.contain(action, in: retriever["requester"]) {
      throw ConnectorError(
        .system, "`\(property)` and the action \(action.rawValue) cannot be combined with `lazy_read_pointer`",
        at: retriever[property] ?? retriever.node)
    }
    guard scope.stream.state?.isEmpty ?? true else { return false }
    if let sync = scope.reading.incrementalSync {
      guard sync["type"]?.string == DatetimeBasedCursor.typeName else {
        throw ConnectorError(.system, "With `lazy_read_pointer` the cursor has to be a `DatetimeBasedCursor`", at: sync)
      }
      for property in ["step", "cursor_granularity"] {
        guard let node = sync[property], node.string?.isEmpty == false else { continue }
        throw ConnectorError(
          .system, "With `lazy_read_pointer` a partition has one slice, so `\(property)` cannot be given", at: node)
      }
    }
    if let decoder = retriever["decoder"], decoder["type"]?.string != JsonDecoder.typeName {
      throw ConnectorError(.system, "With `lazy_read_pointer` the decoder has to be a `JsonDecoder`", at: decoder)
    }
    return true
  }

  /// The page that the parent's record holds, as if the API had sent it; nil if the slice does not come from a parent.
  static func firstPage(of slice: StreamSlice) -> HTTPResponse? {
    guard let page = slice.extraFields[ParentStreamConfig.childResponseField] else { return nil }
    return HTTPResponse(status: 200, headers: [], body: Data(page.jsonText.utf8), url: "")
  }
}
