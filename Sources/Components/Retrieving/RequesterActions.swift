import AirbyteProtocol
import ConnectorModel
import Manifest

/// What the error handler of a requester's node may ask of the retriever that sends its requests.
enum RequesterActions {
  /// Whether a filter of the requester, in a handler or in a composite of them, resolves to `action`.
  static func contain(_ action: ResponseAction, in requester: ManifestNode?) -> Bool {
    handler(requester?["error_handler"], has: action)
  }

  private static func handler(_ node: ManifestNode?, has action: ResponseAction) -> Bool {
    guard let node else { return false }
    return (node["error_handlers"]?.sequence ?? []).contains { handler($0, has: action) }
      || (node["response_filters"]?.sequence ?? []).contains { $0["action"]?.string == action.rawValue }
  }

  /// Refuses the actions that only the main requester of a `SimpleRetriever` can follow.
  /// - Throws: ``ConnectorError`` if the requester's handler asks for one.
  static func refuseRetrieverActions(of requester: ManifestNode?, _ place: String) throws {
    guard let requester else { return }
    for action in [ResponseAction.reducePageSize, .splitRequestWindow] where contain(action, in: requester) {
      throw ConnectorError(
        .system, "The action \(action.rawValue) is for the main requester of a `SimpleRetriever`, not for \(place)",
        at: requester)
    }
  }
}
