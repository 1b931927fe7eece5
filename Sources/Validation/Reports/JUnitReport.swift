import LowCode
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
    let name = escaped(report.name)
    let errors = report.findings.filter { $0.severity == .error }
    let warnings = report.findings.filter { $0.severity != .error }
    var lines = [
      #"  <testsuite name="\#(name)" tests="\#(max(errors.count, 1))" failures="\#(errors.count)" errors="0" skipped="0">"#
    ]
    if errors.isEmpty { lines.append(#"    <testcase classname="\#(name)" name="is valid"/>"#) }
    for finding in errors {
      let diagnostic = finding.diagnostic
      let place = diagnostic.mark.map { "\($0.line):\($0.column) " } ?? ""
      lines.append(#"    <testcase classname="\#(name)" name="\#(escaped("\(place)\(diagnostic.rule)"))">"#)
      lines.append(#"      <failure type="\#(escaped(diagnostic.rule))" message="\#(escaped(diagnostic.sentence))">"#)
      lines.append("\(escaped(text(diagnostic)))</failure>")
      lines.append("    </testcase>")
    }
    if !warnings.isEmpty {
      lines.append("    <system-out>\(escaped(warnings.map { text($0.diagnostic) }.joined(separator: "\n")))</system-out>")
    }
    lines.append("  </testsuite>")
    return lines
  }

  private static func text(_ diagnostic: Diagnostic) -> String {
    let snippet = diagnostic.mark?.snippet() ?? ""
    return snippet.isEmpty ? diagnostic.description : "\(diagnostic.description)\n\(snippet)"
  }

  /// What XML cannot hold is left out.
  private static func escaped(_ text: String) -> String {
    let allowed = text.unicodeScalars.filter { $0.value >= 0x20 || "\t\n\r".unicodeScalars.contains($0) }
    return String(String.UnicodeScalarView(allowed.filter { $0.value != 0xFFFE && $0.value != 0xFFFF }))
      .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
