import JSON
import YAML

/// What a component schema demands, without the words that explain it.
enum SchemaStructure {
  private static let words: Set<String> = ["title", "description", "examples", "example", "deprecation_message", "interpolation"]

  /// `schema` without titles, descriptions, examples and the like, at every place where a schema can stand.
  static func facts(of schema: JSONValue) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    var facts: JSONObject = [:]
    for (key, value) in members where !words.contains(key) {
      switch (key, value) {
      case ("properties", .object(let schemas)), ("definitions", .object(let schemas)):
        facts[key] = .object(schemas.mapValues { SchemaStructure.facts(of: $0) })
      case ("anyOf", .array(let schemas)), ("oneOf", .array(let schemas)), ("allOf", .array(let schemas)):
        facts[key] = .array(schemas.map { SchemaStructure.facts(of: $0) })
      case ("items", _), ("additionalProperties", _):
        facts[key] = SchemaStructure.facts(of: value)
      default:
        facts[key] = value
      }
    }
    return .object(facts)
  }

  /// `schema` without its keywords with `x-`, at every place where a schema can stand.
  static func withoutVendorKeywords(_ schema: JSONValue) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    var kept: JSONObject = [:]
    for (key, value) in members where !key.hasPrefix("x-") {
      switch (key, value) {
      case ("properties", .object(let schemas)), ("definitions", .object(let schemas)):
        kept[key] = .object(schemas.mapValues { withoutVendorKeywords($0) })
      case ("anyOf", .array(let schemas)), ("oneOf", .array(let schemas)), ("allOf", .array(let schemas)):
        kept[key] = .array(schemas.map { withoutVendorKeywords($0) })
      case ("items", _), ("additionalProperties", _): kept[key] = withoutVendorKeywords(value)
      default: kept[key] = value
      }
    }
    return .object(kept)
  }

  /// Calls `body` with every schema inside `schema`, itself included, and its path.
  static func walk(_ schema: JSONValue, path: String = "#", _ body: (String, JSONObject) -> Void) {
    guard case .object(let members) = schema else { return }
    body(path, members)
    for (key, value) in members {
      switch (key, value) {
      case ("properties", .object(let schemas)), ("definitions", .object(let schemas)):
        for (name, schema) in schemas { walk(schema, path: "\(path)/\(key)/\(name)", body) }
      case ("anyOf", .array(let schemas)), ("oneOf", .array(let schemas)), ("allOf", .array(let schemas)):
        for (index, schema) in schemas.enumerated() { walk(schema, path: "\(path)/\(key)/\(index)", body) }
      case ("items", _), ("additionalProperties", _):
        walk(value, path: "\(path)/\(key)", body)
      default:
        break
      }
    }
  }

  /// The places at which two values differ, objects compared without regard to order.
  static func differences(_ ours: JSONValue, _ theirs: JSONValue, path: String = "#") -> [String] {
    switch (ours, theirs) {
    case (.object(let ours), .object(let theirs)):
      let missing = theirs.keys.filter { ours[$0] == nil }.map { "\(path)/\($0): missing" }
      return missing
        + ours.flatMap { key, value in
          theirs[key].map { differences(value, $0, path: "\(path)/\(key)") } ?? ["\(path)/\(key): not in the reference"]
        }
    case (.array(let ours), .array(let theirs)) where ours.count == theirs.count:
      return zip(ours, theirs).enumerated().flatMap { differences($1.0, $1.1, path: "\(path)/\($0)") }
    default:
      return ours == theirs ? [] : ["\(path): \(ours) is not \(theirs)"]
    }
  }
}

extension JSONValue {
  /// A YAML value as JSON; what JSON cannot hold, which only stands in examples, becomes null.
  init(schemaNode node: YAMLNode) {
    switch node.content {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .sequence(let elements): self = .array(elements.map { JSONValue(schemaNode: $0) })
    case .mapping(let entries):
      var members: JSONObject = [:]
      for entry in entries {
        guard case .string(let key) = entry.key.content else { continue }
        members[key] = JSONValue(schemaNode: entry.value)
      }
      self = .object(members)
    case .null, .bigInt, .timestamp, .binary, .set, .pairs: self = .null
    }
  }
}
