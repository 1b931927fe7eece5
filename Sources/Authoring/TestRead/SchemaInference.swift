import JSON

/// Learns from records what schema they have, as the reference does: the types that a field was seen with, of which only numbers are
/// one type, and null wherever a field may be missing.
package struct SchemaInference: Sendable {
  fileprivate enum Kind: String {
    case null, boolean, number, string, array, object
  }

  /// What was seen at one place.
  private struct Place: Sendable {
    /// In the order in which they were seen.
    var kinds: [Kind] = []
    /// The members of objects, in the order in which they were seen.
    var members: [String: Place] = [:]
    var names: [String] = []
    /// The elements of lists: none, or one place for all.
    var elements: [Place] = []

    mutating func add(_ value: JSONValue) {
      let kind = Kind(value)
      if !kinds.contains(kind) { kinds.append(kind) }
      switch value {
      case .object(let object):
        for (name, member) in object {
          if members[name] == nil { names.append(name) }
          members[name, default: Place()].add(member)
        }
      case .array(let list):
        if !list.isEmpty, elements.isEmpty { elements = [Place()] }
        for element in list { elements[0].add(element) }
      default: break
      }
    }

    /// The schemas of the kinds: those that need no more than a type together, and first.
    var schema: JSONObject {
      var types: [String] = []
      var schemas: [JSONValue] = []
      for kind in kinds {
        switch kind {
        case .object where !names.isEmpty:
          var properties: JSONObject = [:]
          for name in names { properties[name] = .object(members[name]?.schema ?? [:]) }
          schemas.append(["type": "object", "properties": .object(properties)])
        case .array where !elements.isEmpty: schemas.append(["type": "array", "items": .object(elements[0].schema)])
        default: types.append(kind.rawValue)
        }
      }
      if !types.isEmpty {
        let type: JSONValue = types.count == 1 ? .string(types[0]) : .array(types.sorted().map { .string($0) })
        schemas.insert(["type": type], at: 0)
      }
      return schemas.count == 1 ? schemas[0].object ?? [:] : schemas.isEmpty ? [:] : ["anyOf": .array(schemas)]
    }
  }

  private var root = Place()

  package init() {}

  package mutating func add(_ record: JSONObject) { root.add(.object(record)) }

  /// The schema of what was seen; nil where that is nothing.
  package var schema: InferredSchema? { root.kinds.isEmpty ? nil : InferredSchema(root.schema) }
}

extension SchemaInference.Kind {
  fileprivate init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .boolean
    case .int, .double, .number: self = .number
    case .string: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }
}

/// A schema that was learnt from records.
package struct InferredSchema: Sendable {
  package private(set) var json: JSONObject

  init(_ seen: JSONObject) {
    json = ["$schema": "http://json-schema.org/schema#"]
    json.merge(Self.nullable(seen)) { $1 }
    json["type"] = "object"
  }

  // MARK: Null

  /// A schema that null fits as well, without properties that were never anything else.
  private static func nullable(_ schema: JSONObject) -> JSONObject {
    var schema = schema
    if let choices = schema["anyOf"]?.array {
      if choices.count == 2, let place = choices.firstIndex(where: { $0 == ["type": "null"] }) {
        schema["anyOf"] = nil
        schema.merge(choices[1 - place].object ?? [:]) { $1 }
      } else {
        return schema
      }
    }
    if let properties = schema["properties"]?.object {
      schema["properties"] = .object(
        properties.filter { $0.value["type"] != "null" }.mapValues { .object(nullable($0.object ?? [:])) })
    }
    if let items = schema["items"]?.object { schema["items"] = .object(nullable(items)) }
    var types = schema["type"].map { $0.array ?? [$0] } ?? []
    // Of a list of nulls alone the reference says null twice.
    if types.count > 1 { types.removeAll { $0 == "null" } }
    schema["type"] = .array(types + ["null"])
    return schema
  }

  // MARK: Required fields

  /// Marks fields as required that every record has to have.
  /// - Parameter paths: the names that lead to each of them.
  /// - Returns: what is wrong with those that no record has.
  mutating func require(_ paths: [[String]]) -> [String] {
    var mistakes: [String] = []
    for path in paths {
      let (changed, mistake) = Self.requiring(path[...], in: json, under: [])
      json = changed
      if let mistake { mistakes.append(mistake) }
    }
    return mistakes
  }

  private static func requiring(
    _ path: ArraySlice<String>, in schema: JSONObject, under traveled: [String]
  ) -> (schema: JSONObject, mistake: String?) {
    var schema = schema
    if var types = schema["type"]?.array {
      types.removeAll { $0 == "null" }
      schema["type"] = types.count == 1 ? types[0] : .array(types)
    }
    guard let name = path.first else { return (schema, nil) }
    let place =
      traveled.isEmpty ? "The schema of the records" : "`\(traveled.joined(separator: "."))` in the schema of the records"
    guard schema["type"] == "object", var properties = schema["properties"]?.object else {
      return (schema, "\(place) has no fields, so `\(path.joined(separator: "."))` cannot be required")
    }
    guard let property = properties[name]?.object else {
      return (schema, "\(place) has no field `\(name)`, although it belongs to the primary key or is the cursor")
    }
    let required = schema["required"]?.array ?? []
    if !required.contains(.string(name)) { schema["required"] = .array(required + [.string(name)]) }
    let (inner, mistake) = requiring(path.dropFirst(), in: property, under: traveled + [name])
    properties[name] = .object(inner)
    schema["properties"] = .object(properties)
    return (schema, mistake)
  }
}
