import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// The connector that tests are about.
package struct TestedConnector: Sendable {
  /// Makes what runs the components that are written in Python; nil if nothing does.
  package typealias CustomMaker = @Sendable (ConnectorInput, RuntimeEnvironment) throws -> (any CustomComponents)?

  /// The folder of the manifest.
  package let folder: String
  let manifest: LoadedManifest
  /// The path of the manifest.
  let manifestPath: String
  let files: ManifestFiles
  let components: ComponentRegistry
  let environment: [String: String]
  let custom: CustomMaker
  /// What earlier tests showed.
  let builds = SoundBuilds()

  /// - Parameter path: the manifest.
  /// - Throws: ``ManifestError`` for a manifest that is not valid.
  package init(
    manifest path: String, folder: String, components: ComponentRegistry, environment: [String: String],
    custom: @escaping CustomMaker
  ) throws {
    self.folder = folder
    manifestPath = path
    manifest = try ManifestPipeline(validator: ManifestValidator()).run(.file(path: path))
    files = .beside(path)
    self.components = components
    self.environment = environment
    self.custom = custom
  }

  /// The JSON schema of the config; nil if the manifest has none.
  var specification: JSONValue? { manifest.spec?["connection_specification"]?.value }

  /// A path that a file of the folder names.
  package func path(_ name: String) -> String { name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)" }

  /// What a run is given beside the manifest.
  func input(config: JSONObject, states: ByName<JSONObject> = [:]) -> ConnectorInput {
    var input = ConnectorInput()
    input.config = config
    input.states = states
    input.files = files
    input.components = components
    return input
  }
}
