import Engine
import Manifest

/// A date field has a picker where `format` says so, which gives what `pattern` has to allow. Airbyte's connector tests look at both.
struct SpecDateFormat: Rule {
  static let name = "spec-date-format"
  static let summary = "A date field of the spec lacks its `format` or its `pattern`."

  static let patterns = [
    "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "date-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard place.property != nil else { return }
      let (format, pattern) = (place.node["format"], place.node["pattern"])
      if let format, let text = format.string, let expected = Self.patterns[text], pattern == nil {
        findings.warn("a field of format `\(text)` should have a pattern", at: format, remedy: "add `pattern: \(expected)`")
      }
      if let pattern, format == nil, let meant = Self.patterns.first(where: { $0.value == pattern.string })?.key {
        findings.warn(
          "the pattern is that of a \(meant), but the field has no `format`", at: pattern, remedy: "add `format: \(meant)`")
      }
    }
  }
}
