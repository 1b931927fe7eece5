import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Manifest
import Secrets

extension Connector {
  /// Reads a manifest and puts it together with the user's config, after what the manifest does with the config first:
  /// migrations, which are reported to the platform, and transformations. The config's secrets are hidden from here on.
  /// - Throws: ``ManifestError`` for a manifest that is not valid, ``ConnectorError`` where the config cannot be changed
  ///   or does not give the number of readers.
  package static func load(
    _ source: ManifestSource, _ input: ConnectorInput, runtime: RuntimeEnvironment
  ) async throws -> Connector {
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(source)
    let connector = try await prepare(manifest, input, runtime: runtime)
    // As in the reference, no command runs if this cannot be determined.
    _ = try connector.concurrency()
    return connector
  }

  /// The same for a manifest that was read already.
  package static func prepare(
    _ manifest: Manifest, _ input: ConnectorInput, runtime: RuntimeEnvironment
  ) async throws -> Connector {
    let secrets = runtime.secrets
    let specification = manifest.spec?["connection_specification"]?.value
    var input = input
    if let completion = input.completion { input.config = completion(input.config, specification) }
    if let specification {
      let tooShort = secrets.hide(secretsOf: input.config, spec: specification)
      if !tooShort.isEmpty { runtime.log.log(.warn, Self.warning(ofShort: tooShort)) }
    }
    for warning in manifest.warnings { runtime.log.log(.warn, warning.description) }
    // As in the reference, the rules for configs see none themselves.
    var context = BuildScope(RunScope(config: [:], runtime: runtime, registry: input.components, custom: input.custom))
    if !input.config.isEmpty, let rules = manifest.spec?["config_normalization_rules"] {
      context = try await context.settled(for: [rules])
    }
    guard let spec = try manifest.spec.map({ try Spec(from: ComponentNode($0), in: context) }) else {
      return Connector(manifest: manifest, spec: nil, input: input, runtime: runtime)
    }
    if !input.config.isEmpty, let normalization = try spec.normalization() {
      let shadow = SecretShadow(of: input.config, hiddenFrom: secrets)
      if let shadow { await Self.hideDerived(by: normalization, input.config, shadow, in: runtime) }
      var draft = ConfigDraft(input.config, templates: runtime.templates)
      if let migrated = try await normalization.migrated(&draft) {
        if let specification { secrets.hide(secretsOf: migrated, spec: specification) }
        await (input.migrations ?? input.updates)?.configChanged(migrated)
      }
      try await normalization.transform(&draft)
      input.config = draft.values
      if let specification { secrets.hide(secretsOf: input.config, spec: specification) }
    }
    return Connector(manifest: manifest, spec: spec, input: input, runtime: runtime)
  }

  static func warning(ofShort paths: [String]) -> String {
    let names = paths.map { "`\($0)`" }.joined(separator: ", ")
    return paths.count == 1
      ? "The secret \(names) of the config has fewer than \(SecretMask.shortest) characters, so it is not masked in logs."
      : "The secrets \(names) of the config have fewer than \(SecretMask.shortest) characters, so they are not masked in logs."
  }

  /// Hides what the config's rules make of secrets, wherever in the config they put it.
  private static func hideDerived(
    by normalization: ConfigNormalization, _ config: JSONObject, _ shadow: SecretShadow, in runtime: RuntimeEnvironment
  ) async {
    func outcome(_ config: JSONObject) async throws -> JSONValue {
      var draft = ConfigDraft(config, templates: runtime.templates)
      try await normalization.attempt(&draft)
      return .object(draft.values)
    }
    guard let changed = try? await outcome(config) else { return }
    // What stays as it was is hidden where it is a secret.
    let other = (try? await outcome(shadow.config)) ?? .object(config)
    runtime.secrets.hide(derived: changed, insteadOf: other)
  }
}

extension MessageWriter {
  /// Writes an error that ended a command, whatever it is.
  /// - Parameter isNews: as with ``error(_:stream:isNews:)``.
  package func report(_ error: any Error, isNews: Bool = true) {
    if let closed = error as? OutputClosed {
      // Of the messages' own output nobody can be told here.
      guard closed.file != nil else { return }
      return self.error(ConnectorError(.system, "\(closed)"), isNews: isNews)
    }
    self.error(ConnectorError(wrapping: error), isNews: isNews)
  }
}
