import LowCode
import YAML

/// Findings for people, as compilers print them: the place, the sentence, the source line with a caret.
enum TextReport {
  /// How many findings of one rule are written for a manifest: nobody reads more, and other formats have them all.
  static let maximumOfARule = 100

  static func render(_ reports: [ManifestReport]) -> String {
    var lines: [String] = []
    for report in reports {
      let (shown, omitted) = report.abridged(to: maximumOfARule)
      for finding in shown { lines += self.lines(finding.diagnostic, in: report) }
      for (rule, count) in omitted {
        lines.append(TerminalText.line("\(report.name): note: \(count) more of [\(rule)]; --format json lists all of them"))
      }
    }
    lines.append(reports.summary)
    return lines.joined(separator: "\n")
  }

  private static func lines(_ finding: Diagnostic, in report: ManifestReport) -> [String] {
    let place = finding.mark.map { "\($0)" } ?? report.name
    let path = finding.path.isEmpty ? "" : " (\(finding.path))"
    var lines = ["\(place): \(finding.severity.rawValue): \(finding.sentence) [\(finding.rule)]\(path)"].map(TerminalText.line)
    lines.append(report.snippet(of: finding.mark))
    if let detail = finding.detail { lines.append("  \(TerminalText.line(detail))") }
    for note in finding.related {
      lines.append(TerminalText.line("\(note.mark.map { "\($0): " } ?? "")note: \(note.message)"))
      lines.append(report.snippet(of: note.mark))
    }
    return lines.filter { !$0.isEmpty }
  }
}
