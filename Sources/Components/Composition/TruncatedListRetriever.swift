import AirbyteProtocol
import ConnectorModel
import Manifest

/// What fetches the rest of a list has to be asked for by a record, and for one list at a time.
enum TruncatedListRetriever: CompositionRule {
  static var subjects: [any Component.Type] { [RecordExpander.self] }
  static var precedesParts: Bool { true }

  static func violations(of expander: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let retriever = expander["truncated_list_retriever"] else { return [] }
    var violations: [ConnectorError] = []
    if (expander["truncation_indicator_path"]?.count ?? 0) == 0 {
      violations.append(
        ConnectorError(
          .system, "`truncated_list_retriever` needs `truncation_indicator_path`", at: expander.node,
          cause: .missing(["truncation_indicator_path"])))
    }
    for property in ["partition_router", "pagination_reset"] {
      guard let refused = retriever[property], !refused.isNull else { continue }
      violations.append(ConnectorError(.system, "A `truncated_list_retriever` cannot have `\(property)`", at: refused))
    }
    return violations
  }
}
