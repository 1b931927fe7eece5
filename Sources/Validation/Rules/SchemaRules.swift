import LowCode

/// Keywords by which destinations cannot tell what type a column has. Airbyte's connector tests forbid them.
struct SchemaKeyword: Rule {
  static let name = "schema-keyword"
  static let summary = "A stream's schema uses a keyword that destinations cannot handle."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.forEachStreamSchema { place in
      for keyword in ["allOf", "not"] {
        guard let value = place.node[keyword] else { continue }
        findings.warn("a stream's schema cannot use `\(keyword)`", at: value, mark: value.keyMark)
      }
      if let value = place.node["additionalProperties"], value.bool == false {
        findings.warn(
          "the schema refuses fields that it does not know, so that a new one breaks syncs", at: value, mark: value.keyMark,
          remedy: "use `additionalProperties: true`")
      }
    }
  }
}

/// A type that does not say what it holds, or that does not exist.
struct SchemaShape: Rule {
  static let name = "schema-shape"
  static let summary = "A property of a stream's schema has a type that does not exist, or an array does not say what it holds."

  private static let types: Set<String> = ["null", "boolean", "object", "array", "number", "integer", "string"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.forEachStreamSchema { place in
      guard let type = place.node["type"] else { return }
      for element in type.sequence ?? [type] {
        guard let name = element.string, !Self.types.contains(name) else { continue }
        let near = NameSuggestion.nearest(to: name, among: Self.types.sorted())
        findings.warn("`\(name)` is no type of JSON schema", at: element, remedy: near.map { "did you mean `\($0)`?" })
      }
      if SchemaTree.types(of: place.node).contains("array"), place.node["items"] == nil, place.property != nil {
        findings.warnOnce("items", "an array should say what it holds by `items`", at: place.node, mark: place.node.keyMark)
      }
    }
  }
}

extension Subject {
  /// Calls `body` with each part of each stream's schema that is written in the manifest.
  func forEachStreamSchema(_ body: (SchemaTree.Place) -> Void) {
    var seen: Set<ObjectIdentifier> = []
    for loader in components("InlineSchemaLoader") {
      guard let schema = loader["schema"], schema.mapping != nil, seen.insert(schema.identity).inserted else { continue }
      SchemaTree(root: schema).forEach(body)
    }
  }
}
