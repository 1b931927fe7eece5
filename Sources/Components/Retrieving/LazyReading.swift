import ConnectorModel
import Essentials
import JSON
import Manifest

/// Children whose first page is in their parent's records (`lazy_read_pointer`).
enum LazyReading {
  /// Whether a retriever takes the first page of a slice from its parent.
  ///
  /// As in the reference, with a state of the child the API is asked for all pages.
  static func isWanted(by retriever: ComponentNode, in scope: BuildScope) -> Bool {
    isDeclared(by: retriever) && (scope.stream.state?.isEmpty ?? true)
  }

  /// Whether the records of a retriever's parent hold first pages.
  static func isDeclared(by retriever: ComponentNode) -> Bool {
    guard let router = retriever["partition_router"], router["type"]?.string == SubstreamPartitionRouter.typeName else {
      return false
    }
    return (router["parent_stream_configs"]?.sequence ?? []).contains { $0["lazy_read_pointer"]?.sequence?.isEmpty == false }
  }

  /// The page that the parent's record holds, as if the API had sent it; nil if the slice does not come from a parent.
  static func firstPage(of slice: StreamSlice) -> HTTPResponse? {
    guard let page = slice.extraFields[ParentStreamConfig.childResponseField] else { return nil }
    return HTTPResponse(status: 200, headers: [], body: Data(page.jsonText.utf8), url: "")
  }
}
