import AirbyteProtocol
import ArgumentParser
import Authoring
import Bytes
import Concurrency
import ConnectorModel
import Engine
import Essentials
import HTTP
import JSON
import PythonComponents
import Secrets
import Traffic

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Test a connector: what its tests.yaml and acceptance-test-config.yml say.",
    discussion: """
      The tests of \(TestFile.usualName) run in this process, with the requests, answers and times that they name; nothing leaves the \
      machine. Those of \(AcceptanceConfig.usualName) read the API itself, unless --mock or --replay is given. The exit status is 1 if \
      a test fails.

      Examples:
        \(CommandProgram.name) test connector --coverage
        \(CommandProgram.name) test connector --no-creds --junit
        \(CommandProgram.name) test connector --previous published/manifest.yaml
      """)

  @Argument(
    help: ArgumentHelp("The connector's folder, or one of its files of tests.", valueName: "folder"),
    completion: .directory)
  var folder = "."

  @Option(help: ArgumentHelp("Run only tests whose names contain this text; may be repeated.", valueName: "text"))
  var filter: [String] = []

  @Flag(help: "Leave out acceptance tests whose configs are in a folder named secrets.")
  var noCreds = false

  @Flag(help: "Run acceptance tests against an API that is made up from the manifest. Configs that are missing are made up too.")
  var mock = false

  @Option(
    help: ArgumentHelp(
      "Run acceptance tests against a recording (HAR), or a folder of them: config.har for config.json, or what --record wrote.",
      valueName: "path"), completion: .file())
  var replay: String?

  @Option(
    help: ArgumentHelp(
      "Record what acceptance tests ask of the API, without secrets, in this folder: --replay runs them again without the API.",
      valueName: "folder"), completion: .directory)
  var record: String?

  @Flag(help: "Write configs back to their files when the API renewed a token in them during acceptance tests.")
  var updateConfig = false

  @Option(
    help: ArgumentHelp(
      "Check that the specification and the catalog are compatible with those of an earlier version: its manifest, or its folder.",
      valueName: "manifest"), completion: .file())
  var previous: String?

  @Flag(
    help: """
      Write what was seen into \(TestFile.usualName), where it is not what is expected. Comments and layout stay. Without such a file, \
      one is begun.
      """)
  var update = false

  @Flag(help: "Say which streams, components and branches of templates no test of \(TestFile.usualName) reaches.")
  var coverage = false

  @Option(help: "How to write the report.")
  var format: AnswerFormat = .text

  @Flag(help: "Write JUnit XML where `airbyte-cdk connector test` does: \(TestJUnitReport.usualPath) in the connector's folder.")
  var junit = false

  @Option(
    help: ArgumentHelp("Write JUnit XML into this file.", valueName: "file"), completion: .file(extensions: ["xml"]))
  var junitFile: String?

  @Flag(help: "Print the JSON schema of \(TestFile.usualName), for editors, and run nothing.")
  var schema = false

  @OptionGroup var components: ComponentOptions

  @Option(help: "Use colours in text. By default if the terminal supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  func validate() throws {
    guard [mock, replay != nil, record != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--mock, --replay and --record exclude each other: give one of them.")
    }
    if junit, junitFile != nil { throw ValidationError("--junit and --junit-file exclude each other: give one of them.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      if schema { return try StandardOutput.write(line: TestFileSchema.text.trimmed(.newlines)) }
      let place = try TestPlace(folder)
      let environment = ProcessInfo.processInfo.environment
      let connector = try TestedConnector(
        manifest: place.manifest, folder: place.folder, components: CommandProgram.components, environment: environment,
        custom: customComponents())
      if let replay, !FileManager.default.fileExists(atPath: replay) {
        throw ConnectorError(.config, "There is no recording \(replay), which --replay names")
      }
      let texts = TestTextReport(hasColors: Terminal(color, of: StandardOutput.descriptor, environment: environment).hasColors)
      let terminal = Terminal(color, environment: environment)
      let progress = TestProgress(format == .text ? texts : nil, terminal, now: SystemClock.now)
      defer { progress.clear() }
      let report = try await ProgressLine.ticking({ progress.tick() }) { try await run(place, connector, progress, environment) }
      guard !report.suites.isEmpty else {
        throw ConnectorError(
          .config,
          "\(place.folder) has no tests: neither a \(TestFile.usualName) nor an \(AcceptanceConfig.usualName). `\(CommandProgram.name) "
            + "test \(folder) --update` begins a \(TestFile.usualName)")
      }
      guard !report.cases.isEmpty else {
        throw ConnectorError(
          .config, filter.isEmpty ? "There is no test to run" : "There is no test whose name contains \(Self.list(filter))")
      }
      try write(report, in: place, progress)
      if report.failed > 0 { throw ExitCode.failure }
    }
  }

  /// Runs all tests that there are.
  private func run(
    _ place: TestPlace, _ connector: TestedConnector, _ progress: TestProgress, _ environment: [String: String]
  ) async throws -> TestReport {
    var report = TestReport()
    func add(_ suite: TestReport.Suite) {
      progress.ended(suite)
      report.suites.append(suite)
    }
    if let path = try testFile(of: place, connector) {
      let (suite, coverage) = try await run(path, connector, progress)
      add(suite)
      report.coverage = coverage
    }
    var hasUse = false
    if let path = place.acceptance {
      let runner = AcceptanceRunner(
        connector, traffic: traffic(environment), leavingOutSecrets: secretsReason(in: place), clock: SystemClock.now,
        watcher: progress)
      let suite = await runner.run(try AcceptanceConfig(path: path), where: isWanted)
      hasUse = suite.cases.contains { !$0.isSkipped }
      add(suite)
    }
    if !hasUse { warnOfOptionsWithoutUse(hasFile: place.acceptance != nil) }
    if let previous {
      let suite = try await compatibility(of: place, with: previous).run(where: isWanted)
      for test in suite.cases { progress.ended(test, of: suite.name) }
      add(suite)
    }
    return report
  }

  /// What these options say is about acceptance tests alone.
  private func warnOfOptionsWithoutUse(hasFile: Bool) {
    let given = [(mock, "--mock"), (replay != nil, "--replay"), (record != nil, "--record"), (updateConfig, "--update-config")]
    let names = given.filter(\.0).map(\.1)
    guard !names.isEmpty else { return }
    let reason = hasFile ? "none of which was run" : "and there is no such file"
    let verb = names.count == 1 ? "is" : "are"
    StandardOutput.tell(
      "warning: \(names.joined(separator: " and ")) \(verb) for the tests of \(AcceptanceConfig.usualName), \(reason). What answers a test "
        + "of \(TestFile.usualName) is its own `traffic`.")
  }

  /// The comparison with an earlier version, by configs that are made up: neither version reads anything.
  private func compatibility(of place: TestPlace, with previous: String) async throws -> CompatibilityTest {
    let now = SystemClock.now()
    let environment = ProcessInfo.processInfo.environment
    func version(_ path: String, _ given: JSONObject?) async throws -> (CompatibilityTest.Version, JSONObject) {
      let made = try await MockInput(manifest: path, config: nil, now: now)
      var input = made.input
      input.config = input.config.merging(given ?? [:]) { $1 }
      let observer = ConnectorObserver(made.source, input, environment: environment, isRead: false)
      let observed = try await observer.read(from: .madeUp(made.source, input, at: now))
      let file = ManifestOptions.file(of: path)
      let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { $0 + "/" }.joined()
      return (CompatibilityTest.Version(path: file, observed: observed, metadata: folder + "metadata.yaml"), input.config)
    }
    let (old, config) = try await version(previous, nil)
    if old.isUnknown {
      throw ConnectorError(.config, "The earlier version \(previous) cannot be compared: it says nothing of itself")
    }
    return CompatibilityTest(
      old: old, new: try await version(place.manifest, config).0,
      acceptance: try place.acceptance.map { try AcceptanceConfig(path: $0) })
  }

  private static func list(_ texts: [String]) -> String { texts.map { "`\($0)`" }.joined(separator: " or ") }

  private func isWanted(_ name: String) -> Bool { filter.isEmpty || filter.contains { name.contains($0) } }

  /// Why configs that are secrets are left out; nil if they are not. Where nobody has put any secrets yet, the tests that need none are
  /// enough, if there are some.
  private func secretsReason(in place: TestPlace) -> String? {
    if noCreds { return "the config is a secret" }
    let isNetwork = !mock && replay == nil
    let folder = place.folder == "." ? "secrets" : "\(place.folder)/secrets"
    guard isNetwork, place.tests != nil, !InputFile.exists(folder) else { return nil }
    return "there is no folder \(folder): put the config there"
  }

  // MARK: tests.yaml

  /// The file of tests; with --update it is begun where there is none.
  private func testFile(of place: TestPlace, _ connector: TestedConnector) throws -> String? {
    if place.tests != nil || !update || place.isOneFile { return place.tests }
    let path = connector.path(TestFile.usualName)
    try Self.write(Array(TestFileStarter.text(for: connector).utf8), to: path, isThere: false)
    return path
  }

  private func run(
    _ path: String, _ connector: TestedConnector, _ progress: TestProgress
  ) async throws -> (suite: TestReport.Suite, coverage: CoverageReport?) {
    func outcome(of file: TestFile) async -> (TestRunner.Outcome, TestCoverage?) {
      let reached = coverage ? TestCoverage() : nil
      // What is to be updated is shown as it is then.
      let runner = TestRunner(connector, coverage: reached, clock: SystemClock.now, watcher: update ? nil : progress)
      return (await runner.run(file, where: isWanted), reached)
    }
    var file = try TestFile(path: path)
    var (found, reached) = await outcome(of: file)
    if update {
      var change = try TestFileUpdate(file)
      if let text = try change.text(after: found) {
        try Self.write(text, to: path, isThere: true)
        StandardOutput.tell("\(path) says now what was seen.")
        file = try TestFile(path: path)
        (found, reached) = await outcome(of: file)
      }
      for test in found.suite.cases { progress.ended(test, of: found.suite.name) }
    }
    return (found.suite, reached.map { connector.coverage($0) })
  }

  private static func write(_ bytes: [UInt8], to path: String, isThere: Bool) throws {
    do throws(FileError) {
      let file = try AtomicFile(path: path, permissions: isThere ? .kept : .usual)
      try file.write(bytes)
      try file.putInPlace()
    } catch {
      throw ConnectorError(.config, "The file \(path) cannot be written: \(error)")
    }
  }

  // MARK: Surroundings

  private func customComponents() -> TestedConnector.CustomMaker {
    { [components] input, runtime in
      let place = ComponentCode.ManifestPlace(input.files, isBundled: false)
      let code = try ComponentCode.find(named: components.path, config: input.config, manifest: place)
      return PythonComponents(
        .init(code, interpreter: components.python, folder: place.folder), runtime: runtime, updates: input.updates)
    }
  }

  private func traffic(_ environment: [String: String]) -> AcceptanceTraffic {
    if mock { return .mock }
    if let replay { return .replay(replay) }
    let network: AcceptanceTraffic.Network = { mask in
      TrafficRun.Surroundings(
        now: SystemClock.now, sleep: { try await TaskThreads.shared.sleep($0) }, random: { Double.random(in: 0..<1) },
        transport: NetworkTransport(environment: environment, secrets: mask))
    }
    return .network(network, recordings: record) { [updateConfig] config in
      RenewedConfig(file: updateConfig ? config : nil) { StandardOutput.tell("warning: \(config): \($0)") }
    }
  }

  // MARK: Reports

  private func write(_ report: TestReport, in place: TestPlace, _ progress: TestProgress) throws {
    if junit || junitFile != nil {
      let path = junitFile ?? "\(place.folder)/\(TestJUnitReport.usualPath)"
      if junitFile == nil {
        try? FileManager.default.createDirectory(
          atPath: path.parentPath, withIntermediateDirectories: true)
      }
      try Self.write(Array((TestJUnitReport.render(report) + "\n").utf8), to: path, isThere: false)
    }
    // As text, the tests were shown when they ended.
    try progress.finish(report)
    if format == .json { try StandardOutput.write(json: TestJSONReport.render(report).jsonText) }
  }
}
