import Manifest

/// A parameter that is not in force is undefined, and shows as an empty text.
struct UndeclaredParameter: Rule {
  static let name = "undeclared-parameter"
  static let summary = "A template reads a parameter that no `$parameters` around it gives."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for place in subject.templates where place.isInterpolated && place.undeclaredVariables.contains("parameters") {
      let parameters = place.owner.node["$parameters"]
      // A template that looks whether there is one knows what it does.
      guard !place.text.contains("default"), !place.text.contains(" if "), !place.text.contains(" or ") else { continue }
      for key in ConfigReads.keys(in: place.text, of: "parameters") where parameters?[key] == nil {
        let near = findings.suggestion(for: key, among: (parameters?.entries ?? []).map(\.key))
        findings.warnOnce(
          key, "there is no parameter `\(key)` here", at: place.node, mark: TemplateMark.mark(ofName: key, in: place.node),
          remedy: near.map(Remedy.name)
            ?? "give it in the `$parameters` of `\(place.owner.type)` or of a component around it")
      }
    }
  }
}
