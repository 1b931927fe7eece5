import AirbyteProtocol
import ConnectorModel
import Jinja
import JSON
import Manifest
import Templating
import YAML

/// What a place makes of a template.
package enum TemplateKind: String, Sendable, CaseIterable {
  /// A typed value: most places.
  case string
  /// Whether a condition holds.
  case boolean
  /// A mapping of templates, as request parameters are.
  case mapping
  /// A mapping with values at any depth, as a JSON body is; members that give nothing are left out.
  case nested

  /// Evaluates a template, or a mapping of them, as the reference does in a place of this kind.
  /// - Parameter types: the types that a literal may have there.
  /// - Throws: ``ConnectorError`` for a template that is not valid or cannot be evaluated.
  package func evaluate(
    _ template: ManifestNode, parameters: JSONObject = [:], types: ValidTypes = .any, in context: EvaluationContext
  ) throws -> JSONValue {
    switch self {
    case .boolean: return .bool(try InterpolatedBoolean(template, parameters: parameters).evaluate(context))
    case .mapping where template.isMapping:
      return .object(try InterpolatedMapping(template, parameters: parameters, values: types).evaluate(context))
    case .nested where !template.isNull && template.string == nil:
      return try InterpolatedNestedMapping(template, parameters: parameters).evaluateValue(context)
    case .string, .mapping, .nested:
      return JSONValue(try InterpolatedString(template, parameters: parameters, validTypes: types).evaluate(context))
    }
  }

  /// A template as it was written outside of a manifest: a text, or for a mapping YAML.
  /// - Throws: ``ConnectorError`` for a text that should be a mapping and is not.
  package func template(_ text: String) throws -> ManifestNode {
    let isTemplate = ["{{", "{%", "{#"].contains { text.drop(while: \.isWhitespace).hasPrefix($0) }
    guard self == .mapping || self == .nested, !isTemplate else { return ManifestNode(.string(text)) }
    do {
      let node = ManifestNode(try YAMLConversion.value(YAMLDocument(parsing: text, file: "<template>").root))
      if node.isMapping || self == .nested && node.sequence != nil { return node }
      throw ConnectorError(.config, "A mapping is needed here, as in '{q: \"{{ config.q }}\"}', not \(node.kindName)")
    } catch let error as YAMLError {
      throw ConnectorError(.config, "The mapping is not YAML: \(error.message)")
    } catch let error as ManifestError {
      throw ConnectorError(.config, error.description)
    }
  }
}

extension EvaluationContext {
  /// A context with the variables of an object, and with an empty config unless there is one in it.
  /// - Throws: ``ConnectorError`` for a name that only stands for another.
  package init(_ variables: JSONObject) throws {
    for alias in ["stream_interval", "stream_partition"] where variables[alias] != nil {
      throw ConnectorError(.config, "`\(alias)` cannot be given: it is another name of `stream_slice`")
    }
    self.init(
      config: Value(variables["config"] ?? .object([:])),
      bindings: variables.filter { $0.key != "config" }.map { (Symbol($0.key), Value($0.value)) })
  }
}
