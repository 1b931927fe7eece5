import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// What a command is given beside the manifest.
package struct ConnectorInput: Sendable {
  /// The user's config; empty for `spec`.
  package var config: JSONObject = [:]
  /// Puts in what of the config comes from elsewhere, once it is known what the manifest says of it.
  package var completion: (@Sendable (_ config: JSONObject, _ specification: JSONValue?) -> JSONObject)?
  /// The states of an earlier read, by stream.
  package var states: ByName<JSONObject> = [:]
  /// The streams that a read is asked for.
  package var catalog: [ConfiguredStream] = []
  /// Where the files are that the manifest names.
  package var files = ManifestFiles.folder(".")
  /// Is called when a component changes the config: a token that can be used once was renewed.
  package var updates: (any ConfigUpdating)?
  /// Is called when migrations changed the config, which is then kept; nil for the same as ``updates``.
  package var migrations: (any ConfigUpdating)?
  /// The components that the manifest may name.
  package var components = ComponentRegistry.standard
  /// What makes the custom components that have no class in Swift; nil if nothing does.
  package var custom: (any CustomComponents)?

  package init() {}
}
