import AirbyteProtocol
import ConnectorModel
import Manifest

/// Some actions of error handlers ask the retriever for something that it does for its main requester only.
enum RetrieverActionPlaces: CompositionRule {
  static var subjects: [any Component.Type] { [AsyncRetriever.self, DeclarativeStream.self, SessionTokenAuthenticator.self] }
  static var precedesParts: Bool { true }

  private static let jobProperties = [
    "creation_requester", "polling_requester", "download_requester", "download_target_requester", "abort_requester",
    "delete_requester",
  ]

  static func violations(of component: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    requesters(of: component).flatMap { requester, place in
      [ResponseAction.reducePageSize, .splitRequestWindow].filter { RequesterActions.contain($0, in: requester) }.map { action in
        ConnectorError(
          .system, "The action \(action.rawValue) is for the main requester of a `SimpleRetriever`, not for \(place)",
          at: requester)
      }
    }
  }

  /// The requesters that have no retriever of this kind around them, and what they are.
  private static func requesters(of component: ComponentNode) -> [(ManifestNode, String)] {
    let jobs = jobProperties.map { (component[$0], "`\($0)` of an `AsyncRetriever`") }
    let others = [
      (component["file_uploader"]?["requester"], "the requester of a `file_uploader`"),
      (component["login_requester"], "a `login_requester`"),
    ]
    return (jobs + others).compactMap { requester, place in requester.map { ($0, place) } }
  }
}
