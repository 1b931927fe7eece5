import AirbyteProtocol
import ConnectorModel
import Manifest

/// What asks for the addresses of downloads needs something that finds them in the answer.
enum DownloadTargetExtractor: CompositionRule {
  static var subjects: [any Component.Type] { [AsyncRetriever.self] }
  static var precedesParts: Bool { true }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let targets = retriever["download_target_requester"], retriever["download_target_extractor"] == nil else { return [] }
    return [
      ConnectorError(
        .system, "`download_target_requester` needs `download_target_extractor`", at: targets,
        cause: .missing(["download_target_extractor"]))
    ]
  }
}
