/// A rule in words: what it finds, why, an example, and how it is silenced.
enum RuleExplanation {
  /// The rule for a terminal; nil if there is none of that name.
  static func of(_ name: String) -> String? {
    guard let summary = RuleCatalog.summary(of: name) else { return nil }
    var lines = ["\(name) (\(isSilenceable(name) ? "rule" : "error") of `validate`)", SchemaWords.wrapped(summary, indent: "  ")]
    if let guide = RuleGuide.all[name] {
      lines += ["", SchemaWords.wrapped(guide.why, indent: "  ")]
      lines += ["", "Wrong:", indented(guide.wrong), "", "Right:", indented(guide.right)]
    }
    guard isSilenceable(name) else { return (lines + ["", "  Errors cannot be silenced."]).joined(separator: "\n") }
    lines += ["", "Silence it:"]
    lines.append("  in a line:     # airbyte-lowcode: ignore \(name)")
    lines.append("  in a project:  rules: {\(name): off}      in .airbyte-lowcode.yaml")
    lines.append("  in one run:    airbyte-lowcode validate --ignore \(name) …")
    lines += ["", SchemaWords.wrapped("Profile: \(profile(name))", indent: "  ")]
    return lines.joined(separator: "\n")
  }

  /// What it finds and why, as sentences.
  static func description(of name: String) -> String {
    let summary = RuleCatalog.summary(of: name) ?? name
    return RuleGuide.all[name].map { "\(summary) \($0.why)" } ?? summary
  }

  /// All of it as plain text.
  static func text(of name: String) -> String {
    let example = RuleGuide.all[name].map { "\n\nWrong:\n\(indented($0.wrong))\n\nRight:\n\(indented($0.right))" } ?? ""
    return description(of: name) + example + (isSilenceable(name) ? "\n\n\(silencing(name))" : "")
  }

  /// The same as Markdown.
  static func markdown(of name: String) -> String {
    let example =
      RuleGuide.all[name].map { "\n\nWrong:\n\n```yaml\n\($0.wrong)\n```\n\nRight:\n\n```yaml\n\($0.right)\n```" } ?? ""
    return description(of: name) + example + (isSilenceable(name) ? "\n\n\(silencing(name))" : "")
  }

  private static func silencing(_ name: String) -> String {
    "The comment `# airbyte-lowcode: ignore \(name)` silences it in its line, and `rules: {\(name): off}` in `.airbyte-lowcode.yaml` "
      + "everywhere."
  }

  private static func isSilenceable(_ name: String) -> Bool { RuleCatalog.silenceable.contains(name) }

  private static func profile(_ name: String) -> String {
    switch RuleCatalog.presence(of: name) {
    case .shown: "all of them have it."
    case .counted: "`default` says in one line how often it occurs, `all` and `strict` show each place."
    case .hidden: "`all` and `strict` have it; `default` does not, as many published manifests have it and work."
    }
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
  }
}
