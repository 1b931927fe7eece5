import AirbyteProtocol
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

  package func traits(of manifest: ManifestNode, in surroundings: SourceSurroundings) -> SourceTraits {
    var traits = SourceTraits()
    for part in (manifest["sources"]?.sequence ?? []).map(CombinedPart.init) {
      if let own = part.traits(in: surroundings) { traits.add(own, as: part.key) }
    }
    return traits
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
