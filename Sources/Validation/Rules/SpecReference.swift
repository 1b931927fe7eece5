import LowCode

/// Platforms read the spec by itself and do not follow references in it. Airbyte's connector tests forbid them.
struct SpecReference: Rule {
  static let name = "spec-reference"
  static let summary = "The spec has a `$ref` that nothing resolves."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard let reference = place.node["$ref"] else { return }
      findings.warn("a `$ref` of the spec is not resolved", at: reference)
    }
  }
}
