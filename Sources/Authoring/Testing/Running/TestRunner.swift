import ConnectorModel
import Manifest
import Traffic
import YAML

/// Runs the tests of a file, one after the other, in this process.
package struct TestRunner: Sendable {
  private let connector: TestedConnector
  private let coverage: TestCoverage?
  private let clock: @Sendable () -> Int64
  private let watcher: (any TestWatcher)?

  /// - Parameters:
  ///   - coverage: learns what of the manifest the tests reach; nil if nobody asks.
  ///   - clock: the machine's clock, in microseconds, by which tests are timed.
  ///   - watcher: sees the tests run; nil if nobody does.
  package init(
    _ connector: TestedConnector, coverage: TestCoverage?, clock: @escaping @Sendable () -> Int64,
    watcher: (any TestWatcher)? = nil
  ) {
    self.connector = connector
    self.coverage = coverage
    self.clock = clock
    self.watcher = watcher
  }

  /// What came of the tests of a file, and what the file would have to say to be right.
  package struct Outcome: Sendable {
    package let suite: TestReport.Suite
    let revisions: [Revision]
  }

  /// - Parameter isWanted: says by its name whether a test is run.
  package func run(_ file: TestFile, where isWanted: (String) -> Bool = { _ in true }) async -> Outcome {
    var suite = TestReport.Suite(name: file.path)
    var revisions: [Revision] = []
    for test in file.cases where isWanted(test.name) {
      watcher?.began(test.name)
      let start = clock()
      let outcome: TestReport.Case.Outcome
      if let reason = test.skipReason {
        outcome = .skipped(reason)
      } else {
        let verdict = await verdict(of: test)
        outcome = verdict.failures.isEmpty ? .passed : .failed(verdict.failures)
        revisions += verdict.revisions
      }
      let ended = TestReport.Case(
        name: test.name, mark: test.node["name"]?.mark ?? test.node.mark, outcome: outcome,
        seconds: Double(clock() - start) / 1_000_000)
      suite.cases.append(ended)
      watcher?.ended(ended, of: suite.name)
    }
    return Outcome(suite: suite, revisions: revisions)
  }

  private func verdict(of test: TestCase) async -> Verdict {
    do {
      let run = try await test.run(in: connector).observed(
        of: connector, with: test.traffic(in: connector), now: test.now, coverage: coverage)
      coverage?.note(run)
      return ExpectationCheck(test, run, keys: StreamKeys(connector.manifest)).verdict
    } catch {
      var verdict = Verdict()
      verdict.fail(reading: error, at: test.node)
      return verdict
    }
  }
}

extension Verdict {
  /// Takes in an error of what a test is given.
  mutating func fail(reading error: any Error, at node: ManifestNode) {
    switch error {
    case let error as StubError: fail(error.message, at: error.mark ?? node.mark)
    case let error as any FileFindings:
      for finding in error.diagnostics { fail(finding.sentence, at: finding.mark ?? node.mark) }
    default:
      let error = ConnectorError(wrapping: error)
      fail(error.sentence, at: error.mark ?? node.mark)
    }
  }

  mutating func fail(_ message: String, at mark: SourceMark?) { fail(TestFailure(message, at: mark)) }
}
