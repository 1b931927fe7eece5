import Manifest
import Secrets
import YAML

/// Findings as JUnit XML: a suite a manifest, a failed case an error; warnings are in the suite's output.
enum JUnitReport {
  static func render(_ reports: [ManifestReport]) -> String {
    let errors = reports.reduce(0) { $0 + $1.errorCount }
    let cases = reports.reduce(0) { $0 + max($1.errorCount, 1) }
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
    lines.append(#"<testsuites name="airbyte-lowcode" tests="\#(cases)" failures="\#(errors)" errors="0">"#)
    for report in reports { lines += suite(report) }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n")
  }

  private static func suite(_ report: ManifestReport) -> [String] {
    let name = XMLText.line(report.name)
    let errors = report.findings.filter { $0.severity == .error }
    let warnings = report.findings.filter { $0.severity != .error }
    var lines = [
      #"  <testsuite name="\#(name)" tests="\#(max(errors.count, 1))" failures="\#(errors.count)" errors="0" skipped="0">"#
    ]
    if errors.isEmpty { lines.append(#"    <testcase classname="\#(name)" name="\#(XMLText.line(report.success))"/>"#) }
    for finding in errors {
      let diagnostic = finding.diagnostic
      let place = diagnostic.mark.map { "\($0.line):\($0.column) " } ?? ""
      lines.append(#"    <testcase classname="\#(name)" name="\#(XMLText.line("\(place)\(diagnostic.rule)"))">"#)
      lines.append(#"      <failure type="\#(XMLText.line(diagnostic.rule))" message="\#(XMLText.line(diagnostic.sentence))">"#)
      lines.append("\(XMLText.lines(text(diagnostic, in: report)))</failure>")
      lines.append("    </testcase>")
    }
    if !warnings.isEmpty {
      let output = warnings.map { text($0.diagnostic, in: report) }.joined(separator: "\n")
      lines.append("    <system-out>\(XMLText.lines(output))</system-out>")
    }
    lines.append("  </testsuite>")
    return lines
  }

  private static func text(_ diagnostic: Diagnostic, in report: ManifestReport) -> String {
    [TerminalText.line(diagnostic.description), report.snippet(of: diagnostic.mark)].filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}
