import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import YAML

/// The same for values nested at any depth (`InterpolatedNestedMapping` of the reference): keys too become typed values, and members
/// that evaluate to nothing are left out.
package struct InterpolatedNestedMapping: Sendable {
  private let root: Entry
  private let mark: SourceMark?

  private indirect enum Entry: Sendable {
    case template(InterpolatedString)
    case constant(JSONValue)
    case mapping([(key: InterpolatedString, value: Entry)])
    case list([Entry])
  }

  /// - Throws: ``ConnectorError`` for a template with a syntax error or an unknown filter.
  package init(_ node: ManifestNode, parameters: JSONObject = [:]) throws {
    mark = node.mark
    root = try Self.compile(node, Value(JSONValue.object(parameters)), depth: 0)
  }

  private static func compile(_ node: ManifestNode, _ parameters: Value, depth: Int) throws -> Entry {
    if depth > ManifestNode.deepestWalk { throw ConnectorError(.config, "This value is nested too deeply", at: node) }
    switch node.content {
    case .string(let text):
      return .template(InterpolatedString(text, parameters: parameters, fallback: nil, types: .any, mark: node.mark))
    case .sequence(let nodes): return .list(try nodes.map { try compile($0, parameters, depth: depth + 1) })
    case .mapping(let mapping):
      return .mapping(
        try mapping.map { key, value in
          (
            InterpolatedString(key, parameters: parameters, fallback: nil, types: .any, mark: value.mark),
            try compile(value, parameters, depth: depth + 1)
          )
        })
    default: return .constant(node.value)
    }
  }

  /// The evaluated mapping.
  /// - Throws: ``ConnectorError`` if an evaluation fails or the node is not a mapping.
  package func evaluate(_ context: EvaluationContext) throws -> JSONObject {
    guard case .object(let object) = try evaluateValue(context) else {
      throw ConnectorError(.config, "A mapping is expected here", at: mark)
    }
    return object
  }

  /// The evaluated value, whatever the node is.
  /// - Throws: ``ConnectorError`` if an evaluation fails.
  package func evaluateValue(_ context: EvaluationContext) throws -> JSONValue { try Self.evaluate(root, context) }

  private static func evaluate(_ entry: Entry, _ context: EvaluationContext) throws -> JSONValue {
    switch entry {
    case .constant(let value): return value
    case .template(let template): return JSONValue(try template.evaluate(context))
    case .list(let entries): return .array(try entries.map { try evaluate($0, context) })
    case .mapping(let members):
      var object = JSONObject(minimumCapacity: members.count)
      for (key, value) in members { object[try key.evaluate(context).jsonKey] = try evaluate(value, context) }
      return .object(object.filter { $0.value != .null })
    }
  }
}
