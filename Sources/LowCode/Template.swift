import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// A property of a component that may be a template over the config, the component's `$parameters`, and what the place gives besides.
///
/// ```swift
/// init(from node: ComponentNode, in scope: BuildScope) throws {
///   secret = try node.template("secret", in: scope)     // secret: "{{ config['secret'] }}"
/// }
/// ```
public struct Template: Sendable {
  private let template: InterpolatedString
  private let config: TemplateConfig

  init(_ node: ManifestNode, parameters: JSONObject, in scope: BuildScope) {
    template = InterpolatedString(node, parameters: parameters)
    config = scope.templateConfig
  }

  /// The value as a text.
  /// - Parameters:
  ///   - slice: what the template sees as `stream_slice`.
  ///   - record: what it sees as `record`.
  /// - Throws: ``ConnectorError`` with the place of the template if it is not valid or cannot be evaluated.
  public func text(slice: StreamSlice? = nil, record: Record? = nil) throws -> String {
    try template.string(context(slice, record))
  }

  /// The value, typed: a text that is written like a number, a list or a mapping becomes one.
  /// - Parameters:
  ///   - slice: what the template sees as `stream_slice`.
  ///   - record: what it sees as `record`.
  /// - Throws: ``ConnectorError`` with the place of the template if it is not valid or cannot be evaluated.
  public func value(slice: StreamSlice? = nil, record: Record? = nil) throws -> JSONValue {
    JSONValue(try template.evaluate(context(slice, record)))
  }

  private func context(_ slice: StreamSlice?, _ record: Record?) -> EvaluationContext {
    EvaluationContext(config: config, record: record?.templateValue, slice: slice)
  }
}

extension ComponentNode {
  /// A property that may be a template. Its syntax is checked when it is evaluated first.
  /// - Throws: ``ConnectorError`` with the component's place if the property is absent or not a text.
  public func template(_ property: String, in scope: BuildScope) throws -> Template {
    _ = try string(property)
    return Template(try required(property), parameters: parameters, in: scope)
  }

  /// The same for a property that may be left out.
  public func optionalTemplate(_ property: String, in scope: BuildScope) throws -> Template? {
    try self[property] == nil ? nil : template(property, in: scope)
  }
}

extension RuntimeEnvironment {
  /// Hides a text in all logs and errors of the run: a token that a component received, or made of other secrets.
  public func hide(_ secret: String) { secrets.hide(secret) }
}
