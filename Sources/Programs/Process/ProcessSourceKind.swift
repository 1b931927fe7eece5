import ConnectorModel
import Engine
import JSON
import Manifest

/// Sources that are programs: `type: ProcessSource`.
package struct ProcessSourceKind: SourceKind {
  package let type = "ProcessSource"
  package let schema: JSONValue = BundledSourceSchema.value(PackageResources.process_source_schema_json)

  package init() {}

  package func needs(of manifest: ManifestNode) -> String {
    manifest["command"]?.sequence?.first?.string.map { "the program `\($0)`" } ?? ""
  }

  package func traits(of manifest: ManifestNode, in surroundings: SourceSurroundings) -> SourceTraits { .program(type) }

  package func load(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws -> any Source {
    try await ProcessSource(ProcessManifest(manifest, in: input.files), input, runtime: runtime)
  }
}

/// The schemas of manifests that are bundled with this version.
enum BundledSourceSchema {
  static func value(_ text: [UInt8]) -> JSONValue {
    do { return try JSONValue(parsing: text) } catch {
      preconditionFailure("a schema that was embedded by the build is not JSON: \(error)")
    }
  }
}
