import Engine

/// A custom component is Python code beside the manifest, which this program cannot run.
struct CustomComponent: Rule {
  static let name = "custom-component"
  static let summary = "A component is Python code, which this program does not run."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for visit in subject.components where visit.isCustom {
      guard let name = visit["class_name"], let text = name.string, !subject.hasClass(text) else { continue }
      let parts = text.split(separator: ".")
      let file = parts.count > 1 ? "the class `\(parts.last ?? "")` in `\(parts[parts.count - 2]).py`" : "the class `\(text)`"
      findings.warnOnce(
        text, "`\(visit.type)` needs \(file): the reference runs it where custom code is allowed, this program does not", at: name
      )
    }
  }
}
