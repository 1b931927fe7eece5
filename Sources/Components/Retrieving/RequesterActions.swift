import ConnectorModel
import Manifest

/// What the error handler of a requester's node may ask of the retriever that sends its requests.
enum RequesterActions {
  /// Whether a filter of the requester, in a handler or in a composite of them, resolves to `action`. What custom code makes of its parts
  /// is not known.
  static func contain(_ action: ResponseAction, in requester: ManifestNode?) -> Bool {
    guard let requester, !isCustom(requester) else { return false }
    return handler(requester["error_handler"], has: action)
  }

  private static func isCustom(_ node: ManifestNode) -> Bool { node["type"]?.string?.hasPrefix("Custom") == true }

  private static func handler(_ node: ManifestNode?, has action: ResponseAction) -> Bool {
    guard let node, !isCustom(node) else { return false }
    return (node["error_handlers"]?.sequence ?? []).contains { handler($0, has: action) }
      || (node["response_filters"]?.sequence ?? []).contains { $0["action"]?.string == action.rawValue }
  }
}
