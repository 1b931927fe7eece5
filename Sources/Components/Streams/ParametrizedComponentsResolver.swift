import ConnectorModel
import JSON
import Jinja
import Manifest

/// Makes a stream for each of the sets of values in the manifest.
struct ParametrizedComponentsResolver: Component, ComponentsResolver {
  private let parameters: StreamParametersDefinition
  private let mappings: [ComponentMappingDefinition]
  private let scope: BuildScope

  init(from node: ComponentNode, in scope: BuildScope) throws {
    parameters = try scope.build(node.required("stream_parameters"))
    mappings = try node.nodes("components_mapping").map {
      try ComponentMappingDefinition($0, parameters: node.parameters, in: scope)
    }
    self.scope = scope
  }

  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws {
    let stream = StreamTemplate(template, in: scope)
    for values in parameters.values {
      try body(stream.filled(by: mappings, .parametrized, Value(values)))
    }
  }
}

/// The values of each stream that a ``ParametrizedComponentsResolver`` makes.
struct StreamParametersDefinition: Component {
  let values: [JSONValue]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    values = try node.nodes("list_of_parameters_for_stream").map(\.value)
  }
}
