import AirbyteProtocol
import ConnectorModel
import Engine
import Essentials
import JSON
import JSONSchema
import Manifest
import Secrets
import Traffic
import Validation
import YAML

/// The tests of one entry.
struct AcceptanceTests {
  let connector: TestedConnector
  let traffic: AcceptanceTraffic
  let numbers: RunNumbers
  let entry: AcceptanceConfig.Entry
  let isStrict: Bool
  private(set) var outcomes: [(name: String, outcome: TestReport.Case.Outcome)] = []
  private(set) var notes: [TestFailure] = []
  private let watcher: (any TestWatcher)?
  private let ended: @Sendable (_ name: String, _ outcome: TestReport.Case.Outcome) -> Void

  /// - Parameter ended: is told of each test as it ends.
  init(
    connector: TestedConnector, traffic: AcceptanceTraffic, numbers: RunNumbers, entry: AcceptanceConfig.Entry, isStrict: Bool,
    watcher: (any TestWatcher)?, ended: @escaping @Sendable (_ name: String, _ outcome: TestReport.Case.Outcome) -> Void
  ) {
    self.watcher = watcher
    self.ended = ended
    self.connector = connector
    self.traffic = traffic
    self.numbers = numbers
    self.entry = entry
    self.isStrict = isStrict
  }

  private mutating func end(_ name: String, _ outcome: TestReport.Case.Outcome) {
    outcomes.append((name, outcome))
    ended(name, outcome)
  }

  mutating func skip(_ reason: String, _ name: String = "") { end(name, .skipped(reason)) }

  mutating func run() async {
    do {
      switch entry.section {
      case .spec: try await testSpec()
      case .connection: try await testConnection()
      case .discovery: try await testDiscovery()
      case .basicRead: try await testBasicRead()
      case .fullRefresh: try await testFullRefresh()
      case .incremental: try await testIncremental()
      case .attributes: try await testAttributes()
      case .documentation: skip("documentation is not tested")
      }
    } catch let reason as Skipped {
      skip(reason.reason)
    } catch {
      var verdict = Verdict()
      verdict.fail(reading: error, at: entry.node)
      end("", .failed(verdict.failures))
    }
  }

  /// What keeps tests from being run that is no failure.
  struct Skipped: Error { let reason: String }

  /// Ends a test: it passed where nothing is wrong.
  mutating func test(_ name: String, _ failures: [TestFailure]) {
    end(name, failures.isEmpty ? .passed : .failed(failures))
  }

  func failure(_ message: String, _ details: [String] = [], at node: ManifestNode? = nil) -> TestFailure {
    TestFailure(message, at: (node ?? entry.node).mark, details)
  }

  func failure(_ message: String, _ complaints: RunComplaints, at node: ManifestNode? = nil) -> TestFailure {
    TestFailure(message, at: (node ?? entry.node).mark, complaints)
  }

  // MARK: Runs

  static let usualConfig = "secrets/config.json"

  /// The config of the entry; nil where one is made up.
  func config() throws -> JSONObject? {
    if let inline = entry.node["config_dict"]?.value.object { return inline }
    let name = entry.configPath ?? Self.usualConfig
    let path = connector.path(name)
    if !FileManager.default.fileExists(atPath: path) {
      if traffic.makesConfigsUp { return traffic.recordedConfig(for: entry) }
      throw ConnectorError(
        .config,
        "There is no config \(path). \(entry.needsSecrets ? "--no-creds leaves out tests whose configs are secrets, and " : "")"
          + "--mock and --replay need none", at: entry.node["config_path"] ?? entry.node)
    }
    return try TestInput.config(at: path, named: entry.node["config_path"] ?? entry.node)
  }

  func observe(_ command: ConnectorRun.Command, _ change: (inout ConnectorRun) -> Void = { _ in }) async throws
    -> ObservedRun
  {
    var run = ConnectorRun(command: command)
    if command != .spec {
      let config = try config()
      run.config = config ?? [:]
      run.makesConfigUp = config == nil
      if entry.node["config_dict"] == nil { run.updates = traffic.renewal?(connector.path(entry.configPath ?? Self.usualConfig)) }
    }
    change(&run)
    guard command != .spec else { return try await run.observed(of: connector, with: .nothing, now: nil) }
    let traffic = try self.traffic.traffic(for: entry, number: numbers.next(of: entry))
    try self.traffic.keep(run.config, of: entry, specification: connector.specification)
    return try await run.observed(of: connector, with: traffic, now: nil, watcher: watcher)
  }

  static func shown(_ lines: [String]) -> [String] { RunComplaints.shown(lines) }

  /// What a run says of why it failed.
  func said(_ run: ObservedRun) -> RunComplaints {
    let unknown = run.requests.filter(\.isUnknown).map { run.mask.masked("not answered: \($0.line)") }
    let errors = run.errors.compactMap { error in
      error["message"]?.string.map { (stream: error["stream_descriptor"]?["name"]?.string, text: $0) }
    }
    // What names the streams that failed says nothing more than their own errors.
    let own = errors.filter { $0.stream != nil }
    return RunComplaints(own.isEmpty ? errors : own) + unknown
  }
  /// The streams that the connector discovers.
  func discovered() async throws -> [JSONValue] {
    let run = try await observe(.discover)
    guard let streams = run.messages("CATALOG", "catalog").last?["streams"]?.array else {
      throw ConnectorError(
        .config, "The streams could not be discovered: \(said(run).shown.joined(separator: "; "))", at: entry.node)
    }
    return streams
  }

  /// The streams that the entry is about: those of its catalog, or all, without those that may be empty.
  func chosen(_ streams: [JSONValue]) throws -> [JSONValue] {
    var chosen = streams
    if let path = entry.catalogPath {
      let place = entry.node["configured_catalog_path"] ?? entry.node
      let bytes = try TestInput.bytes(connector.path(path), "catalog", place)
      guard let catalog = try? JSONValue(parsing: bytes), let list = try? ConfiguredStream.catalog(catalog) else {
        throw ConnectorError(.config, "The file \(connector.path(path)) is not a configured catalog", at: place)
      }
      let known = ByName(streams.map { ($0["name"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      let names = list.map(\.descriptor.name)
      let unknown = names.filter { known[$0] == nil }
      guard unknown.isEmpty else {
        throw ConnectorError(
          .config,
          "The catalog \(path) has streams that the connector does not discover: \(unknown.joined(separator: ", "))", at: place)
      }
      chosen = names.compactMap { known[$0] }
    }
    return chosen.filter { !entry.emptyStreams.contains($0["name"]?.string ?? "") }
  }

  func names(_ streams: [JSONValue]) -> [String] { streams.compactMap { $0["name"]?.string } }

  // MARK: spec, connection, discovery

  /// The rule of `validate` that finds secrets which a specification does not mark.
  static let secretRule = "unmarked-secret"

  mutating func testSpec() async throws {
    let run = try await observe(.spec)
    let specs = run.messages("SPEC", "spec")
    test(
      "one specification", specs.count == 1 ? [] : [failure("One SPEC message is expected, but \(specs.count) came", said(run))])
    guard let spec = specs.first else { return }
    let report = try await ManifestChecker().check(
      .file(path: connector.manifestPath), name: connector.manifestPath, folder: connector.folder)
    let unmarked = report.findings.filter { $0.rule == Self.secretRule }
    test("secrets are marked", unmarked.map { TestFailure($0.diagnostic.sentence, at: $0.diagnostic.mark) })
    if entry.node["config_path"] != nil || entry.node["config_dict"] != nil, let config = try config() {
      var found: [TestFailure] = []
      do throws(JSONSchemaError) {
        let schema = try JSONSchema(compiling: spec["connectionSpecification"] ?? [:])
        // Configs are full of secrets: nothing of their values is shown.
        let errors = schema.validate(.object(config)).map { error in
          "\(error.instancePath.isEmpty ? "the config" : error.instancePath.dotted): \(error.discreetMessage)"
        }
        if !errors.isEmpty { found.append(failure("The config is not as the specification says", errors)) }
      } catch { found.append(failure("The specification is not a JSON schema: \(error)")) }
      test("the config is as it says", found)
    }
    if let node = entry.node["spec_path"], let path = node.string {
      guard FileManager.default.fileExists(atPath: connector.path(path)) else {
        return skip("there is no file \(path)", "it is the one of \(path)")
      }
      let bytes = try TestInput.bytes(connector.path(path), "specification", node)
      let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
      let expected =
        isYAML ? try YAMLConversion.value(YAMLDocument(parsing: bytes, file: path).root).json : try JSONValue(parsing: bytes)
      let differences = ValueComparison().differences(expected, spec).map(\.sentence)
      test(
        "it is the one of \(path)",
        differences.isEmpty ? [] : [failure("The specification is another one than that of \(path)", differences, at: node)])
    }
  }

  mutating func testConnection() async throws {
    let expected = entry.node["status"]?.string ?? "succeed"
    if traffic.isMock, expected != "succeed" { return skip("a mock refuses no config") }
    let run = try await observe(.check)
    let statuses = run.messages("CONNECTION_STATUS", "connectionStatus")
    let status = statuses.last?["status"]?.string
    let came = status == "SUCCEEDED" ? "succeed" : status == "FAILED" ? "failed" : "exception"
    var found: [TestFailure] = []
    if came != expected {
      found.append(
        failure(
          "The check is expected to end with \(expected), but ended with \(came)",
          statuses.compactMap { $0["message"]?.string } + said(run), at: entry.node["status"]))
    } else if expected != "exception", statuses.count != 1 {
      found.append(failure("One CONNECTION_STATUS message is expected, but \(statuses.count) came"))
    }
    test("", found)
  }

  mutating func testDiscovery() async throws {
    let run = try await observe(.discover)
    let catalogs = run.messages("CATALOG", "catalog")
    guard catalogs.count == 1, let streams = catalogs.first?["streams"]?.array else {
      return test("one catalog", [failure("One CATALOG message is expected, but \(catalogs.count) came", said(run))])
    }
    test("one catalog", [])
    let (failures, remarks) = CatalogChecks.problems(of: streams)
    test("the catalog is sound", failures.isEmpty ? [] : [failure("The catalog has problems", failures)])
    notes += remarks.map { failure($0) }
  }

  // MARK: connector_attributes

  mutating func testAttributes() async throws {
    let excused = Set((entry.node["streams_without_primary_key"]?.sequence ?? []).compactMap { $0["name"]?.string ?? $0.string })
    let missing = try await discovered().filter { $0["source_defined_primary_key"]?.array?.isEmpty ?? true }
    let wrong = names(missing).filter { !excused.contains($0) }
    test(
      "streams have primary keys",
      wrong.isEmpty
        ? []
        : [
          failure(
            "These streams have no primary key: \(wrong.joined(separator: ", ")). `streams_without_primary_key` excuses them")
        ])
  }
}
