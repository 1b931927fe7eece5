import AirbyteProtocol
import ConnectorModel
import Manifest

/// Records that are dropped cannot be counted.
enum PaginationResetPartners: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    // As in the reference, pages that begin in a parent's record know nothing of resets.
    guard !LazyReading.isWanted(by: retriever, in: scope) else { return [] }
    guard let limits = retriever["pagination_reset"]?["limits"], !limits.isNull,
      let filter = retriever["record_selector"]?["record_filter"], !filter.isNull
    else { return [] }
    return [ConnectorError(.system, "`PaginationResetLimits` cannot be combined with a record filter", at: limits)]
  }
}
