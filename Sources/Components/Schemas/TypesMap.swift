import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Says which type of ours an API's type is.
struct TypesMap: Component {
  enum Target: Sendable {
    case value(JSONValue)
    case complex(ComplexFieldType)
  }

  let target: Target
  /// The API's type, or its list of types.
  let currentType: JSONValue
  private let condition: InterpolatedBoolean

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let target = try node.required("target_type")
    self.target = target.mapping == nil ? .value(target.value) : .complex(try ComplexFieldType(target))
    currentType = try node.required("current_type").value
    condition = InterpolatedBoolean(
      node["condition"]?.string ?? "True", mark: node["condition"]?.mark)
  }

  func holds(_ evaluation: EvaluationContext) throws -> Bool { try condition.evaluate(evaluation) }
}

/// A type with a type of its elements.
struct ComplexFieldType: Sendable {
  private let type: String
  private let items: Items?

  private indirect enum Items: Sendable {
    case type(String)
    case complex(ComplexFieldType)
  }

  /// - Throws: ``ConnectorError`` if something other than an array has elements.
  init(_ node: ManifestNode) throws {
    type = node["field_type"]?.string ?? ""
    let given = node["items"].flatMap { $0.isNull || $0.string == "" ? nil : $0 }
    items = try given.map { $0.mapping == nil ? .type($0.string ?? "") : .complex(try ComplexFieldType($0)) }
    if items != nil, type != "array" {
      throw ConnectorError(.system, "Only a `field_type` of array has `items`", at: node)
    }
  }

  func schema(at node: ManifestNode) throws -> JSONValue {
    var schema = try AirbyteDataType.schema(type, at: node)
    switch items {
    case .type(let name)?: schema["items"] = try AirbyteDataType.schema(name, at: node)
    case .complex(let inner)?: schema["items"] = try inner.schema(at: node)
    case nil: break
    }
    return schema
  }
}

/// The names of types that a dynamic schema may use.
enum AirbyteDataType {
  /// - Throws: ``ConnectorError`` for any other name.
  static func schema(_ name: String, at node: ManifestNode) throws -> JSONValue {
    if let schema = schemas[name] { return schema }
    throw ConnectorError(
      .system,
      "`\(name)` is not a type that a field can have; map it to one of \(schemas.keys.sorted().joined(separator: ", "))",
      at: node)
  }

  private static let schemas: [String: JSONValue] = [
    "string": ["type": ["null", "string"]],
    "boolean": ["type": ["null", "boolean"]],
    "date": ["type": ["null", "string"], "format": "date"],
    "timestamp_without_timezone": [
      "type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_without_timezone",
    ],
    "timestamp_with_timezone": ["type": ["null", "string"], "format": "date-time"],
    "time_without_timezone": ["type": ["null", "string"], "format": "time", "airbyte_type": "time_without_timezone"],
    "time_with_timezone": ["type": ["null", "string"], "format": "time", "airbyte_type": "time_with_timezone"],
    "integer": ["type": ["null", "integer"]],
    "number": ["type": ["null", "number"]],
    "array": ["type": ["null", "array"]],
    "object": ["type": ["null", "object"]],
  ]
}
