import AirbyteProtocol
import JSON

extension Connector {
  /// Reads a manifest and puts it together with the user's config; the config's secrets are hidden from here on.
  /// - Throws: ``ManifestError`` for a manifest that is not valid.
  package static func load(
    _ source: ManifestSource, _ input: ConnectorInput, mask: SecretMask, runtime: RuntimeEnvironment
  ) throws -> Connector {
    let manifest = try ManifestPipeline(validator: ManifestValidator(schema: ComponentSchema.document)).run(source)
    if let spec = manifest.spec?["connection_specification"]?.value { mask.add(secretsOf: input.config, spec: spec) }
    for warning in manifest.warnings { runtime.log.log(.warn, warning.description) }
    return Connector(manifest: manifest, input: input, runtime: runtime)
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
