import YAML

/// The name of ``Manifest`` where another type has that name too.
package typealias LoadedManifest = Manifest

/// A manifest that went through the whole pipeline: valid, without references, with all types and parameters in place.
package struct Manifest: Sendable {
  package let root: ManifestNode
  /// What is questionable, but no reason to stop.
  package let warnings: [Diagnostic]

  package init(_ root: ManifestValue, warnings: [Diagnostic]) {
    self.root = ManifestNode(root)
    self.warnings = warnings
  }

  /// The version of the reference that the manifest was written for; nothing depends on it.
  package var version: String { root["version"]?.string ?? "" }
  /// The declared streams; dynamic ones are in ``dynamicStreams``.
  package var streams: [ManifestNode] { list("streams") }
  package var dynamicStreams: [ManifestNode] { list("dynamic_streams") }
  package var spec: ManifestNode? { present("spec") }
  package var check: ManifestNode? { present("check") }
  package var schemas: ManifestNode? { present("schemas") }
  package var definitions: ManifestNode? { present("definitions") }
  package var concurrencyLevel: ManifestNode? { present("concurrency_level") }
  package var apiBudget: ManifestNode? { present("api_budget") }
  package var streamGroups: ManifestNode? { present("stream_groups") }

  /// Streams that were left out of a manifest as not valid are null in it.
  private func list(_ key: String) -> [ManifestNode] { (root[key]?.sequence ?? []).filter { !$0.isNull } }

  private func present(_ key: String) -> ManifestNode? {
    guard let node = root[key], !node.isNull else { return nil }
    return node
  }
}
