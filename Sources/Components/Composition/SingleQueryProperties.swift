import AirbyteProtocol
import ConnectorModel

/// A requester has query properties in one place only, and one of them.
enum SingleQueryProperties: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let requester = retriever["requester"].flatMap({ try? ComponentNode($0) }) else { return [] }
    let parameters = QueryProperties.parameters(of: requester)
    guard !parameters.isEmpty else { return [] }
    let fetched = requester["fetch_properties_from_endpoint"].map {
      ConnectorError(
        .system, "Query properties belong in `request_parameters` or in `fetch_properties_from_endpoint`, not in both", at: $0)
    }
    let others = parameters.dropFirst().map {
      ConnectorError(.system, "`request_parameters` can have one `QueryProperties` only", at: $0)
    }
    return [fetched].compactMap { $0 } + others
  }
}
