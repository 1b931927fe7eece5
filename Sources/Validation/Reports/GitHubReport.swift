import Manifest
import Secrets
import YAML

/// Findings as workflow commands, which GitHub Actions shows beside the lines of a change.
enum GitHubReport {
  static func render(_ reports: [ManifestReport]) -> String {
    var lines: [String] = []
    for report in reports {
      let (shown, omitted) = report.abridged(to: TextReport.maximumOfARule)
      for finding in shown {
        let diagnostic = finding.diagnostic
        let level = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
        var properties = ["file=\(property(diagnostic.mark?.file.name ?? report.name))"]
        if let mark = diagnostic.mark { properties += ["line=\(mark.line)", "col=\(mark.column)"] }
        properties.append("title=\(property(diagnostic.rule))")
        let path = diagnostic.path.isEmpty ? "" : " (\(diagnostic.path))"
        lines.append("::\(level) \(properties.joined(separator: ","))::\(data(diagnostic.sentence + path))")
      }
      for (rule, count) in omitted {
        let place = "file=\(property(report.name)),title=\(property(rule))"
        lines.append("::notice \(place)::\(data("\(count) more of this rule; --format json lists all of them"))")
      }
    }
    lines.append(reports.summary)
    return lines.joined(separator: "\n")
  }

  /// What follows the second `::`.
  private static func data(_ text: String) -> String { quoted(text, "%\r\n") }

  /// The value of a property, which ends with a comma or a colon.
  private static func property(_ text: String) -> String { quoted(text, "%\r\n:,") }

  /// By scalars: a comma with an accent on it is a comma to GitHub. Logs show the command too, so it is one of their lines.
  private static func quoted(_ text: String, _ reserved: String) -> String {
    let reserved = reserved.unicodeScalars
    var result = ""
    for scalar in TerminalText.line(text).unicodeScalars {
      if reserved.contains(scalar) {
        result += scalar.value < 0x10 ? "%0" : "%"
        result += String(scalar.value, radix: 16, uppercase: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
