import Manifest

/// What forms understand of groups and of how a choice is shown. Airbyte's connector tests refuse the rest.
struct SpecLayout: Rule {
  static let name = "spec-layout"
  static let summary = "A `group` or `display_type` of the spec is in a place that Airbyte's forms ignore."

  private static let displays = ["dropdown", "radio"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard place.parent != nil else { return }
      if place.depth > 1, let group = place.node["group"] {
        findings.warn("only the fields at the top of the spec can be in a `group`", at: group, mark: group.keyMark)
      }
      guard let display = place.node["display_type"] else { return }
      if place.node["oneOf"] == nil {
        findings.warn("only a field with `oneOf` can have a `display_type`", at: display, mark: display.keyMark)
      } else if !Self.displays.contains(display.string ?? "") {
        let near = display.string.flatMap { NameSuggestion.nearest(to: $0, among: Self.displays) }
        findings.warn(
          "`display_type` should be `dropdown` or `radio`", at: display, remedy: near.map(Remedy.name))
      }
    }
  }
}
