import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets

/// Makes streams from a template.
package protocol ComponentsResolver: Sendable {
  /// Calls `body` with each stream: the template with the resolver's values in it.
  /// - Throws: ``ConnectorError`` if a template cannot be evaluated, or the values cannot be fetched.
  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws
  /// Whether the streams come from the user's config.
  var readsConfig: Bool { get }
}

extension ComponentsResolver {
  package var readsConfig: Bool { false }
}

extension Symbol {
  static let componentsValues = Symbol("components_values")
  static let streamTemplateConfig = Symbol("stream_template_config")
}

/// What a resolver's mappings see beside the values of one stream.
struct StreamTemplate: Sendable {
  let template: ManifestNode
  private let config: TemplateConfig
  /// The config with other secrets; nil if it has none.
  private let shadow: TemplateConfig?
  private let secrets: any Secrets
  private let templateValue: Value

  init(_ template: ManifestNode, in scope: BuildScope) {
    self.template = template
    config = scope.templateConfig
    shadow = scope.run.secretShadow.map { scope.templateConfig.with($0.value) }
    secrets = scope.runtime.secrets
    templateValue = Value(template.value)
  }

  private func evaluation(_ config: TemplateConfig, _ values: Value, _ slice: StreamSlice?) -> EvaluationContext {
    var bindings: [(symbol: Symbol, value: Value)] = [(.streamTemplateConfig, templateValue), (.componentsValues, values)]
    if let slice { bindings.append((.streamSlice, slice.templateValue)) }
    return EvaluationContext(config: config, bindings: bindings)
  }

  /// The template after `mappings`, one after the other. What they make of the config's secrets is hidden.
  /// - Parameter others: the values where the config has other secrets; nil if they do not depend on it.
  func filled(
    by mappings: [ComponentMappingDefinition], _ rules: MappingRules, _ values: Value, others: Value? = nil,
    slice: StreamSlice? = nil
  ) throws -> ManifestNode {
    let stream = try filled(by: mappings, rules, evaluation(config, values, slice))
    if let shadow {
      let other = try? filled(by: mappings, rules, evaluation(shadow, others ?? values, slice))
      secrets.hide(derived: stream.value, insteadOf: (other ?? template).value)
    }
    return stream
  }

  private func filled(
    by mappings: [ComponentMappingDefinition], _ rules: MappingRules, _ evaluation: EvaluationContext
  ) throws -> ManifestNode {
    var stream = template.stored
    for mapping in mappings { stream = try mapping.apply(to: stream, rules, evaluation) }
    return ManifestNode(stream, at: ManifestPath(start: template.path))
  }
}
