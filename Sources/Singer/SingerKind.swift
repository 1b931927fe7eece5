import ConnectorModel
import Engine
import JSON
import Manifest

/// The kind of source whose manifests are of the type `SingerSource`.
package struct SingerKind: SourceKind {
  package init() {}

  package var type: String { "SingerSource" }

  package var schema: JSONValue { SingerManifest.schema }

  package func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source {
    try await SingerSource(SingerManifest(manifest), at: manifest, input, runtime: runtime)
  }

  package func findings(in manifest: ManifestNode) -> [Diagnostic] {
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

  /// A tap that there is no manifest for.
  /// - Parameter command: the tap's program, with its own arguments.
  package static func source(
    of command: [String], _ input: SourceInput, runtime: RuntimeEnvironment
  ) async throws -> any Source {
    try await SingerSource(SingerManifest(command: command), at: nil, input, runtime: runtime)
  }
}
