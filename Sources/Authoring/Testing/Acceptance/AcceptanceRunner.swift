import Manifest

/// Runs what an `acceptance-test-config.yml` asks for.
package struct AcceptanceRunner: Sendable {
  private let connector: TestedConnector
  private let traffic: AcceptanceTraffic
  private let secretsReason: String?
  private let numbers = RunNumbers()
  private let clock: @Sendable () -> Int64

  /// - Parameters:
  ///   - secretsReason: why tests whose configs are below a folder `secrets` are left out; nil if they are run.
  ///   - clock: the machine's clock, in microseconds, by which tests are timed.
  package init(
    _ connector: TestedConnector, traffic: AcceptanceTraffic, leavingOutSecrets secretsReason: String?,
    clock: @escaping @Sendable () -> Int64
  ) {
    self.connector = connector
    self.traffic = traffic
    self.secretsReason = secretsReason
    self.clock = clock
  }

  /// - Parameter isWanted: says by its name whether an entry's tests are run.
  package func run(_ config: AcceptanceConfig, where isWanted: (String) -> Bool = { _ in true }) async -> TestReport.Suite {
    var suite = TestReport.Suite(name: config.path, notes: config.refused)
    for (section, reason) in config.bypassed {
      suite.cases.append(
        TestReport.Case(
          name: section.rawValue, mark: reason.mark, outcome: .skipped(reason.string ?? "it has a bypass_reason"), seconds: 0))
    }
    for entry in config.entries {
      let name = entry.configPath.map { "\(entry.section.rawValue) with \($0)" } ?? entry.section.rawValue
      guard isWanted(name) else { continue }
      var tests = AcceptanceTests(
        connector: connector, traffic: traffic, numbers: numbers, entry: entry, isStrict: config.isStrict)
      let start = clock()
      if let secretsReason, entry.needsSecrets {
        tests.skip(secretsReason)
      } else {
        await tests.run()
      }
      suite.notes += tests.notes
      // The runs are shared by the tests, and the first one is given their time.
      var seconds = Double(clock() - start) / 1_000_000
      for (test, outcome) in tests.outcomes {
        suite.cases.append(
          TestReport.Case(
            name: test.isEmpty ? name : "\(name): \(test)", mark: entry.node.mark, outcome: outcome, seconds: seconds))
        seconds = 0
      }
    }
    return suite
  }
}
