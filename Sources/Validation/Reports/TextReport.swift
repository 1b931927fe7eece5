import Manifest
import Secrets
import YAML

/// Findings for people, as compilers print them: the place, the sentence, the source line with a caret.
package enum TextReport {
  /// How many findings of one rule are written for a manifest: nobody reads more, and other formats have them all.
  static let maximumOfARule = 100

  /// - Parameter hasColors: whether places are bold, kinds have their colours and source lines are faint, for a terminal.
  package static func render(_ reports: [ManifestReport], hasColors: Bool = false) -> String {
    let looks = Looks(areOn: hasColors)
    var lines: [String] = []
    for report in reports {
      let (shown, omitted) = report.abridged(to: maximumOfARule)
      for finding in shown { lines += self.lines(finding.diagnostic, in: report, looks) }
      for (rule, count) in omitted {
        lines.append(looks.line(report.name, "note", "\(count) more of [\(rule)]; --format json lists all of them"))
      }
    }
    lines.append(reports.summary)
    return lines.joined(separator: "\n")
  }

  private static func lines(_ finding: Diagnostic, in report: ManifestReport, _ looks: Looks) -> [String] {
    let place = finding.mark.map { "\($0)" } ?? report.name
    let path = finding.path.isEmpty ? "" : " (\(finding.path))"
    var lines = [looks.line(place, finding.severity.rawValue, "\(finding.sentence) [\(finding.rule)]\(path)")]
    lines.append(looks.snippet(report.snippet(of: finding.mark)))
    if let detail = finding.detail { lines.append("  \(TerminalText.line(detail))") }
    for note in finding.related {
      lines.append(looks.line(note.mark.map { "\($0)" }, "note", note.message))
      lines.append(looks.snippet(report.snippet(of: note.mark)))
    }
    return lines.filter { !$0.isEmpty }
  }
}

/// How the parts of a finding look; what comes from manifests is made harmless before.
private struct Looks {
  let areOn: Bool

  func line(_ place: String?, _ kind: String, _ sentence: String) -> String {
    let color = ["error": "31;1", "warning": "33;1"][kind] ?? "36"
    let begin = place.map { styled(TerminalText.line("\($0):"), "1") + " " } ?? ""
    return begin + styled("\(kind):", color) + " " + TerminalText.line(sentence)
  }

  func snippet(_ text: String) -> String {
    guard areOn, !text.isEmpty else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { styled(String($0), "2") }.joined(separator: "\n")
  }

  /// Select Graphic Rendition of ECMA-48.
  private func styled(_ text: String, _ code: String) -> String { areOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
