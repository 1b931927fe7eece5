import JSON
import Jinja

/// Makes a stream for each of the sets of values in the manifest.
struct ParametrizedComponentsResolver: Component, ComponentsResolver {
  private let parameters: StreamParametersDefinition
  private let mappings: [ComponentMappingDefinition]
  private let context: BuildContext

  init(from node: ComponentNode, in context: BuildContext) throws {
    parameters = try context.build(node.required("stream_parameters"))
    mappings = try node.nodes("components_mapping").map {
      try ComponentMappingDefinition($0, parameters: node.parameters, in: context).withoutCondition()
    }
    self.context = context
  }

  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws {
    let scope = TemplateScope(template, in: context)
    for values in parameters.values {
      try body(scope.filled(by: mappings, .parametrized, Value(values)))
    }
  }
}

/// The values of each stream that a ``ParametrizedComponentsResolver`` makes.
struct StreamParametersDefinition: Component {
  let values: [JSONValue]

  init(from node: ComponentNode, in context: BuildContext) throws {
    values = try node.nodes("list_of_parameters_for_stream").map(\.value)
  }
}
