import JSON
import Jinja

/// Makes streams from a template.
package protocol ComponentsResolver: Sendable {
  /// Calls `body` with each stream: the template with the resolver's values in it.
  /// - Throws: ``ConnectorError`` where a template cannot be evaluated, or the values cannot be had.
  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws
}

extension Symbol {
  static let componentsValues = Symbol("components_values")
  static let streamTemplateConfig = Symbol("stream_template_config")
}

/// What a resolver's mappings see beside the values of one stream.
struct TemplateScope: Sendable {
  let template: ManifestNode
  private let config: TemplateConfig
  private let templateValue: Value

  init(_ template: ManifestNode, config: TemplateConfig) {
    self.template = template
    self.config = config
    templateValue = Value(template.value)
  }

  func evaluation(_ values: Value, slice: StreamSlice? = nil) -> EvaluationContext {
    var bindings: [(symbol: Symbol, value: Value)] = [(.streamTemplateConfig, templateValue), (.componentsValues, values)]
    if let slice { bindings.append((.streamSlice, slice.templateValue)) }
    return EvaluationContext(config: config, bindings: bindings)
  }

  /// The template after `mappings`, one after the other.
  func filled(by mappings: [ComponentMappingDefinition], _ rules: MappingRules, _ evaluation: EvaluationContext) throws
    -> ManifestNode
  {
    var stream = template.stored
    for mapping in mappings { stream = try mapping.apply(to: stream, rules, evaluation) }
    return ManifestNode(stream, at: ManifestPath(start: template.path))
  }
}
