import Manifest

/// Runs what an `acceptance-test-config.yml` asks for.
package struct AcceptanceRunner: Sendable {
  private let connector: TestedConnector
  private let traffic: AcceptanceTraffic
  private let secretsReason: String?
  private let numbers = RunNumbers()
  private let clock: @Sendable () -> Int64
  private let watcher: (any TestWatcher)?

  /// - Parameters:
  ///   - secretsReason: why tests whose configs are below a folder `secrets` are left out; nil if they are run.
  ///   - clock: the machine's clock, in microseconds, by which tests are timed.
  ///   - watcher: sees the tests run; nil if nobody does.
  package init(
    _ connector: TestedConnector, traffic: AcceptanceTraffic, leavingOutSecrets secretsReason: String?,
    clock: @escaping @Sendable () -> Int64, watcher: (any TestWatcher)? = nil
  ) {
    self.connector = connector
    self.traffic = traffic
    self.secretsReason = secretsReason
    self.clock = clock
    self.watcher = watcher
  }

  /// - Parameter isWanted: says by its name whether an entry's tests are run.
  package func run(_ config: AcceptanceConfig, where isWanted: (String) -> Bool = { _ in true }) async -> TestReport.Suite {
    var suite = TestReport.Suite(name: config.path, notes: config.refused)
    for (section, reason) in config.bypassed {
      let skipped = TestReport.Case(
        name: section.rawValue, mark: reason.mark, outcome: .skipped(reason.string ?? "it has a bypass_reason"), seconds: 0)
      suite.cases.append(skipped)
      watcher?.ended(skipped, of: suite.name)
    }
    for entry in config.entries {
      let name = entry.configPath.map { "\(entry.section.rawValue) with \($0)" } ?? entry.section.rawValue
      guard isWanted(name) else { continue }
      @Sendable func ended(_ test: String, _ outcome: TestReport.Case.Outcome, seconds: Double) -> TestReport.Case {
        TestReport.Case(
          name: test.isEmpty ? name : "\(name): \(test)", mark: entry.node.mark, outcome: outcome, seconds: seconds)
      }
      var tests = AcceptanceTests(
        connector: connector, traffic: traffic, numbers: numbers, entry: entry, isStrict: config.isStrict, watcher: watcher
      ) { [watcher] test, outcome in watcher?.ended(ended(test, outcome, seconds: 0), of: config.path) }
      watcher?.began(name)
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
        suite.cases.append(ended(test, outcome, seconds: seconds))
        seconds = 0
      }
    }
    return suite
  }
}
