/// What a manifest goes through before components are built: reading, references, types and parameters, validation.
///
/// The reference implementation compares no versions, and migrates manifests only where a tool asks for it, after validation:
/// see ``Options/migrationTime``.
package struct ManifestPipeline: Sendable {
  package struct Options: Sendable {
    /// Has deprecated fields rewritten (``ManifestMigrations``) once the manifest is valid, and notes this time (ISO 8601) in its
    /// metadata; nil leaves them.
    package var migrationTime: String?

    package init() {}
  }

  private let validator: ManifestValidator
  private let options: Options

  package init(validator: ManifestValidator, options: Options = Options()) {
    self.validator = validator
    self.options = options
  }

  /// Reads a manifest and makes it ready for building components.
  /// - Throws: ``ManifestError`` with all findings of the step that failed.
  package func run(_ source: ManifestSource) throws(ManifestError) -> Manifest {
    var warnings: [Diagnostic] = []
    let loaded = try ManifestLoader.load(source, warnings: &warnings)
    var resolved = try Self.resolve(loaded)
    try check(resolved)
    if let time = options.migrationTime {
      resolved = ManifestMigrations.apply(to: resolved, at: time)
      try check(resolved)
    }
    return Manifest(resolved, warnings: warnings)
  }

  /// The manifest without references, with types and parameters, not validated.
  static func resolve(_ loaded: ManifestValue) throws(ManifestError) -> ManifestValue {
    let resolved = try ReferenceResolver.resolve(withType(loaded))
    guard resolved.mapping != nil else {
      throw ManifestError(
        Diagnostic(.error, rule: "manifest/shape", "a manifest is a mapping, found \(resolved.kindName)", at: resolved.mark))
    }
    return try ParameterPropagation.propagate(resolved)
  }

  /// The type of the whole may be left out.
  private static func withType(_ manifest: ManifestValue) -> ManifestValue {
    guard let mapping = manifest.mapping, mapping.place(of: "type") == nil else { return manifest }
    let type = ManifestEntry(key: "type", value: ManifestValue(.string("DeclarativeSource")))
    return ManifestValue(.mapping(ManifestMapping(mapping.entries + [type])), mark: manifest.mark)
  }

  private func check(_ manifest: ManifestValue) throws(ManifestError) {
    let findings = validator.validate(manifest)
    guard findings.isEmpty else { throw ManifestError(findings) }
  }
}
