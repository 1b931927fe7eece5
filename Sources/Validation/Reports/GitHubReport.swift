import LowCode

/// Findings as workflow commands, which GitHub Actions shows beside the lines of a change.
enum GitHubReport {
  static func render(_ reports: [ManifestReport]) -> String {
    var lines: [String] = []
    for report in reports {
      for finding in report.findings {
        let diagnostic = finding.diagnostic
        let level = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
        var properties = ["file=\(property(diagnostic.mark?.file.name ?? report.name))"]
        if let mark = diagnostic.mark { properties += ["line=\(mark.line)", "col=\(mark.column)"] }
        properties.append("title=\(property(diagnostic.rule))")
        let path = diagnostic.path.isEmpty ? "" : " (\(diagnostic.path))"
        lines.append("::\(level) \(properties.joined(separator: ","))::\(message(diagnostic.sentence + path))")
      }
    }
    lines.append(reports.summary)
    return lines.joined(separator: "\n")
  }

  private static func message(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    message(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
