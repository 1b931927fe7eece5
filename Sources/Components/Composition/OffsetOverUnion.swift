import AirbyteProtocol
import ConnectorModel
import Manifest

/// An offset cannot count the records of several lists.
enum OffsetOverUnion: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self, AsyncRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    [
      violation(retriever["paginator"], extractor: retriever["record_selector"]?["extractor"]),
      violation(retriever["download_paginator"], extractor: retriever["download_extractor"]),
    ].compactMap { $0 }
  }

  private static func violation(_ paginator: ManifestNode?, extractor: ManifestNode?) -> ConnectorError? {
    guard let strategy = paginator?["pagination_strategy"], strategy["type"]?.string == OffsetIncrement.typeName,
      CombinedExtractor.hasUnion(extractor)
    else { return nil }
    return ConnectorError(
      .config, "`OffsetIncrement` cannot follow the sum of the records of a `CombinedExtractor` with the mode union",
      at: strategy)
  }
}
