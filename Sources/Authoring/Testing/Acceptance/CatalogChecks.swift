import AirbyteProtocol
import JSON
import JSONSchema

/// What is demanded of a catalog, in the way of `airbyte_cdk.test`.
enum CatalogChecks {
  /// What is wrong with a catalog.
  /// - Returns: what fails the test, and what is worth knowing because the reference means to fail tests for it later.
  static func problems(of streams: [JSONValue]) -> (failures: [String], notes: [String]) {
    guard !streams.isEmpty else { return (["The catalog has no streams"], []) }
    var failures: [String] = []
    var notes: [String] = []
    var names: Set<String> = []
    for stream in streams {
      let name = stream["name"]?.string ?? ""
      let schema = stream["json_schema"] ?? .null
      if !names.insert("\(stream["namespace"]?.string ?? "")\n\(name)").inserted {
        failures.append("Stream \(name) is listed twice")
      }
      if stream["supported_sync_modes"]?.array?.isEmpty ?? true { failures.append("Stream \(name) has no sync mode") }
      for (place, part) in parts(of: schema) {
        failures += refused(part).map { "Stream \(name): \($0) at \(place)" }
        notes += unusual(part).map { "Stream \(name): \($0) at \(place)" }
      }
      notes += remarks(on: stream, schema).map { "Stream \(name): \($0)" }
    }
    return (failures, notes)
  }

  private static func refused(_ schema: JSONObject) -> [String] {
    var found: [String] = []
    if let reference = schema["$ref"] { found.append("the reference \(reference.jsonText) is left open") }
    for keyword in ["allOf", "not"] where schema[keyword] != nil { found.append("destinations do not understand `\(keyword)`") }
    if schema["additionalProperties"] == .bool(false) { found.append("`additionalProperties` is false") }
    return found
  }

  /// The JSON types that each type of Airbyte's own is written with.
  private static let types: [String: Set<String>] = [
    "timestamp_with_timezone": ["string"], "timestamp_without_timezone": ["string"], "time_with_timezone": ["string"],
    "time_without_timezone": ["string"], "integer": ["integer", "number"],
  ]

  private static func unusual(_ schema: JSONObject) -> [String] {
    var found: [String] = []
    let declared = jsonTypes(of: schema)
    if let type = schema["airbyte_type"] {
      if let allowed = type.string.flatMap({ types[$0] }) {
        if !declared.isEmpty, declared.isDisjoint(with: allowed) {
          found.append("the airbyte_type \(type.jsonText) needs the type \(allowed.sorted().joined(separator: " or "))")
        }
      } else {
        found.append("the airbyte_type \(type.jsonText) does not exist")
      }
    }
    if let format = schema["format"]?.string, ["date", "date-time", "time"].contains(format), !declared.isEmpty,
      !declared.contains("string")
    {
      found.append("the format \(format) needs the type string")
    }
    return found
  }

  private static func remarks(on stream: JSONValue, _ schema: JSONValue) -> [String] {
    var found: [String] = []
    do throws(JSONSchemaError) { _ = try JSONSchema(compiling: schema) } catch {
      found.append("its schema is not valid: \(error)")
    }
    if !(schema.object.map(jsonTypes) ?? []).contains("object") { found.append("its schema is not of the type object") }
    if let cursor = stream["default_cursor_field"]?.array?.compactMap(\.string), !cursor.isEmpty, field(cursor, of: schema) == nil
    {
      found.append("its schema lacks the cursor field \(cursor.joined(separator: "."))")
    }
    for key in stream["source_defined_primary_key"]?.array ?? [] {
      let path = key.array?.compactMap(\.string) ?? []
      guard let field = field(path, of: schema) else {
        found.append("its schema lacks the primary key \(path.joined(separator: "."))")
        continue
      }
      if !(field.object.map(jsonTypes) ?? []).isDisjoint(with: ["object", "array"]) {
        found.append("the primary key \(path.joined(separator: ".")) is an object or a list")
      }
    }
    return found
  }

  // MARK: Schemas

  private static func field(_ path: [String], of schema: JSONValue) -> JSONValue? {
    path.reduce(Optional(schema)) { schema, name in schema?["properties"]?[name] }
  }

  /// The types that a schema or its alternatives name.
  private static func jsonTypes(of schema: JSONObject) -> Set<String> {
    var types = Set(schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? [])
    for keyword in ["anyOf", "oneOf"] {
      for branch in schema[keyword]?.array ?? [] { types.formUnion(branch.object.map(jsonTypes) ?? []) }
    }
    return types
  }

  private static let maps: Set<String> = ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"]
  private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
  private static let singles: Set<String> = [
    "additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
  ]

  /// A schema and all schemas in it, each with its place.
  static func parts(of schema: JSONValue) -> [(place: String, schema: JSONObject)] {
    var found: [(place: String, schema: JSONObject)] = []
    var open = [("#", schema)]
    while let (place, value) = open.popLast() {
      guard let members = value.object else { continue }
      found.append((place, members))
      for (keyword, value) in members {
        if maps.contains(keyword) {
          open += (value.object ?? [:]).map { ("\(place)/\(keyword)/\($0.key)", $0.value) }
        } else if lists.contains(keyword), let branches = value.array {
          open += branches.enumerated().map { ("\(place)/\(keyword)/\($0.offset)", $0.element) }
        } else if singles.contains(keyword) {
          open.append(("\(place)/\(keyword)", value))
        }
      }
    }
    return found
  }
}
