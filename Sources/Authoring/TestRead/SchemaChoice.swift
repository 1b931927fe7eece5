import JSON

/// The schema that records have, without the fields that a manifest cannot have.
struct SchemaChoice: Sendable {
  /// Keys that mean something else in a manifest, wherever they are.
  private static let reserved: Set<String> = ["$ref", "$parameters"]

  private(set) var chosen: JSONObject
  /// The fields that are left out, as paths with dots.
  private(set) var omitted: [String] = []

  init(_ inferred: JSONObject) {
    chosen = [:]
    chosen = without(inferred, [])
  }

  private mutating func without(_ schema: JSONObject, _ path: [String]) -> JSONObject {
    var schema = schema
    if let properties = schema["properties"]?.object {
      var kept: JSONObject = [:]
      for (name, inner) in properties {
        if Self.reserved.contains(name) {
          omitted.append((path + [name]).joined(separator: "."))
        } else {
          kept[name] = inner.object.map { .object(without($0, path + [name])) } ?? inner
        }
      }
      schema["properties"] = .object(kept)
      schema["required"] = schema["required"].map { Self.names($0) { kept[$0] != nil } }
    }
    if let items = schema["items"]?.object { schema["items"] = .object(without(items, path)) }
    if let choices = schema["anyOf"]?.array {
      schema["anyOf"] = .array(choices.map { choice in choice.object.map { .object(without($0, path)) } ?? choice })
    }
    return schema
  }

  private static func names(_ list: JSONValue, where isKept: (String) -> Bool) -> JSONValue {
    .array((list.array ?? []).filter { $0.string.map(isKept) ?? true })
  }

  /// Leaves fields out.
  mutating func omit(_ fields: [SchemaMerge.Addition]) {
    for field in fields {
      chosen = Self.removing(field.place[...], field.name, of: chosen)
      omitted.append(field.path.joined(separator: "."))
    }
  }

  private static func removing(_ place: ArraySlice<String>, _ name: String, of schema: JSONObject) -> JSONObject {
    var schema = schema
    guard let first = place.first, var inner = schema[first]?.object else { return schema }
    if place.count == 1 {
      inner[name] = nil
      schema["required"] = schema["required"].map { names($0) { !$0.sameScalars(as: name) } }
    } else if let second = place.dropFirst().first, first == "properties", let member = inner[second]?.object {
      inner[second] = .object(removing(place.dropFirst(2), name, of: member))
    } else {
      inner = removing(place.dropFirst(), name, of: inner)
    }
    schema[first] = .object(inner)
    return schema
  }

  /// A schema with one field that nothing can be in the way of.
  var probe: JSONObject {
    var probe = chosen
    probe["required"] = nil
    probe["properties"] = ["a_field_for_a_probe": ["type": "string"]]
    return probe
  }
}
