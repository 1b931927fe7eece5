import ConnectorModel
import JSON
import Manifest

extension PythonComponents: CustomComponents {
  package func prepare(_ nodes: [ManifestNode], in scope: BuildScope) async throws -> JSONObject? {
    let registry = scope.run.registry
    return try await prepare(nodes, config: scope.config, manifest: scope.run.manifest) { registry.type(ofClass: $0) != nil }
  }

  package func component(for node: ComponentNode, in scope: BuildScope) throws -> (any Sendable)? {
    try hosted(node.node, in: scope.stream.name).playing(node.type)
  }
}
