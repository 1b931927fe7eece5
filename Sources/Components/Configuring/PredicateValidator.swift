import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Checks a value of the manifest, which may be a template over the config.
///
/// The reference fails here whatever the value is.
struct PredicateValidator: Component, ConfigValidation {
  private enum Subject: Sendable {
    case constant(JSONValue)
    case template(InterpolatedString)
  }

  private let subject: Subject
  private let strategy: any ValidationStrategy
  private let templates: TemplateRuntime

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let value = node.node["value"]
    if let value, let text = value.string, text.contains("{") {
      subject = .template(InterpolatedString(value))
    } else {
      subject = .constant(value?.value ?? .null)
    }
    strategy = try scope.build(node.required("validation_strategy"))
    templates = scope.runtime.templates
  }

  func validate(_ config: JSONObject) async throws {
    switch subject {
    case .constant(let value): try await strategy.validate(value)
    case .template(let template):
      let scope = EvaluationContext(config: Value(JSONValue.object(config)), runtime: templates)
      try await strategy.validate(JSONValue(template.evaluate(scope)))
    }
  }
}
