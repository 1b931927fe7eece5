import YAML

/// What came of tests.
package struct TestReport: Sendable {
  /// The tests of a file.
  package struct Suite: Sendable {
    /// The path of the file.
    package let name: String
    package var cases: [Case] = []
    /// What is worth knowing and is no failure.
    package var notes: [TestFailure] = []
  }

  /// A test.
  package struct Case: Sendable {
    package enum Outcome: Sendable {
      case passed
      case failed([TestFailure])
      /// Left out, and why.
      case skipped(String)
    }

    package let name: String
    package let mark: SourceMark?
    package let outcome: Outcome
    /// How long it took.
    package let seconds: Double

    package var failures: [TestFailure] { if case .failed(let failures) = outcome { failures } else { [] } }
    package var isSkipped: Bool { if case .skipped = outcome { true } else { false } }
    package var isFailed: Bool { !failures.isEmpty }
  }

  package var suites: [Suite] = []
  package var coverage: CoverageReport?

  package init() {}

  package var cases: [Case] { suites.flatMap(\.cases) }
  package var failed: Int { cases.count { $0.isFailed } }
  package var skipped: Int { cases.count { $0.isSkipped } }
  package var passed: Int { cases.count - failed - skipped }
  package var seconds: Double { cases.reduce(0) { $0 + $1.seconds } }
}
