import Manifest

/// Nobody fills in a key of the config that the spec does not have.
struct UndeclaredConfigKey: Rule {
  static let name = "undeclared-config-key"
  static let summary = "A template reads a key of the config that the spec does not declare."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    var declared: Set<String> = []
    specification.walk(into: { ["oneOf", "anyOf", "allOf"].contains($0) }) { schema in
      for (name, _) in schema["properties"]?.entries ?? [] { declared.insert(name) }
      return .into
    }
    guard !declared.isEmpty else { return }
    let names = declared.sorted()
    // Rules for configs may put in what the spec does not have.
    guard subject.root["spec"]?["config_normalization_rules"] == nil else { return }
    for place in subject.templates where place.isInterpolated {
      // What cannot be compiled is another rule's matter.
      guard case .success = place.template else { continue }
      for key in ConfigReads.keys(in: place.text) where !declared.contains(key) && !key.hasPrefix("__") {
        let near = findings.suggestion(for: key, among: names)
        findings.warnOnce(
          key, "the config has no `\(key)`: the spec does not declare it", at: place.node,
          mark: TemplateMark.mark(ofName: key, in: place.node), remedy: near.map(Remedy.name))
      }
    }
  }
}
