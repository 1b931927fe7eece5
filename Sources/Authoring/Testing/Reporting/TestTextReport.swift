import Secrets
import YAML

/// The report for people.
package struct TestTextReport {
  private let looks: Looks

  /// - Parameter hasColors: whether outcomes have colours, for a terminal.
  package init(hasColors: Bool) { looks = Looks(areOn: hasColors) }

  package func render(_ report: TestReport) -> String {
    var lines: [String] = []
    for suite in report.suites {
      lines.append(heading(of: suite.name))
      for test in suite.cases { lines += self.lines(test) }
      lines += notes(of: suite)
    }
    return (lines + ending(report)).joined(separator: "\n")
  }

  // MARK: Parts of it, for those who show tests as they end

  /// The line above the tests of a file.
  package func heading(of suite: String) -> String { TerminalText.line(suite) }

  /// The lines below the tests of a file.
  package func notes(of suite: TestReport.Suite) -> [String] {
    suite.notes.flatMap { lines($0, "note", .faint, indent: 2) }
  }

  /// The lines below all tests.
  package func ending(_ report: TestReport) -> [String] { (report.coverage.map(lines) ?? []) + [summary(report)] }

  /// The lines of a test.
  package func lines(_ test: TestReport.Case) -> [String] {
    let name = TerminalText.line(test.name)
    switch test.outcome {
    case .passed:
      return ["  \(looks.styled("ok", .good))      \(name)"]
    case .skipped(let reason):
      return ["  \(looks.styled("skipped", .warning)) \(name): \(TerminalText.line(reason))"]
    case .failed(let failures):
      return ["  \(looks.styled("FAILED", .bad))  \(name)"]
        + failures.flatMap { lines($0, nil, .bad, indent: 4) }
    }
  }

  private func lines(_ failure: TestFailure, _ kind: String?, _ style: Looks.Style, indent: Int) -> [String] {
    let blanks = String(repeating: " ", count: indent)
    let place = failure.mark.map { "\($0): " } ?? ""
    let kind = kind.map { looks.styled("\($0):", style) + " " } ?? ""
    return [blanks + TerminalText.line(place) + kind + TerminalText.line(failure.message)]
      + failure.shownDetails.map { "\(blanks)  \(TerminalText.line($0))" }
  }

  private func lines(_ coverage: CoverageReport) -> [String] {
    var lines = [
      "Reached: \(coverage.streams.text) streams, \(coverage.components.text) components, \(coverage.templates.text) templates, "
        + "\(coverage.branches.text) branches of templates"
    ]
    for gap in coverage.gaps {
      lines.append("  \(TerminalText.line(gap.mark.map { "\($0): " } ?? ""))\(TerminalText.line(gap.sentence))")
      let snippet = TerminalText.snippet(of: gap.mark)
      if !snippet.isEmpty, gap.showsLine {
        lines += snippet.split(separator: "\n").map { "    " + looks.styled(String($0), .faint) }
      }
    }
    return lines
  }

  private func summary(_ report: TestReport) -> String {
    let count = report.cases.count
    var parts = ["\(report.passed) passed"]
    if report.failed > 0 { parts.append("\(report.failed) failed") }
    if report.skipped > 0 { parts.append("\(report.skipped) skipped") }
    var text = "\(count) \(count == 1 ? "test" : "tests"): \(parts.joined(separator: ", ")), in \(Self.time(report.seconds))"
    if count > 1, let slowest = report.cases.max(by: { $0.seconds < $1.seconds }), slowest.seconds >= Self.noticed {
      text += "; the slowest, \(TerminalText.line(slowest.name)), took \(Self.time(slowest.seconds))"
    }
    return looks.styled(text, report.failed > 0 ? .bad : .good)
  }

  /// So many seconds of one test are worth a word.
  private static let noticed = 1.0

  private static func time(_ seconds: Double) -> String {
    seconds < 1 ? "\(Int((seconds * 1_000).rounded(.up))) ms" : "\((seconds * 10).rounded() / 10) s"
  }
}

/// How the words of a report look.
private struct Looks {
  let areOn: Bool

  /// Select Graphic Rendition of ECMA-48.
  enum Style: String {
    case good = "32"
    case bad = "31;1"
    case warning = "33"
    case faint = "2"
  }

  func styled(_ text: String, _ style: Style) -> String { areOn ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text }
}
