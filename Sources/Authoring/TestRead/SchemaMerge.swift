import JSON

/// Puts what records showed into a schema that is there already: fields that it lacks are added, and nothing else changes.
struct SchemaMerge: Sendable {
  /// A field that the schema lacks.
  struct Addition: Sendable, Equatable {
    /// The names that lead to the mapping of properties that it is added to, as `properties` and `items` have them.
    var place: [String]
    var name: String
    /// The names of the fields that lead to it.
    var path: [String]
    var schema: JSONValue
  }

  /// The schema with all additions.
  private(set) var merged: JSONObject
  private(set) var additions: [Addition] = []
  /// What differs between the schema and the records, in a sentence each; the schema keeps its word.
  private(set) var differences: [String] = []

  init(_ inferred: JSONObject, into declared: JSONObject) {
    merged = declared
    merged = merge(inferred, into: declared, at: [], named: [])
  }

  private mutating func merge(
    _ inferred: JSONObject, into declared: JSONObject, at place: [String], named path: [String]
  ) -> JSONObject {
    var declared = declared
    if let seen = inferred["properties"]?.object {
      var properties = declared["properties"]?.object ?? [:]
      let inner = place + ["properties"]
      for (name, schema) in seen {
        if let known = properties[name]?.object {
          properties[name] = .object(merge(schema.object ?? [:], into: known, at: inner + [name], named: path + [name]))
        } else if properties[name] == nil {
          let schema = Self.tidy(schema)
          properties[name] = schema
          additions.append(Addition(place: inner, name: name, path: path + [name], schema: schema))
        }
      }
      if declared["properties"] != nil || !properties.isEmpty { declared["properties"] = .object(properties) }
    }
    if let seen = inferred["items"]?.object, let known = declared["items"]?.object, !known.isEmpty {
      declared["items"] = .object(merge(seen, into: known, at: place + ["items"], named: path))
    }
    compareTypes(inferred, declared, path)
    return declared
  }

  private mutating func compareTypes(_ inferred: JSONObject, _ declared: JSONObject, _ path: [String]) {
    let known = Self.types(declared)
    let unknown = Self.types(inferred).subtracting(known.contains("integer") ? known.union(["number"]) : known)
    guard !path.isEmpty, !known.isEmpty, !unknown.subtracting(["null"]).isEmpty else { return }
    differences.append(
      "`\(path.joined(separator: "."))` is declared as \(known.sorted().joined(separator: " or ")), and records have "
        + Self.types(inferred).subtracting(["null"]).sorted().joined(separator: " or "))
  }

  private static func types(_ schema: JSONObject) -> Set<String> {
    Set(schema["type"].map { $0.array ?? [$0] }?.compactMap(\.string) ?? [])
  }

  /// A schema as an author would write it: null is said once.
  static func tidy(_ schema: JSONValue) -> JSONValue {
    switch schema {
    case .object(let object):
      var tidied = object.mapValues(tidy)
      if let types = object["type"]?.array {
        var seen: Set<JSONValue> = []
        tidied["type"] = .array(types.filter { seen.insert($0).inserted })
      }
      return .object(tidied)
    case .array(let list): return .array(list.map(tidy))
    default: return schema
    }
  }
}
