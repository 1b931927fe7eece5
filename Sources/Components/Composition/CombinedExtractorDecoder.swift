import AirbyteProtocol
import ConnectorModel

/// A body that is decoded while it is received can be read once only.
enum CombinedExtractorDecoder: CompositionRule {
  static var subjects: [any Component.Type] { [CombinedExtractor.self] }
  static var precedesParts: Bool { true }

  static func violations(of extractor: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let decoder = scope.exchange.decoder, decoder.streams else { return [] }
    return [
      ConnectorError(
        .config, "A `CombinedExtractor` reads a body several times, which `\(type(of: decoder))` cannot do", at: extractor.node)
    ]
  }
}
