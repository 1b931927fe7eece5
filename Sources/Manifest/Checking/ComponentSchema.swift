import JSON

/// The JSON schema of manifests that is bundled with this version: the one list of what components exist.
package enum ComponentSchema {
  /// The whole schema, parsed when it is first used.
  package static let document: JSONValue = {
    do {
      return try BundledSchema.text.withUTF8Buffer { bytes in
        Result { () throws(JSONError) in try JSONValue(parsing: UnsafeRawBufferPointer(bytes)) }
      }.get()
    } catch {
      preconditionFailure("the schema that was embedded by the build is not JSON: \(error)")
    }
  }()

  /// The definitions by name, in the order of the schema.
  package static let definitions: JSONObject = object(document, "definitions") ?? [:]

  /// The names of all definitions, in the order of the schema.
  package static var definitionNames: [String] { Array(definitions.keys) }

  /// The schema of a definition; nil if there is none of that name.
  package static func definition(_ name: String) -> JSONValue? { definitions[name] }

  /// The properties of a definition by name, in the order of the schema; empty for one that is not an object, nil for none at all.
  package static func properties(of name: String) -> JSONObject? {
    definitions[name].map { object($0, "properties") ?? [:] }
  }

  /// The names of the properties without which a definition is not valid; nil if there is no such definition.
  package static func requiredProperties(of name: String) -> [String]? {
    guard case .object(let definition)? = definitions[name] else { return nil }
    guard case .array(let names)? = definition["required"] else { return [] }
    return names.compactMap { if case .string(let name) = $0 { name } else { nil } }
  }

  /// The node that a `$ref` of this schema names, such as `#/definitions/Spec`; nil if it leads nowhere.
  package static func resolve(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#") else { return nil }
    var node = document
    for part in reference.dropFirst().split(separator: "/") {
      guard case .object(let members) = node, let next = members[String(part)] else { return nil }
      node = next
    }
    return node
  }

  private static func object(_ value: JSONValue, _ key: String) -> JSONObject? {
    guard case .object(let members) = value, case .object(let inner)? = members[key] else { return nil }
    return inner
  }
}
