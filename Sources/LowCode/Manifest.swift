import Essentials
import JSON
import Manifest

/// A connector's manifest that was read, resolved and checked against the schema of the language.
///
/// ```swift
/// let manifest = try Manifest(contentsOf: "source-shop/manifest.yaml")
/// ```
///
/// Reading one is quick but not free; a manifest can be used for any number of ``Connector``s, from any task. Rules that go beyond
/// the schema, as `validate` has them, are those of ``ManifestChecker``.
public struct Manifest: Sendable {
  let loaded: LoadedManifest
  let files: ManifestFiles
  let source: ManifestSource

  /// Reads a YAML or JSON file. The schemas and other files that it names are looked for in its folder.
  /// - Throws: ``ManifestError`` with everything that is wrong in the step that failed: each with its location, rule and remedy.
  public init(contentsOf path: String) throws(ManifestError) {
    try self.init(.file(path: path), .beside(path))
  }

  /// Reads a YAML or JSON file, such as a resource of a bundle.
  /// - Throws: ``ManifestError`` as ``init(contentsOf:)-(String)`` does.
  public init(contentsOf url: URL) throws(ManifestError) { try self.init(contentsOf: url.path) }

  /// Reads a YAML or JSON text.
  /// - Parameters:
  ///   - name: what locations in errors call the text.
  ///   - folder: where files that the manifest names are looked for; nil if there are none.
  /// - Throws: ``ManifestError`` as ``init(contentsOf:)-(String)`` does.
  public init(text: String, name: String = "manifest.yaml", folder: String? = nil) throws(ManifestError) {
    try self.init(
      .text(Array(text.utf8), name: name),
      folder.map { .folder($0) } ?? .none(reason: "this manifest was given as a text without a folder; give its folder"))
  }

  private init(_ source: ManifestSource, _ files: ManifestFiles) throws(ManifestError) {
    let validator: ManifestValidator
    do { validator = try ManifestValidator() } catch {
      throw ManifestError(Diagnostic(.error, rule: "schema", "the bundled schema cannot be used: \(error)"))
    }
    loaded = try ManifestPipeline(validator: validator).run(source)
    self.files = files
    self.source = source
  }

  /// What is questionable, but no reason to refuse the manifest.
  public var warnings: [Diagnostic] { loaded.warnings }

  /// The version of the language that the manifest was written for, as it says; nothing depends on it.
  public var version: String { loaded.version }

  /// The names of the streams that are written in the manifest, in order; those that templates or conditions make are not here, see
  /// ``Connector/discover()``.
  public var streamNames: [String] { loaded.streams.compactMap { $0["name"]?.string } }
}
