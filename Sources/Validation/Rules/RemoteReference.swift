import LowCode

/// A reference leads into the manifest itself. Any other text in a `$ref` is not followed, but takes the place of its mapping.
struct RemoteReference: Rule {
  static let name = "remote-reference"
  static let summary = "A `$ref` does not lead into the manifest, so it is not followed."

  func check(_ subject: Subject, _ findings: inout FindingList) { visit(subject.written, &findings, depth: 0) }

  private func visit(_ node: ManifestNode, _ findings: inout FindingList, depth: Int) {
    guard depth < 500 else { return }
    for element in node.sequence ?? [] { visit(element, &findings, depth: depth + 1) }
    for (key, value) in node.entries ?? [] where key != "config_overrides" {
      if key == "$ref", let text = value.string, !text.hasPrefix("#/") {
        findings.warn(
          "`\(text)` is not a reference into this manifest, which would begin with `#/`: the text itself is used here", at: value)
      }
      visit(value, &findings, depth: depth + 1)
    }
  }
}
