import ConnectorModel
import Synchronization
import Testing

@testable import Authoring

/// What those are told who watch tests run.
@Suite struct TestWatcherTests {
  private final class Notes: TestWatcher {
    let lines = Mutex<[String]>([])
    func began(_ name: String) { lines.withLock { $0.append("began \(name)") } }
    func ended(_ test: TestReport.Case, of suite: String) { lines.withLock { $0.append("\(suite): \(test.name)") } }
    func happened(_ event: RunEvent) {}
  }

  @Test func eachAcceptanceTestIsToldOnceAsItEnds() async throws {
    let notes = Notes()
    let config = try AcceptanceConfig(
      path: "a.yml",
      bytes: Array(
        """
        acceptance_tests:
          spec: {bypass_reason: later}
          connection: {tests: [{config_path: c.json}]}
          basic_read: {tests: [{config_path: c.json}]}
        """.utf8))
    let runner = AcceptanceRunner(
      try Shop().connector, traffic: .mock, leavingOutSecrets: nil, clock: { 0 }, watcher: notes)
    let suite = await runner.run(config)
    let told = notes.lines.withLock { $0 }
    #expect(told.filter { $0.hasPrefix("a.yml: ") } == suite.cases.map { "a.yml: \($0.name)" })
    #expect(told.filter { $0.hasPrefix("began ") } == ["began connection with c.json", "began basic_read with c.json"])
    #expect(
      told.firstIndex(of: "began basic_read with c.json") == told.firstIndex(of: "a.yml: connection with c.json").map { $0 + 1 })
  }

  @Test func testsOfAFileAreToldInTheirOrder() async throws {
    let notes = Notes()
    let file = try TestFile(
      path: "tests.yaml", bytes: Array("tests: [{name: a, command: spec}, {name: b, skip: later}]".utf8))
    _ = await TestRunner(try Shop().connector, coverage: nil, clock: { 0 }, watcher: notes).run(file)
    #expect(notes.lines.withLock { $0 } == ["began a", "tests.yaml: a", "began b", "tests.yaml: b"])
  }
}
