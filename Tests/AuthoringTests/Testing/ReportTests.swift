import JSON
import Testing
import YAML

@testable import Authoring

/// How reports look.
@Suite struct ReportTests {
  private static let report: TestReport = {
    let mark = SourceMark(file: SourceFile(name: "tests.yaml"), line: 3, column: 5)
    var report = TestReport()
    var suite = TestReport.Suite(name: "tests.yaml")
    suite.cases = [
      .init(name: "one", mark: mark, outcome: .passed, seconds: 0.0021),
      .init(
        name: "two <b>", mark: mark,
        outcome: .failed([TestFailure("It is \"wrong\"", at: mark, ["expected 1, came 2\u{1B}[2J"])]),
        seconds: 1.25),
      .init(name: "three", mark: mark, outcome: .skipped("later"), seconds: 0),
    ]
    suite.notes = [TestFailure("Something is worth knowing", at: mark)]
    report.suites = [suite]
    return report
  }()

  @Test func textIsForPeople() {
    #expect(
      TestTextReport(hasColors: false).render(Self.report) == #"""
        tests.yaml
          ok      one
          FAILED  two <b>
            tests.yaml:3:5: It is "wrong"
              expected 1, came 2\u{1B}[2J
          skipped three: later
          tests.yaml:3:5: note: Something is worth knowing
        3 tests: 1 passed, 1 failed, 1 skipped, in 1.3 s; the slowest, two <b>, took 1.3 s
        """#)
    #expect(TestTextReport(hasColors: true).render(Self.report).contains("\u{1B}[31;1mFAILED\u{1B}[0m"))
  }

  @Test func junitIsForCI() {
    #expect(
      TestJUnitReport.render(Self.report) == #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="airbyte-lowcode" tests="3" failures="1" errors="0" skipped="1" time="1.252">
          <testsuite name="tests.yaml" tests="3" failures="1" errors="0" skipped="1" time="1.252">
            <testcase classname="tests.yaml" name="one" time="0.002"/>
            <testcase classname="tests.yaml" name="two &lt;b&gt;" time="1.250">
              <failure message="It is &quot;wrong&quot;">tests.yaml:3:5: It is &quot;wrong&quot;
          expected 1, came 2\u{1B}[2J</failure>
            </testcase>
            <testcase classname="tests.yaml" name="three" time="0.000">
              <skipped message="later"/>
            </testcase>
            <system-out>tests.yaml:3:5: Something is worth knowing</system-out>
          </testsuite>
        </testsuites>
        """#)
  }

  @Test func jsonIsForPrograms() {
    let json = TestJSONReport.render(Self.report)
    #expect(json["failed"] == 1)
    #expect(json["suites"]?[0]?["cases"]?[1]?["failures"]?[0]?["line"] == 3)
    #expect(json["suites"]?[0]?["cases"]?[2]?["reason"] == "later")
    #expect(json["coverage"] == nil)
  }
}
