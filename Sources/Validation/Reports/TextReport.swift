import LowCode
import YAML

/// Findings for people, as compilers print them: the place, the sentence, the source line with a caret.
enum TextReport {
  static func render(_ reports: [ManifestReport]) -> String {
    var lines: [String] = []
    for report in reports {
      for finding in report.findings { lines += self.lines(finding.diagnostic, in: report) }
    }
    lines.append(reports.summary)
    return lines.joined(separator: "\n")
  }

  private static func lines(_ finding: Diagnostic, in report: ManifestReport) -> [String] {
    let place = finding.mark.map { "\($0)" } ?? report.name
    let path = finding.path.isEmpty ? "" : " (\(finding.path))"
    var lines = ["\(place): \(finding.severity.rawValue): \(finding.sentence) [\(finding.rule)]\(path)"]
    lines += snippet(finding.mark)
    if let detail = finding.detail { lines.append("  \(detail)") }
    for note in finding.related {
      lines.append("\(note.mark.map { "\($0): " } ?? "")note: \(note.message)")
      lines += snippet(note.mark)
    }
    return lines
  }

  private static func snippet(_ mark: SourceMark?) -> [String] {
    guard let snippet = mark?.snippet(), !snippet.isEmpty else { return [] }
    return [snippet]
  }
}
