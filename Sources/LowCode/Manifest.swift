import Commands
import Engine
import Essentials
import JSON
import Manifest

/// A connector's manifest that was read, resolved and checked against the schema of the language: a declarative one, a Singer tap
/// (`SingerSource`), a program (`ProcessSource`), or several sources as one (`CombinedSource`).
///
/// ```swift
/// let manifest = try Manifest(contentsOf: "source-shop/manifest.yaml")
/// ```
///
/// Reading one is quick but not free; a manifest can be used for any number of ``Connector``s, from any task. Rules that go beyond
/// the schema, as `validate` has them, are those of ``ManifestChecker``.
public struct Manifest: Sendable {
  /// What was read.
  enum Content {
    case declarative(LoadedManifest)
    case other(SourceManifest)
  }

  let content: Content
  let files: ManifestFiles
  /// The kinds of sources that it, and its parts, may be of.
  let kinds: SourceKinds

  /// Reads a YAML or JSON file. The schemas and other files that it names are looked for in its folder.
  /// - Parameter sources: the sources in Swift that the manifest may name by its `type`.
  /// - Throws: ``ManifestError`` with everything that is wrong in the step that failed: each with its location, rule and remedy.
  public init(contentsOf path: String, sources: SourceTypes = SourceTypes()) throws(ManifestError) {
    try self.init(.file(path: path), .beside(path), sources.all)
  }

  /// Reads a YAML or JSON file, such as a resource of a bundle.
  /// - Parameter sources: the sources in Swift that the manifest may name by its `type`.
  /// - Throws: ``ManifestError`` as ``init(contentsOf:sources:)-(String,_)`` does.
  public init(contentsOf url: URL, sources: SourceTypes = SourceTypes()) throws(ManifestError) {
    try self.init(contentsOf: url.path, sources: sources)
  }

  /// Reads a YAML or JSON text.
  /// - Parameters:
  ///   - name: what locations in errors call the text.
  ///   - folder: where files that the manifest names are looked for; nil if there are none.
  ///   - sources: the sources in Swift that the manifest may name by its `type`.
  /// - Throws: ``ManifestError`` as ``init(contentsOf:sources:)-(String,_)`` does.
  public init(
    text: String, name: String = "manifest.yaml", folder: String? = nil, sources: SourceTypes = SourceTypes()
  ) throws(ManifestError) {
    try self.init(
      .text(Array(text.utf8), name: name),
      folder.map { .folder($0) } ?? .none(reason: "this manifest was given as a text without a folder; give its folder"),
      sources.all)
  }

  /// The manifest of a source in Swift, which needs no other.
  init(_ source: (some SwiftSource).Type) {
    let kind = SwiftSourceKind(source)
    let root = ManifestNode(ManifestValue(json: ["type": .string(kind.type)]))
    content = .other(SourceManifest(kind: kind, root: root))
    files = .none(reason: "a source in Swift has no folder")
    kinds = SourceKinds.standard
  }

  private init(_ source: ManifestSource, _ files: ManifestFiles, _ kinds: SourceKinds) throws(ManifestError) {
    self.files = files
    self.kinds = kinds
    if let other = try kinds.manifest(source) {
      content = .other(other)
      return
    }
    let validator: ManifestValidator
    do { validator = try ManifestValidator() } catch {
      throw ManifestError(Diagnostic(.error, rule: "schema", "the bundled schema cannot be used: \(error)"))
    }
    content = .declarative(try ManifestPipeline(validator: validator).run(source))
  }

  /// What the manifest describes: `DeclarativeSource`, `SingerSource`, `ProcessSource`, `CombinedSource`, or the name of a source in
  /// Swift.
  public var type: String {
    switch content {
    case .declarative: "DeclarativeSource"
    case .other(let manifest): manifest.kind.type
    }
  }

  /// What is questionable, but no reason to refuse the manifest.
  public var warnings: [Diagnostic] {
    switch content {
    case .declarative(let manifest): manifest.warnings
    case .other(let manifest): manifest.warnings
    }
  }

  /// The version of the language that the manifest was written for, as it says; nothing depends on it. Empty without a word of its own.
  public var version: String {
    switch content {
    case .declarative(let manifest): manifest.version
    case .other(let manifest): manifest.root["version"]?.string ?? ""
    }
  }

  /// The names of the streams that are written in a declarative manifest, in order; those that templates or conditions make are not
  /// here, nor those of other sources, see ``Connector/discover()``.
  public var streamNames: [String] {
    switch content {
    case .declarative(let manifest): manifest.streams.compactMap { $0["name"]?.string }
    case .other: []
    }
  }
}
