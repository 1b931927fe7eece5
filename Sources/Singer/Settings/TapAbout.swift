import JSON

/// What a tap says of itself: the output of `--about --format=json`, which taps have that are built on the Singer SDK.
struct TapAbout: Sendable {
  var name: String?
  var description: String?
  var version: String?
  /// As in `discover`, `catalog`, `state`.
  var capabilities: Set<String>
  /// The JSON schema of the config.
  var settings: JSONObject

  /// - Returns: nil where the value is something else.
  init?(_ value: JSONValue) {
    guard let settings = value["settings"]?.object else { return nil }
    self.settings = settings
    name = value["name"]?.string
    description = value["description"]?.string
    version = value["version"]?.string
    capabilities = Set(value["capabilities"]?.array?.compactMap(\.string) ?? [])
  }

  /// The settings as the specification of a source: what is secret is marked as Airbyte marks it.
  var connectionSpecification: JSONObject {
    var schema = Self.converted(.object(settings), 0).object ?? [:]
    schema["$schema"] = schema["$schema"] ?? "http://json-schema.org/draft-07/schema#"
    schema["type"] = "object"
    if let name { schema["title"] = schema["title"] ?? .string(name) }
    schema["additionalProperties"] = true
    return schema
  }

  private static let deepest = 100

  private static func converted(_ value: JSONValue, _ depth: Int) -> JSONValue {
    guard var schema = value.object, depth < deepest else { return value }
    if schema["secret"] == true || schema["writeOnly"] == true || schema["format"] == "password" {
      schema["airbyte_secret"] = true
    }
    schema["secret"] = nil
    schema["required"] = schema["required"].flatMap { $0.array == nil ? nil : $0 }
    for key in ["properties", "patternProperties", "definitions", "$defs"] {
      if let inner = schema[key]?.object { schema[key] = .object(inner.mapValues { converted($0, depth + 1) }) }
    }
    for key in ["items", "additionalProperties"] {
      if let inner = schema[key], inner.object != nil { schema[key] = converted(inner, depth + 1) }
    }
    for key in ["anyOf", "oneOf", "allOf"] {
      if let inner = schema[key]?.array { schema[key] = .array(inner.map { converted(alternative($0), depth + 1) }) }
    }
    return .object(schema)
  }

  /// An alternative; the SDK writes a type by its name alone, which JSON Schema does not have.
  private static func alternative(_ value: JSONValue) -> JSONValue {
    if let type = value.string { ["type": .string(type)] } else { value }
  }
}
