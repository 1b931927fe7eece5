import ConnectorModel
import Engine
import JSON
import Manifest

/// The kind of source whose manifests are of the type `SingerSource`.
package struct SingerKind: SourceKind {
  package init() {}

  package var type: String { "SingerSource" }

  package var schema: JSONValue { SingerManifest.schema }

  package func needs(of manifest: ManifestNode) -> String {
    if let program = manifest["tap"]?["command"]?.sequence?.first?.string { return "the tap `\(program)`" }
    return manifest["tap"]?["python"] == nil ? "" : "Python with the way to a package index"
  }

  package func traits(of manifest: ManifestNode, in surroundings: SourceSurroundings) -> SourceTraits { .program(type) }

  package func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source {
    try await SingerSource(SingerManifest(manifest), at: manifest, input, runtime: runtime)
  }

  package func findings(in manifest: ManifestNode, kinds: SourceKinds) -> [Diagnostic] {
    var findings: [Diagnostic] = []
    var seen: Set<String> = []
    for stream in manifest["streams"]?.sequence ?? [] {
      guard let name = stream["name"], let text = name.string else { continue }
      if !seen.insert(text).inserted {
        findings.append(Diagnostic(.error, rule: "value", "the stream `\(text)` is described twice", at: name))
      }
      if stream["cursor_field"] != nil, let modes = stream["sync_modes"],
        modes.sequence?.contains(where: { $0.string == "incremental" }) != true
      {
        findings.append(
          Diagnostic(
            .error, rule: "value",
            "the stream `\(text)` has a `cursor_field`, and its `sync_modes` do not allow to read it incrementally", at: modes))
      }
    }
    return findings
  }

  /// A manifest of a tap that there is none for.
  /// - Parameter tap: the tap's program, with its own arguments behind blanks; or the package that has it, as in `pip:tap-shop==1.2`.
  package static func manifest(of tap: String) -> String {
    JSONValue.object(["version": "1.0.0", "type": "SingerSource", "tap": TapName(tap).json]).jsonText
  }
}
