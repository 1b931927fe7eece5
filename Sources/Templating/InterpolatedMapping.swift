import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest

/// A mapping whose keys and values may be templates (`InterpolatedMapping` of the reference): keys always become strings.
package struct InterpolatedMapping: Sendable {
  private let members: [(key: InterpolatedString, value: Member)]

  private enum Member: Sendable {
    case template(InterpolatedString)
    /// Anything but a string stays as it is.
    case constant(JSONValue)
  }

  /// `values` are the types that an evaluated literal may have; others stay strings.
  /// - Throws: ``ConnectorError`` if `node` is not a mapping.
  package init(_ node: ManifestNode, parameters: JSONObject = [:], values: ValidTypes = .any) throws {
    guard let mapping = node.mapping else { throw ConnectorError(.config, "A mapping is expected here", at: node) }
    let scope = Value(JSONValue.object(parameters))
    members = mapping.map { key, value in
      let name = InterpolatedString(key, parameters: scope, fallback: nil, types: .string, mark: value.mark)
      guard let text = value.string else { return (name, .constant(value.value)) }
      return (
        name, .template(InterpolatedString(text, parameters: scope, fallback: nil, types: values, mark: value.mark))
      )
    }
  }

  /// The evaluated mapping; an empty or undefined value is null, a later one of two equal keys counts.
  /// - Throws: ``ConnectorError`` if an evaluation fails.
  package func evaluate(_ context: EvaluationContext) throws -> JSONObject {
    var object = JSONObject(minimumCapacity: members.count)
    for (key, value) in members {
      let name = try key.string(context)
      switch value {
      case .template(let template): object[name] = JSONValue(try template.evaluate(context))
      case .constant(let value): object[name] = value
      }
    }
    return object
  }

  /// The evaluated mapping with every value as Python's `str()` writes it, and without those that are null.
  /// - Throws: ``ConnectorError`` if an evaluation fails.
  package func texts(_ context: EvaluationContext) throws -> JSONObject {
    var object = JSONObject(minimumCapacity: members.count)
    for (key, value) in members {
      let evaluated: Value
      switch value {
      case .template(let template): evaluated = try template.evaluate(context)
      case .constant(let constant): evaluated = Value(constant)
      }
      object[try key.string(context)] = evaluated.isNone ? nil : .string(evaluated.pythonString)
    }
    return object
  }
}
