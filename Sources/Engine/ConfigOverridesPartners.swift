import AirbyteProtocol
import Components
import ConnectorModel
import Manifest

/// Values that hold for a check are not laid over a config that a component writes back as it sees it.
///
/// Only a check fails by it, as in the reference, so it is not among the rules for building: the check applies it.
enum ConfigOverridesPartners: CompositionRule {
  static var subjects: [any Component.Type] { [CheckStream.self, CheckDynamicStream.self] }

  static func violations(of check: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard let overrides = check["config_overrides"], let root = scope.run.manifest, overrides.count > 0, keepsConfig(root) else {
      return []
    }
    return [
      ConnectorError(
        .system,
        "`config_overrides` is not allowed in a manifest with a `refresh_token_updater`, which would keep the overrides too",
        at: overrides)
    ]
  }

  /// Whether a component writes the whole config back, as it sees it.
  private static func keepsConfig(_ root: ManifestNode) -> Bool {
    var found = false
    root.walk { node in
      found =
        [OAuthAuthenticator.typeName, "CustomAuthenticator"].contains(node["type"]?.string)
        && node["refresh_token_updater"]?.isNull == false
      return found ? .end : .into
    }
    return found
  }
}
