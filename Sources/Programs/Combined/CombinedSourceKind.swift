import ConnectorModel
import Engine
import JSON
import Manifest

/// Several sources as one: `type: CombinedSource`.
package struct CombinedSourceKind: SourceKind {
  package let type = "CombinedSource"
  package let schema: JSONValue = BundledSourceSchema.value(PackageResources.combined_source_schema_json)

  package init() {}

  package func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source {
    try await CombinedSource(manifest, input, runtime: runtime)
  }

  package func parts(of manifest: ManifestNode) -> [ManifestNode] {
    (manifest["sources"]?.sequence ?? []).compactMap { $0["manifest"] }
  }

  package func findings(in manifest: ManifestNode, kinds: SourceKinds) -> [Diagnostic] {
    var findings: [Diagnostic] = []
    var places: [String: ManifestNode] = [:]
    for node in manifest["sources"]?.sequence ?? [] {
      let part = CombinedPart(node)
      if let first = places[part.key] {
        findings.append(
          Diagnostic(
            .error, rule: "value", "two sources are called `\(part.key)`, the other one is at \(Self.place(first))", at: node,
            failureType: .config, remedy: "give each a `name` of its own"))
      }
      places[part.key] = node
      if let own = part.own { findings += kinds.findings(in: own) ?? [] }
    }
    return findings
  }

  static func place(_ node: ManifestNode) -> String { node.mark.map { "\($0)" } ?? node.shownPath }
}

/// One of the sources of a combined one, as its manifest writes it.
struct CombinedPart: Sendable {
  let node: ManifestNode
  /// What it is called in sentences, and in the state.
  let key: String

  /// The properties that say how a source is combined with others, which are not its own.
  private static let properties = ["name", "config_key", "prefix", "rename"]

  init(_ node: ManifestNode) {
    self.node = node
    key = node["name"]?.string ?? node["manifest"]?.string.map(Self.name(of:)) ?? node["type"]?.string ?? ""
  }

  /// The name of a manifest: that of its file, or of its folder where files have the usual name.
  private static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map { String($0) }
    let stem = parts.last.map { $0.lastIndex(of: ".").map { [file = $0] end in String(file[..<end]) } ?? $0 } ?? path
    return stem == "manifest" ? parts.dropLast().last ?? stem : stem
  }

  /// The manifest that is written in its place; nil if it has a file.
  var own: ManifestNode? {
    guard node["manifest"] == nil else { return nil }
    return Self.properties.reduce(node) { $0.removing($1) }
  }

  var path: String? { node["manifest"]?.string }
  var configKey: String? { node["config_key"]?.string }

  /// What its streams are called outside.
  var names: SourcePart {
    let renames = (node["rename"]?.entries ?? []).compactMap { entry in entry.node.string.map { (entry.key, $0) } }
    return SourcePart(
      key: key, prefix: node["prefix"]?.string ?? "", renames: Dictionary(renames, uniquingKeysWith: { $1 }))
  }
}
