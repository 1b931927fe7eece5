import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Values that a check lays over the config: as they are, for its own time, top-level key by top-level key.
struct ConfigOverrides: Sendable {
  let values: JSONObject

  /// - Parameter node: a check's `config_overrides`.
  /// - Throws: ``ConnectorError`` if the manifest may not override so.
  init(_ node: ManifestNode) throws {
    values = node.value.object ?? [:]
    if values.isEmpty { return }
    if let key = node.stored.mapping?.entries.first(where: { !$0.isText })?.key {
      throw ConnectorError(
        .system, "The key `\(key)` of `config_overrides` should be in quotes: keys of a config are texts", at: node)
    }
    if let key = values.keys.sorted().first(where: { $0.hasPrefix("__airbyte") }) {
      throw ConnectorError(.system, "`config_overrides` cannot have `\(key)`: these keys belong to the platform", at: node)
    }
  }

  /// Logs the overrides, but not their values, which may be secrets.
  func announce(_ spec: Spec?, to log: any Log) {
    if let properties = spec?.declaredProperties {
      let unknown = values.keys.filter { !properties.contains($0) }.sorted()
      if !unknown.isEmpty {
        log.log(
          .warn, "The check overrides \(unknown) of the config, which its specification does not have: they may have no effect.")
      }
    }
    log.log(.info, "The check overrides these keys of the config: \(values.keys.sorted().joined(separator: ", "))")
  }
}
