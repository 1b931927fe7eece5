import JSON

/// Which edition of JSON Schema a schema is written in.
package enum Dialect: Sendable, Hashable {
  /// Draft-07, and the drafts before it.
  case draft7
  /// The edition of 2020-12, without `unevaluatedProperties` and `unevaluatedItems`.
  case draft2020

  /// The edition that Python's `jsonschema.validate` uses for `schema`: what `$schema` names, else the latest.
  package init(of schema: JSONValue) {
    self = .draft2020
    if case .object(let object) = schema, case .string(let name)? = object["$schema"] {
      let plain = name.hasSuffix("#") ? String(name.dropLast()) : name
      if plain.hasPrefix("http://json-schema.org/draft-"), plain.hasSuffix("/schema") { self = .draft7 }
    }
  }
}
