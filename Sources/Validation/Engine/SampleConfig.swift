import JSON
import JSONSchema

/// Makes up a config that a specification allows: what components are built with where no config is given.
package enum SampleConfig {
  package static func make(for specification: JSONValue?) -> JSONObject {
    guard let specification else { return [:] }
    return object(specification, depth: 0)
  }

  private static let maximumDepth = 20

  private static func object(_ schema: JSONValue, depth: Int) -> JSONObject {
    guard depth < maximumDepth else { return [:] }
    var result: JSONObject = [:]
    for (name, property) in schema["properties"]?.object ?? [:] { result[name] = value(property, name, depth: depth + 1) }
    for branch in schema["allOf"]?.array ?? [] { result.merge(object(branch, depth: depth + 1)) { $1 } }
    for keyword in ["oneOf", "anyOf"] {
      if let first = schema[keyword]?.array?.first { result.merge(object(first, depth: depth + 1)) { $1 } }
    }
    return result
  }

  private static func value(_ schema: JSONValue, _ name: String, depth: Int) -> JSONValue {
    if let constant = schema["const"] ?? schema["default"] { return constant }
    if let example = schema["examples"]?.array?.first ?? schema["enum"]?.array?.first, fits(example, schema) { return example }
    if schema["properties"] != nil || schema["oneOf"] != nil || schema["anyOf"] != nil || schema["allOf"] != nil {
      let alternatives = schema["oneOf"]?.array ?? schema["anyOf"]?.array ?? []
      if schema["properties"] == nil, let first = alternatives.first, first["properties"] == nil {
        return value(first, name, depth: depth + 1)
      }
      return .object(object(schema, depth: depth))
    }
    let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
    switch types.first(where: { $0 != "null" }) {
    case "integer"?, "number"?: return schema["minimum"] ?? 1
    case "boolean"?: return true
    case "array"?: return .array(schema["items"].map { depth < maximumDepth ? [value($0, name, depth: depth + 1)] : [] } ?? [])
    case "object"?: return [:]
    default: return .string(text(schema, name))
    }
  }

  private static func fits(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    (try? JSONSchema(compiling: schema, dialect: Dialect(of: schema)).isValid(value)) ?? true
  }

  /// The first of some usual texts that the property's pattern and format allow.
  private static func text(_ schema: JSONValue, _ name: String) -> String {
    let isDate = name.lowercased().contains("date") || name.lowercased().contains("since")
    let format = schema["format"]?.string
    let preferred: [String]
    switch format {
    case "date"?: preferred = ["2024-01-01"]
    case "date-time"?: preferred = ["2024-01-01T00:00:00Z"]
    default: preferred = isDate ? dates : words
    }
    let candidates = preferred + dates + words
    return candidates.first { fits(.string($0), schema) } ?? candidates[0]
  }

  private static let dates = [
    "2024-01-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00",
    "2024-01-01T00:00:00+00:00", "2024-01-01 00:00:00", "2024-01-01T00:00Z", "2024-01", "20240101", "01/01/2024", "2024/01/01",
    "1704067200", "2024",
  ]
  private static let words = [
    "example", "https://example.com", "example.com", "https://example.com/", "1", "a@example.com", "P1D", "EXAMPLE",
    "00000000-0000-0000-0000-000000000000", "0123456789abcdef0123456789abcdef", "",
  ]
}
