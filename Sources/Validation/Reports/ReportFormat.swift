import JSON
import LowCode
import YAML

/// How what was found is written.
package enum ReportFormat: String, Sendable, CaseIterable {
  case text, json, sarif, github, junit

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

extension Diagnostic {
  /// The message, and what helps, as one sentence.
  var sentence: String { remedy.map { "\(message); \($0)" } ?? message }
}

extension [ManifestReport] {
  /// `3 errors and 1 warning in 2 of 10 manifests`.
  package var summary: String {
    func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let (errors, warnings) = (reduce(0) { $0 + $1.errorCount }, reduce(0) { $0 + $1.warningCount })
    if errors == 0, warnings == 0 { return "\(number(count, "manifest")) checked, nothing found" }
    let concerned = self.count { !$0.findings.isEmpty }
    let found = [errors > 0 ? number(errors, "error") : nil, warnings > 0 ? number(warnings, "warning") : nil].compactMap { $0 }
    return "\(found.joined(separator: " and ")) in \(concerned) of \(number(count, "manifest"))"
  }
}
