import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Evaluates templates as the reference does in some place, with the variables that it has there.
package struct TemplateTrial: Sendable {
  /// What the place makes of a template.
  package let kind: TemplateKind
  private let parameters: JSONObject
  private let types: ValidTypes
  private let context: EvaluationContext

  /// Templates in no place in particular.
  /// - Throws: ``ConnectorError`` for a variable that cannot be given.
  package init(_ kind: TemplateKind, variables: JSONObject) throws {
    self.kind = kind
    parameters = [:]
    types = .any
    context = try EvaluationContext(variables)
  }

  /// Templates at a place of a manifest.
  /// - Parameter kind: what is made of them; nil for what the place makes of them.
  package init(_ site: TemplateSite, as kind: TemplateKind?, in context: EvaluationContext) {
    self.kind = kind ?? site.kind
    parameters = site.parameters
    types = site.types
    self.context = context
  }

  /// The value of a template.
  /// - Parameter kind: what is made of it; nil for what the place makes of it.
  /// - Throws: ``ConnectorError`` for a template that is not valid or cannot be evaluated.
  package func evaluate(_ text: String, as kind: TemplateKind? = nil) throws -> JSONValue {
    try evaluate((kind ?? self.kind).template(text), as: kind)
  }

  /// The same for a template, or a mapping, of a manifest.
  package func evaluate(_ node: ManifestNode, as kind: TemplateKind? = nil) throws -> JSONValue {
    try (kind ?? self.kind).evaluate(node, parameters: parameters, types: types, in: context)
  }

  /// The variables, in alphabetical order.
  package var variables: [String] {
    var names = Set(context.names).union(["parameters"])
    if names.contains("stream_slice") { names.formUnion(["stream_interval", "stream_partition"]) }
    return names.sorted()
  }

  /// The value that a path of keys leads to, from a variable on; nil if there is none.
  package func value(at path: [String]) -> JSONValue? {
    guard let name = path.first else { return nil }
    let variable = context.value(of: Symbol(name)).map { JSONValue($0) } ?? (name == "parameters" ? .object(parameters) : nil)
    return path.dropFirst().reduce(variable) { $0?[$1] }
  }
}
