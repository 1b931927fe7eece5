import JSON
import Manifest

/// Forms recognise the alternatives of a `oneOf` by one field that is constant in each. Airbyte's connector tests require it.
struct SpecOneOf: Rule {
  static let name = "spec-one-of"
  static let summary = "The alternatives of a `oneOf` of the spec cannot be distinguished by one constant field."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard let alternatives = place.node["oneOf"], let branches = alternatives.sequence, !branches.isEmpty else { return }
      if place.node["type"]?.string != "object" {
        findings.warn("a field with `oneOf` should be of type `object`", at: alternatives, mark: alternatives.keyMark)
      }
      if let open = branches.first(where: { $0["properties"]?.isMapping != true }) {
        return findings.warn("each alternative of a `oneOf` should have `properties`", at: open)
      }
      let constants = branches.map { Set(($0["properties"]?.entries ?? []).filter { $0.node["const"] != nil }.map(\.key)) }
      let shared = constants.dropFirst().reduce(constants[0]) { $0.intersection($1) }
      if shared.count != 1 {
        return findings.warn(
          "the alternatives should have exactly one field in common that is a `const` in each, and have "
            + (shared.isEmpty ? "none" : shared.sorted().map { "`\($0)`" }.joined(separator: ", ")),
          at: alternatives, mark: alternatives.keyMark)
      }
      if let name = shared.first { constant(name, of: branches, &findings) }
    }
  }

  private func constant(_ name: String, of branches: [ManifestNode], _ findings: inout FindingList) {
    var seen: Set<String> = []
    for branch in branches {
      guard let field = branch["properties"]?[name], let constant = field["const"] else { continue }
      if !seen.insert(constant.value.jsonText).inserted {
        findings.warn("two alternatives have the same `\(name)`", at: constant)
      }
      if let standard = field["default"], standard.value != constant.value {
        findings.warn("the `default` of `\(name)` should be its `const`", at: standard)
      }
      if let values = field["enum"], values.value != .array([constant.value]) {
        findings.warn("the `enum` of `\(name)` should contain only its `const`", at: values)
      }
    }
  }
}
