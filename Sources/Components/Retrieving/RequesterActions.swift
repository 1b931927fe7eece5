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
}
