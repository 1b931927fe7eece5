import AirbyteProtocol
import Bytes
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// What a division was made from, by its digests: a part that is read with something else is noticed.
package struct Fingerprints: Sendable, Equatable {
  package var manifest: String
  /// Of the config without its secrets, which may be renewed between the parts.
  package var config: String
  package var catalog: String

  /// - Returns: nil if one is missing.
  init?(_ json: JSONObject) {
    guard let manifest = json["manifest"]?.string, let config = json["config"]?.string, let catalog = json["catalog"]?.string
    else {
      return nil
    }
    self.manifest = manifest
    self.config = config
    self.catalog = catalog
  }

  package init(of connector: Connector, catalog: [ConfiguredStream]) {
    manifest = Self.digest(connector.manifest.root.value.jsonText)
    config = Self.digest(connector.scope.runtime.secrets.masked(JSONValue.object(connector.config).jsonText))
    let streams = catalog.map { JSONValue.object(ReadPart.Stream.json($0, keepsProperties: true)) }
    self.catalog = Self.digest(JSONValue.array(streams).jsonText)
  }

  var json: JSONObject { ["manifest": .string(manifest), "config": .string(config), "catalog": .string(catalog)] }

  static func digest(_ text: String) -> String { HashFunction.sha256.hash(text.utf8).hexadecimal }
}
