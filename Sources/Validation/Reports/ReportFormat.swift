import JSON
import Secrets
import YAML

/// How what was found is written.
package enum ReportFormat: String, Sendable, CaseIterable {
  case text, json, sarif, github, junit

  /// Whether such a report is JSON.
  package var isJSON: Bool { self == .json || self == .sarif }

  package func render(_ reports: [ManifestReport]) -> String {
    switch self {
    case .text: TextReport.render(reports)
    case .json: JSONReport.render(reports)
    case .sarif: SARIFReport.render(reports)
    case .github: GitHubReport.render(reports)
    case .junit: JUnitReport.render(reports)
    }
  }
}

extension ManifestReport {
  /// The source line of a mark with a caret below; empty if there is none to show.
  func snippet(of mark: SourceMark?) -> String { TerminalText.snippet(of: mark, hiding: mask) }

  /// The findings without those of a rule that has more than `count` already, and how many of each rule that leaves out.
  func abridged(to count: Int) -> (findings: [Finding], omitted: [(rule: String, count: Int)]) {
    var seen: [String: Int] = [:]
    let shown = findings.filter { finding in
      seen[finding.rule, default: 0] += 1
      return seen[finding.rule, default: 0] <= count
    }
    return (shown, seen.filter { $0.value > count }.map { ($0.key, $0.value - count) }.sorted { $0.rule < $1.rule })
  }
}

extension JSONValue {
  /// As JSON whose characters are harmless wherever it is shown: those that ``TerminalText`` escapes are escaped here as JSON has it.
  var displayableText: String {
    var result = ""
    for scalar in jsonText.unicodeScalars {
      if scalar != "\n", TerminalText.isUnsafe(scalar) {
        for unit in UTF16.encode(scalar) ?? .init() {
          let digits = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension [ManifestReport] {
  /// `3 errors and 1 warning in 2 of 10 manifests`.
  package var summary: String {
    func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let (errors, warnings) = (reduce(0) { $0 + $1.errorCount }, reduce(0) { $0 + $1.warningCount })
    if errors == 0, warnings == 0 { return "\(number(count, "manifest")) checked, nothing found" }
    let concerned = self.count { $0.errorCount + $0.warningCount > 0 }
    let found = [errors > 0 ? number(errors, "error") : nil, warnings > 0 ? number(warnings, "warning") : nil].compactMap { $0 }
    return "\(found.joined(separator: " and ")) in \(concerned) of \(number(count, "manifest"))"
  }
}
