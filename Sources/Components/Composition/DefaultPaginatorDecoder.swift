import AirbyteProtocol
import ConnectorModel

/// Pagination needs a decoder that leaves it a body to look into.
enum DefaultPaginatorDecoder: CompositionRule {
  static var subjects: [any Component.Type] { [DefaultPaginator.self] }

  static func violations(of paginator: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let decoder = scope.exchange.decoder, !decoder.allowsPagination else { return [] }
    return [
      ConnectorError(
        .system, "`DefaultPaginator` cannot look into bodies that `\(type(of: decoder))` reads: only JSON, JSON in gzip and XML",
        at: paginator.node)
    ]
  }
}
