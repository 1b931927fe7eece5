import Engine
import Manifest

/// Forms are made from the spec, and show only some of JSON schema. Airbyte's connector tests forbid the rest.
struct SpecKeyword: Rule {
  static let name = "spec-keyword"
  static let summary = "The spec uses a keyword of JSON schema that Airbyte's forms cannot show."

  private static let forbidden = [
    "not", "anyOf", "patternProperties", "prefixItems", "allOf", "if", "then", "else", "dependentSchemas", "dependentRequired",
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      for keyword in Self.forbidden {
        guard let value = place.node[keyword] else { continue }
        findings.warn(
          "the spec cannot use `\(keyword)`", at: value, mark: value.keyMark, remedy: keyword == "anyOf" ? "use `oneOf`" : nil)
      }
      if let value = place.node["additionalProperties"], value.bool != true {
        findings.warn(
          "the spec restricts fields that it does not know, so that later versions cannot do without one", at: value,
          mark: value.keyMark,
          remedy: "use `additionalProperties: true`")
      }
    }
  }
}
