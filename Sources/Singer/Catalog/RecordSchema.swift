import JSON

/// Turns the schemas of taps into those that Airbyte's destinations know: drafts of JSON Schema differ, and a destination chooses its
/// column types by what it recognises.
enum RecordSchema {
  /// Deeper schemas stay as they are.
  private static let deepest = 100
  /// What catalogs write into schemas to select fields.
  private static let selection = ["selected", "inclusion", "metadata"]

  /// The schema of a stream's records, without the fields that the tap cannot read.
  static func ofRecords(_ stream: TapStream) -> JSONObject {
    var schema = stream.schema
    for key in selection where schema["type"] != nil || schema["properties"] != nil { schema[key] = nil }
    schema["type"] = schema["type"] ?? "object"
    let readable = (schema["properties"]?.object ?? [:]).filter {
      stream.metadata.inclusion(of: ["properties", $0.key]) != .unsupported && $0.value["inclusion"]?.string != "unsupported"
    }
    schema["properties"] = .object(readable.mapValues { converted($0, 0) })
    return withMembers(schema, 0)
  }

  /// A schema in Airbyte's terms.
  static func converted(_ value: JSONValue, _ depth: Int = 0) -> JSONValue {
    guard var schema = value.object, depth < deepest else { return value }
    for key in selection where schema["type"] != nil || schema["anyOf"] != nil { schema[key] = nil }
    correctBounds(&schema)
    joinNull(&schema)
    if let properties = schema["properties"]?.object {
      schema["properties"] = .object(properties.mapValues { converted($0, depth + 1) })
    }
    addAirbyteType(&schema)
    return .object(withMembers(schema, depth))
  }

  /// The same schema, with those in its other members converted.
  private static func withMembers(_ schema: JSONObject, _ depth: Int) -> JSONObject {
    var schema = schema
    for key in ["items", "additionalProperties"] {
      if let inner = schema[key], inner.object != nil { schema[key] = converted(inner, depth + 1) }
    }
    for key in ["anyOf", "oneOf", "allOf"] {
      if let inner = schema[key]?.array { schema[key] = .array(inner.map { converted($0, depth + 1) }) }
    }
    for key in ["definitions", "$defs", "patternProperties"] {
      if let inner = schema[key]?.object { schema[key] = .object(inner.mapValues { converted($0, depth + 1) }) }
    }
    return schema
  }

  /// Draft 4 says with a truth value whether a bound itself is excluded, where later drafts have the bound.
  private static func correctBounds(_ schema: inout JSONObject) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
      guard let isExclusive = schema[exclusive]?.bool else { continue }
      schema[exclusive] = nil
      if isExclusive, let value = schema[bound] {
        schema[bound] = nil
        schema[exclusive] = value
      }
    }
  }

  /// An alternative that is null alone becomes a type of the other one, which is how Airbyte writes it.
  private static func joinNull(_ schema: inout JSONObject) {
    for key in ["anyOf", "oneOf"] {
      guard let branches = schema[key]?.array else { continue }
      let others = branches.filter { $0 != ["type": "null"] && $0 != ["type": ["null"]] }
      guard others.count == 1, others.count < branches.count, let other = others[0].object,
        let types = types(of: other), !other.keys.contains(where: { schema[$0] != nil })
      else { continue }
      schema[key] = nil
      schema.merge(other) { $1 }
      schema["type"] = .array((types.contains("null") ? types : ["null"] + types).map { .string($0) })
    }
  }

  private static func types(of schema: JSONObject) -> [String]? {
    switch schema["type"] {
    case .string(let type)?: [type]
    case .array(let types)?: types.compactMap(\.string)
    default: nil
    }
  }

  /// What a format says to a destination.
  private static func addAirbyteType(_ schema: inout JSONObject) {
    guard schema["airbyte_type"] == nil, let types = types(of: schema), types.contains("string"),
      let format = schema["format"]?.string
    else { return }
    switch format {
    case "date-time": schema["airbyte_type"] = "timestamp_with_timezone"
    case "time": schema["airbyte_type"] = "time_without_timezone"
    default: break
    }
  }
}
