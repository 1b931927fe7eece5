import Bytes
import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Manifest
import Secrets

/// A kind of source that manifests describe by their `type`, beside declarative ones: `SingerSource`, `ProcessSource`, …
package protocol SourceKind: Sendable {
  /// The `type` of its manifests.
  var type: String { get }
  /// The JSON schema of its manifests.
  var schema: JSONValue { get }
  /// Makes a source of a valid manifest. With an empty config it has to give its specification, if it can.
  /// - Throws: ``ConnectorError``, ``ManifestError``
  func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source
  /// The paths of further manifests that belong to one, from its folder.
  func parts(of manifest: ManifestNode) -> [ManifestNode]
  /// The program that has to be installed where a manifest runs, as a sentence names it; empty if there is none.
  func needs(of manifest: ManifestNode) -> String
  /// What of a source this program does itself, as far as that can be seen without starting anything.
  func traits(of manifest: ManifestNode, in surroundings: SourceSurroundings) -> SourceTraits
  /// What is wrong with a manifest beyond its schema.
  func findings(in manifest: ManifestNode, kinds: SourceKinds) -> [Diagnostic]
}

extension SourceKind {
  package func parts(of manifest: ManifestNode) -> [ManifestNode] { [] }
  package func needs(of manifest: ManifestNode) -> String { "" }
  package func findings(in manifest: ManifestNode, kinds: SourceKinds) -> [Diagnostic] { [] }
}

/// What a source is made with, beside its manifest.
package struct SourceInput: Sendable {
  /// The user's config; empty for `spec`.
  package var config: JSONObject = [:]
  /// Puts in what of the config comes from elsewhere, once it is known what the specification says of it.
  package var completion: (@Sendable (_ config: JSONObject, _ specification: JSONValue?) -> JSONObject)?
  /// What a read continues from.
  package var state = SourceState()
  /// The streams that a read is asked for; empty where that is not known yet.
  package var catalog: [ConfiguredStream] = []
  /// Where the files are that the manifest names.
  package var files = ManifestFiles.folder(".")
  /// Is called when the config changes: a token that can be used once was renewed.
  package var updates: (any ConfigUpdating)?
  /// The other kinds, for sources that have parts.
  package var kinds = SourceKinds()
  /// How many manifests the source is a part of, one within the other.
  package var depth = 0
  /// Makes a part of a source from a manifest of any kind.
  package var part:
    (@Sendable (_ source: ManifestSource, _ input: SourceInput, _ runtime: RuntimeEnvironment) async throws -> any Source)?
  /// Where messages of the run are written.
  package var writer: MessageWriter

  package init(writer: MessageWriter) { self.writer = writer }

  /// The config with what comes from elsewhere, its secrets hidden from here on.
  /// - Parameter specification: the JSON schema of the config; nil if nothing is known of it.
  package func settledConfig(_ specification: JSONValue?, _ runtime: RuntimeEnvironment) -> JSONObject {
    let settled = completion?(config, specification) ?? config
    guard let specification else {
      // Nothing says which of its values are secrets.
      for secret in ConcealedConfig(settled, specification: nil).hidden { runtime.secrets.hide(secret) }
      return settled
    }
    let tooShort = runtime.secrets.hide(secretsOf: settled, spec: specification)
    if !tooShort.isEmpty { runtime.log.log(.warn, Connector.warning(ofShort: tooShort)) }
    return settled
  }
}

/// The kinds of sources that a program knows, beside declarative ones.
package struct SourceKinds: Sendable {
  private var kinds: [String: any SourceKind] = [:]

  package init(_ kinds: [any SourceKind] = []) {
    for kind in kinds { self.kinds[kind.type] = kind }
  }

  package mutating func register(_ kind: any SourceKind) { kinds[kind.type] = kind }

  /// The names of the types, in order.
  package var types: [String] { kinds.keys.sorted() }

  package subscript(type: String) -> (any SourceKind)? { kinds[type] }

  /// The manifest, if it is of one of these kinds; nil if it is declarative, or cannot be read, which its own pipeline explains.
  /// - Throws: ``ManifestError`` with all findings, for a manifest of one of these kinds that is not valid.
  package func manifest(_ source: ManifestSource) throws(ManifestError) -> SourceManifest? {
    guard let (kind, value, warnings) = recognize(source) else { return nil }
    let root = ManifestNode(value)
    let findings = findings(in: value, of: kind)
    guard findings.isEmpty else { throw ManifestError(findings) }
    return SourceManifest(kind: kind, root: root, warnings: warnings)
  }

  /// All that is wrong with a manifest of one of these kinds; nil if it is declarative, or cannot be read.
  package func examine(_ source: ManifestSource) -> (root: ManifestNode, findings: [Diagnostic])? {
    guard let (kind, value, warnings) = recognize(source) else { return nil }
    return (ManifestNode(value), warnings + findings(in: value, of: kind))
  }

  /// All that is wrong with a manifest that is part of another one; nil if it is declarative.
  package func findings(in node: ManifestNode) -> [Diagnostic]? {
    guard let type = node["type"]?.string, let kind = kinds[type] else { return nil }
    return findings(in: node.stored, of: kind)
  }

  private func findings(in value: ManifestValue, of kind: any SourceKind) -> [Diagnostic] {
    do {
      let findings = try ManifestValidator(schema: kind.schema).validate(value)
      return findings.isEmpty ? kind.findings(in: ManifestNode(value), kinds: self) : findings
    } catch {
      return [Diagnostic(.error, rule: "schema", "the bundled schema of `\(kind.type)` cannot be used: \(error)")]
    }
  }

  private func recognize(_ source: ManifestSource) -> (any SourceKind, ManifestValue, [Diagnostic])? {
    switch source {
    case .injected(let value):
      guard let type = value["type"]?.string, kinds[type] != nil else { return nil }
    case .text(let bytes, _):
      guard mayBeOne(bytes) else { return nil }
    case .file(let path):
      guard let bytes = try? SourceManifest.bytes(at: path), mayBeOne(bytes) else { return nil }
    }
    var warnings: [Diagnostic] = []
    guard let value = try? ManifestLoader.load(source, warnings: &warnings),
      let type = ManifestNode(value)["type"]?.string, let kind = kinds[type]
    else { return nil }
    return (kind, value, warnings)
  }

  /// Whether one of the types is named anywhere: where none is, nothing is parsed.
  private func mayBeOne(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { text in kinds.keys.contains { Self.isNamed(Array($0.utf8), in: text) } }
  }

  private static func isNamed(_ name: [UInt8], in text: UnsafeRawBufferPointer) -> Bool {
    guard let start = text.baseAddress, let first = name.first else { return false }
    var place = 0
    while text.count - place >= name.count, let found = memchr(start + place, Int32(first), text.count - place - name.count + 1) {
      if memcmp(found, name, name.count) == 0 { return true }
      place = UnsafeRawPointer(found) - start + 1
    }
    return false
  }
}

/// A manifest of a kind of its own that was read and checked against the schema of its kind.
package struct SourceManifest: Sendable {
  package let kind: any SourceKind
  package let root: ManifestNode
  /// What is questionable, but no reason to stop.
  package let warnings: [Diagnostic]

  package init(kind: any SourceKind, root: ManifestNode, warnings: [Diagnostic] = []) {
    self.kind = kind
    self.root = root
    self.warnings = warnings
  }

  /// What is longer is declarative.
  private static let longest = 16 << 20

  /// The beginning of a file; nil for a pipe, which can be read but once, and by the pipeline of declarative manifests.
  fileprivate static func bytes(at path: String) throws -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try Descriptor(file: path).read(upTo: longest)
  }
}
