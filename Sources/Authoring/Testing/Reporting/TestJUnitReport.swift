import Essentials
import Secrets

/// The report as JUnit XML.
package enum TestJUnitReport {
  /// Where `airbyte-cdk connector test` writes its report, below the connector's folder.
  package static let usualPath = "build/test-results/standard-tests-junit.xml"

  package static func render(_ report: TestReport) -> String {
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
    lines.append(
      #"<testsuites name="airbyte-lowcode" tests="\#(report.cases.count)" failures="\#(report.failed)" errors="0" "#
        + #"skipped="\#(report.skipped)" time="\#(time(report.seconds))">"#)
    for suite in report.suites { lines += self.lines(suite) }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n")
  }

  private static func lines(_ suite: TestReport.Suite) -> [String] {
    let failed = suite.cases.count { $0.isFailed }
    let skipped = suite.cases.count { $0.isSkipped }
    let seconds = suite.cases.reduce(0) { $0 + $1.seconds }
    let name = XMLText.line(suite.name)
    var lines = [
      #"  <testsuite name="\#(name)" tests="\#(suite.cases.count)" failures="\#(failed)" errors="0" skipped="\#(skipped)" "#
        + #"time="\#(time(seconds))">"#
    ]
    for test in suite.cases {
      let head = #"    <testcase classname="\#(name)" name="\#(XMLText.line(test.name))" time="\#(time(test.seconds))""#
      switch test.outcome {
      case .passed: lines.append(head + "/>")
      case .skipped(let reason):
        lines += [head + ">", #"      <skipped message="\#(XMLText.line(reason))"/>"#, "    </testcase>"]
      case .failed(let failures):
        lines.append(head + ">")
        // Readers of such files show the first failure of a case alone.
        let message = failures.first?.message ?? ""
        let text = failures.map { failure in
          ([(failure.mark.map { "\($0): " } ?? "") + failure.message] + failure.details.map { "  \($0)" }).joined(separator: "\n")
        }.joined(separator: "\n")
        lines.append(#"      <failure message="\#(XMLText.line(message))">\#(XMLText.lines(text))</failure>"#)
        lines.append("    </testcase>")
      }
    }
    if !suite.notes.isEmpty {
      let notes = suite.notes.map { "\($0.mark.map { "\($0): " } ?? "")\($0.message)" }.joined(separator: "\n")
      lines.append("    <system-out>\(XMLText.lines(notes))</system-out>")
    }
    return lines + ["  </testsuite>"]
  }

  private static func time(_ seconds: Double) -> String { seconds.fixed(3) }
}
