import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Says where in an API's description of its fields each one's name and type are.
struct SchemaTypeIdentifier: Component {
  private let schemaPath: [InterpolatedString]
  private let namePath: [InterpolatedString]
  private let typePath: [InterpolatedString]
  private let typesMap: [TypesMap]
  private let config: TemplateConfig
  private let node: ManifestNode
  private let secrets: any Secrets

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    secrets = scope.runtime.secrets
    func path(_ property: String) throws -> [InterpolatedString] {
      try node.nodes(property).map { InterpolatedString($0, parameters: node.parameters) }
    }
    _ = try node.required("key_pointer")
    schemaPath = try path("schema_pointer")
    namePath = try path("key_pointer")
    typePath = try path("type_pointer")
    typesMap = try node.nodes("types_mapping").map { try TypesMap(from: ComponentNode($0), in: scope) }
    config = scope.templateConfig
  }

  /// The descriptions of the fields; what is iterated over as Python does it.
  func fields(of record: JSONValue) throws -> [JSONValue] {
    switch try value(at: schemaPath, of: record) {
    case .array(let fields)?: return fields
    case .object(let object)?: return object.keys.map { .string($0) }
    case .string("")?: return []
    case let other:
      throw failure("`schema_pointer` should lead to a list of fields, but leads to \(shown(other))")
    }
  }

  func name(of field: JSONValue) throws -> String {
    let value = try value(at: namePath, of: field)
    guard let name = value?.string else {
      throw failure("`key_pointer` should lead to the name of a field, but leads to \(shown(value))")
    }
    return name
  }

  /// The JSON schema of a field.
  func type(of field: JSONValue) throws -> JSONValue {
    let given: JSONValue = typePath.isEmpty ? "string" : try value(at: typePath, of: field) ?? "string"
    switch try mapped(given, field) {
    case .value(.string(let name)): return try AirbyteDataType.schema(name, at: node)
    case .value(.array(let names)) where names.count == 2 && names.allSatisfy({ $0.string != nil }):
      return ["oneOf": .array(try names.map { try AirbyteDataType.schema($0.string ?? "", at: node) })]
    case .value(let other):
      throw failure("The type of a field should be a text, or a list of two, but is \(shown(other))")
    case .complex(let type): return try type.schema(at: node)
    }
  }

  private func mapped(_ type: JSONValue, _ field: JSONValue) throws -> TypesMap.Target {
    for entry in typesMap {
      // As in the reference, a condition is evaluated also where the type is another one.
      let holds = try entry.holds(EvaluationContext(config: config, bindings: [(.rawSchema, Value(field))]))
      if holds, type.equals(entry.currentType) { return entry.target }
    }
    return .value(type)
  }

  /// The whole for an empty path; nil if nothing is there.
  private func value(at path: [InterpolatedString], of value: JSONValue) throws -> JSONValue? {
    if path.isEmpty { return value }
    let evaluation = EvaluationContext(config: config)
    let segments = try path.map { JSONPathSegment(try $0.evaluate(evaluation)) }
    do {
      return try JSONGlobPath(segments).get(in: value)
    } catch {
      throw failure("A pointer should lead to one place: \(error)")
    }
  }

  private func shown(_ value: JSONValue?) -> String { secrets.excerpt(of: value?.jsonText ?? "nothing", upTo: 200) }

  private func failure(_ sentence: String) -> ConnectorError { ConnectorError(.system, sentence, at: node) }
}

extension Symbol {
  static let rawSchema = Symbol("raw_schema")
}
