import JSON

/// The schema that a stream gets: what is known of it, with the fields that keys, cursors and partitions need.
struct SchemaCompletion: Sendable {
  let schema: JSONObject
  /// The fields of partitions that records do not have by themselves, each with the template of its value.
  let addedFields: [(name: String, template: String)]

  init(_ stream: StreamDescription, among streams: [StreamDescription]) {
    var properties = stream.schema?["properties"]?.object ?? [:]
    var added: [(name: String, template: String)] = []
    for partition in stream.partitions where properties[partition.field] == nil {
      added.append((partition.field, TemplateText.expression(PartitionPath.expression([partition.field]))))
      properties[partition.field] = .object(Self.type(of: partition, among: streams))
    }
    for name in stream.primaryKey where properties[name] == nil { properties[name] = ["type": ["string", "null"]] }
    if let cursor = stream.cursor, properties[cursor.field] == nil {
      properties[cursor.field] = .object(Self.type(of: cursor))
    }
    for name in stream.primaryKey { properties[name] = properties[name].map(Self.scalar) }
    var schema: JSONObject = [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": true,
    ]
    for (key, value) in stream.schema ?? [:] where !["$schema", "type", "additionalProperties"].contains(key) {
      schema[key] = value
    }
    schema["properties"] = .object(properties.mapValues(Self.whole))
    self.schema = schema
    addedFields = added
  }

  private static func type(of partition: PartitionDescription, among streams: [StreamDescription]) -> JSONObject {
    guard case .parent(let name, let key, _) = partition,
      let property = streams.first(where: { $0.name == name })?.schema?["properties"]?[key]?.object
    else { return ["type": ["string", "null"]] }
    var type: JSONObject = [:]
    for name in ["type", "format"] { type[name] = property[name] }
    return type.isEmpty ? ["type": ["string", "null"]] : type
  }

  private static func type(of cursor: CursorDescription) -> JSONObject {
    let format = cursor.formats.first ?? ""
    if format.hasPrefix("%s") || format.hasPrefix("%ms") { return ["type": ["integer", "null"]] }
    if format == "%Y-%m-%d" { return ["type": ["string", "null"], "format": "date"] }
    return format.contains("%H") ? ["type": ["string", "null"], "format": "date-time"] : ["type": ["string", "null"]]
  }

  /// A key is a value that distinguishes records, whatever a document says.
  private static func scalar(_ schema: JSONValue) -> JSONValue {
    let types = schema["type"].map { $0.array ?? [$0] } ?? []
    return types.isEmpty || types.contains("object") || types.contains("array") ? ["type": ["string", "null"]] : schema
  }

  /// Lists say what they hold, so that destinations can make a table of them.
  private static func whole(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.object else { return schema }
    if let properties = object["properties"]?.object { object["properties"] = .object(properties.mapValues(whole)) }
    if let items = object["items"] { object["items"] = whole(items) }
    let types = object["type"].map { $0.array ?? [$0] } ?? []
    if types.contains("array"), object["items"] == nil { object["items"] = [:] }
    return .object(object)
  }
}
