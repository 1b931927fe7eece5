import Components
import Manifest

/// Keywords with which destinations cannot determine the type of a column. Airbyte's connector tests forbid them.
struct SchemaKeyword: Rule {
  static let name = "schema-keyword"
  static let summary = "A stream's schema uses a keyword that destinations cannot handle."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.forEachStreamSchema { place in
      for keyword in ["allOf", "not"] {
        guard let value = place.node[keyword] else { continue }
        findings.warn("a stream's schema cannot use `\(keyword)`", at: value, mark: value.keyMark)
      }
      if let value = place.node["additionalProperties"], value.bool != true {
        findings.warn(
          "the schema restricts fields that it does not know, so that a new one breaks syncs", at: value, mark: value.keyMark,
          remedy: "use `additionalProperties: true`")
      }
    }
  }
}

/// A schema that is not valid.
struct SchemaShape: Rule {
  static let name = "schema-shape"
  static let summary = "A part of a stream's schema is not valid."

  private static let types: Set<String> = ["null", "boolean", "object", "array", "number", "integer", "string"]

  /// What the value of a keyword has to be.
  private static let shapes: [String: (words: String, fits: @Sendable (ManifestNode) -> Bool)] = [
    "properties": ("a mapping", { $0.entries != nil }),
    "patternProperties": ("a mapping", { $0.entries != nil }),
    "items": ("a schema", { $0.entries != nil || $0.sequence != nil || $0.bool != nil }),
    "additionalProperties": ("true, or a schema", { $0.entries != nil || $0.bool != nil }),
    "required": ("a list of names", { $0.sequence?.allSatisfy { $0.string != nil } == true }),
    "enum": ("a list of values", { $0.sequence?.isEmpty == false }),
    "anyOf": ("a list of schemas", { $0.sequence?.isEmpty == false }),
    "oneOf": ("a list of schemas", { $0.sequence?.isEmpty == false }),
    "format": ("a text", { $0.string != nil }),
    "type": ("the name of a type, or a list of such names", { $0.string != nil || $0.sequence?.isEmpty == false }),
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.forEachStreamSchema { place in
      for (key, value) in place.node.entries ?? [] {
        guard let shape = Self.shapes[key], !shape.fits(value) else { continue }
        findings.warn(
          "`\(key)` should be \(shape.words), found \(value.kindName)", at: value, mark: value.mark ?? value.keyMark)
      }
      guard let type = place.node["type"] else { return }
      for element in type.sequence ?? [type] {
        guard let name = element.string, !Self.types.contains(name) else { continue }
        let near = NameSuggestion.nearest(to: name, among: Self.types.sorted())
        findings.warnOnce(name, "`\(name)` is not a JSON schema type", at: element, remedy: near.map(Remedy.name))
      }
    }
  }
}

/// Destinations keep an array of unknown elements as a text. Airbyte's connector tests ask for more.
struct UntypedItems: Rule {
  static let name = "untyped-items"
  static let summary = "An array in a stream's schema does not say what it holds."
  static let presence = DefaultPresence.hidden

  func check(_ subject: Subject, _ findings: inout FindingList) {
    subject.forEachStreamSchema { place in
      guard SchemaTree.types(of: place.node).contains("array"), place.node["items"] == nil, place.property != nil else { return }
      findings.warnOnce("items", "an array should say what it holds by `items`", at: place.node, mark: place.node.keyMark)
    }
  }
}

extension Subject {
  /// Calls `body` with each part of each stream's schema that is written in the manifest.
  func forEachStreamSchema(_ body: (SchemaTree.Place) -> Void) {
    var seen: Set<ObjectIdentifier> = []
    for loader in components("InlineSchemaLoader") {
      guard let schema = loader["schema"], schema.isMapping, seen.insert(schema.identity).inserted else { continue }
      SchemaTree(root: schema).forEach(body)
    }
  }
}
