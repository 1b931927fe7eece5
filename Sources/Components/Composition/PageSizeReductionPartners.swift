import AirbyteProtocol
import ConnectorModel
import Jinja
import Manifest
import Templating

/// Where pages are to be asked for again with another size, everything that depends on the size has to allow it.
enum PageSizeReductionPartners: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let reduction = retriever["page_size_reduction"] else {
      guard RequesterActions.contain(.reducePageSize, in: retriever["requester"]) else { return [] }
      return [
        ConnectorError(
          .system, "A filter has the action REDUCE_PAGE_SIZE, so the retriever needs `page_size_reduction`", at: retriever.node,
          cause: .missing(["page_size_reduction"]))
      ]
    }
    var obstacles: [String] = []
    if QueryProperties.areDeclared(by: retriever["requester"]) { obstacles.append("cannot be combined with query properties") }
    if scope.reading.hasFiles { obstacles.append("cannot be combined with a `file_uploader`") }
    obstacles += paginatorObstacles(retriever["paginator"], minimum: reduction["minimum_page_size"]?.int ?? 1)
    return obstacles.map { ConnectorError(.system, "`page_size_reduction` \($0)", at: reduction) }
  }

  private static func paginatorObstacles(_ paginator: ManifestNode?, minimum: Int) -> [String] {
    guard let paginator, paginator["type"]?.string == DefaultPaginator.typeName else {
      return ["needs a `DefaultPaginator`, which sends the page size"]
    }
    var obstacles: [String] = []
    if paginator["page_size_option"]?.isNull ?? true { obstacles.append("needs the paginator's `page_size_option`") }
    if paginator["page_token_option"]?["type"]?.string == RequestPath.typeName {
      obstacles.append("cannot change the size in a URL that the API made: use a page token other than `RequestPath`")
    }
    return obstacles + strategyObstacles(paginator["pagination_strategy"], minimum: minimum)
  }

  private static func strategyObstacles(_ strategy: ManifestNode?, minimum: Int) -> [String] {
    // A custom one says itself what it can do, once it is built.
    if strategy?["type"]?.string?.hasPrefix("Custom") == true { return [] }
    guard [CursorPagination.typeName, OffsetIncrement.typeName].contains(strategy?["type"]?.string ?? "") else {
      return ["works with `CursorPagination` and `OffsetIncrement` only: with others the next page depends on the size"]
    }
    guard let size = strategy?["page_size"], !size.isNull else { return ["needs a `page_size` in the pagination strategy"] }
    var obstacles: [String] = []
    if let number = size.int ?? size.string.flatMap({ Int($0) }), number <= minimum {
      obstacles.append("can never reduce the `page_size` \(number), because `minimum_page_size` is \(minimum)")
    }
    if let condition = strategy?["stop_condition"]?.string, stopsShort(condition, minimum: minimum) {
      obstacles.append(
        "makes pages shorter than `\(condition)` expects, so reading would stop early: compare with `page_size` instead")
    }
    return obstacles
  }

  /// Whether a stop condition holds for a page that is shorter only because it was asked for with a smaller size.
  private static func stopsShort(_ condition: String, minimum: Int) -> Bool {
    let bounds = UpperBound.all(
      on: "last_page_size", besides: "page_size", in: condition, falseTexts: InterpolatedBoolean.falseTexts)
    return bounds.contains { bound in
      guard let number = bound.number else { return true }
      return bound.isStrict ? number > minimum : number >= minimum
    }
  }
}
