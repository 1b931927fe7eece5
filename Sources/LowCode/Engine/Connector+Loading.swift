import AirbyteProtocol
import JSON

extension Connector {
  /// Reads a manifest and puts it together with the user's config, after what the manifest does with the config first:
  /// migrations, of which the platform is told, and transformations. The config's secrets are hidden from here on.
  /// - Throws: ``ManifestError`` for a manifest that is not valid, ``ConnectorError`` where the config cannot be changed
  ///   or does not tell the number of readers.
  package static func load(
    _ source: ManifestSource, _ input: ConnectorInput, mask: SecretMask, runtime: RuntimeEnvironment
  ) async throws -> Connector {
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(source)
    let connector = try await prepare(manifest, input, mask: mask, runtime: runtime)
    // As with the reference, no command runs where this cannot be told.
    _ = try connector.concurrency()
    return connector
  }

  /// The same for a manifest that was read already.
  static func prepare(
    _ manifest: Manifest, _ input: ConnectorInput, mask: SecretMask, runtime: RuntimeEnvironment
  ) async throws -> Connector {
    let specification = manifest.spec?["connection_specification"]?.value
    if let specification { mask.add(secretsOf: input.config, spec: specification) }
    for warning in manifest.warnings { runtime.log.log(.warn, warning.description) }
    let context = BuildContext(config: [:], runtime: runtime, registry: input.components)
    guard let spec = try manifest.spec.map({ try Spec(from: ComponentNode($0), in: context) }) else {
      return Connector(manifest: manifest, spec: nil, input: input, runtime: runtime)
    }
    var input = input
    if !input.config.isEmpty, let normalization = try spec.normalization() {
      var draft = ConfigDraft(input.config)
      if let migrated = try normalization.migrated(&draft) {
        if let specification { mask.add(secretsOf: migrated, spec: specification) }
        await (input.migrations ?? input.updates)?.configChanged(migrated)
      }
      try normalization.transform(&draft)
      input.config = draft.values
      if let specification { mask.add(secretsOf: input.config, spec: specification) }
    }
    return Connector(manifest: manifest, spec: spec, input: input, runtime: runtime)
  }
}

extension MessageWriter {
  /// Writes an error that ended a command, whatever it is.
  package func report(_ error: any Error) {
    switch error {
    case is OutputClosed: break
    case let error as ManifestError:
      self.error(
        ConnectorError(
          .system, "The manifest is not valid: \(error.diagnostics.first?.description ?? "")", internalMessage: error.description)
      )
    default: self.error(ConnectorError(wrapping: error))
    }
  }
}
