import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import JSONSchema
import Secrets

/// What is known of a source's config: from the manifest, or from what the tap says of itself.
struct TapSettings: Sendable {
  /// The JSON schema of the config; nil if nothing is known.
  let specification: JSONObject?
  /// Whether configs are checked against it: what a tap says of its settings is not always a schema.
  let isChecked: Bool
  /// Whether the tap can test its connection by itself.
  let hasTest: Bool
  private let name: String

  init(_ manifest: SingerManifest, _ about: TapAbout?, name: String) {
    let settings = about?.connectionSpecification
    // What the tap says is about its own config.
    let own = settings.map { settings in manifest.config?.specification(of: settings) ?? settings }
    specification = manifest.connectionSpecification ?? own
    // Whatever answers this question has the SDK's other options too.
    hasTest = manifest.hasTest ?? (about != nil)
    self.name = name
    isChecked =
      manifest.connectionSpecification != nil
      || specification.map { (try? JSONSchema(compiling: .object($0), dialect: Dialect(of: .object($0)))) != nil } ?? false
  }

  /// The specification that is shown: where nothing is known, one that allows anything.
  var shownSpecification: JSONObject {
    specification ?? [
      "$schema": "http://json-schema.org/draft-07/schema#", "title": .string(name), "type": "object", "properties": [:],
      "additionalProperties": true,
    ]
  }
}

/// Passes on what a tap changes in its config, such as a renewed token.
struct ConfigChanges: Sendable {
  private let template: ConfigTemplate?
  private let config: JSONObject
  private let settings: TapSettings
  private let updates: (any ConfigUpdating)?
  private let runtime: RuntimeEnvironment

  init(
    _ template: ConfigTemplate?, _ config: JSONObject, _ settings: TapSettings, _ updates: (any ConfigUpdating)?,
    _ runtime: RuntimeEnvironment
  ) {
    self.template = template
    self.config = config
    self.settings = settings
    self.updates = updates
    self.runtime = runtime
  }

  /// - Parameters:
  ///   - old: the tap's config as it was.
  ///   - new: the same as the tap has changed it.
  func report(_ old: JSONObject, _ new: JSONObject) async {
    var changed = config
    if let template {
      let (values, lost) = template.applying(new, over: old, to: config)
      changed = values
      if !lost.isEmpty {
        runtime.log.log(
          .warn,
          "The tap changed \(lost.map { "`\($0)`" }.joined(separator: ", ")) in its config, which the manifest does not take from a member "
            + "of the source's config: the change is kept nowhere.")
      }
    } else {
      for key in old.keys where new[key] == nil { changed[key] = nil }
      changed.merge(new) { $1 }
    }
    guard changed != config else { return }
    runtime.secrets.hide(secretsOf: changed, spec: .object(settings.specification ?? [:]))
    await updates?.configChanged(changed)
  }
}
