import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import JSONSchema
import Manifest
import Traffic
import Validation
import YAML

/// The tests of one entry.
struct AcceptanceTests {
  let connector: TestedConnector
  let traffic: AcceptanceTraffic
  let entry: AcceptanceConfig.Entry
  let isStrict: Bool
  private(set) var outcomes: [(name: String, outcome: TestReport.Case.Outcome)] = []
  private(set) var notes: [TestFailure] = []

  init(connector: TestedConnector, traffic: AcceptanceTraffic, entry: AcceptanceConfig.Entry, isStrict: Bool) {
    self.connector = connector
    self.traffic = traffic
    self.entry = entry
    self.isStrict = isStrict
  }

  mutating func skip(_ reason: String, _ name: String = "") { outcomes.append((name, .skipped(reason))) }

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
      outcomes.append(("", .failed(verdict.failures)))
    }
  }

  /// What keeps tests from being run that is no failure.
  private struct Skipped: Error { let reason: String }

  /// Ends a test: it passed where nothing is wrong.
  private mutating func test(_ name: String, _ failures: [TestFailure]) {
    outcomes.append((name, failures.isEmpty ? .passed : .failed(failures)))
  }

  private func failure(_ message: String, _ details: [String] = [], at node: ManifestNode? = nil) -> TestFailure {
    TestFailure(message, at: (node ?? entry.node).mark, details)
  }

  // MARK: Runs

  private static let usualConfig = "secrets/config.json"

  /// The config of the entry; nil where one is made up.
  private func config() throws -> JSONObject? {
    if let inline = entry.node["config_dict"]?.value.object { return inline }
    let name = entry.configPath ?? Self.usualConfig
    let path = connector.path(name)
    if !FileManager.default.fileExists(atPath: path) {
      if traffic.makesConfigsUp { return nil }
      throw ConnectorError(
        .config,
        "There is no config \(path). \(entry.needsSecrets ? "--no-creds leaves out tests whose configs are secrets, and " : "")"
          + "--mock and --replay need none", at: entry.node["config_path"] ?? entry.node)
    }
    return try TestInput.config(at: path, named: entry.node["config_path"] ?? entry.node)
  }

  private func observe(_ command: ConnectorRun.Command, _ change: (inout ConnectorRun) -> Void = { _ in }) async throws
    -> ObservedRun
  {
    var run = ConnectorRun(command: command)
    if command != .spec {
      let config = try config()
      run.config = config ?? [:]
      run.makesConfigUp = config == nil
    }
    change(&run)
    return try await run.observed(of: connector, with: command == .spec ? .nothing : traffic.traffic(for: entry), now: nil)
  }

  /// So many lines of a kind are shown: nobody reads more.
  private static let mostShown = 10

  private static func shown(_ lines: [String]) -> [String] {
    lines.count > mostShown ? lines.prefix(mostShown) + ["and \(lines.count - mostShown) more"] : lines
  }

  /// What a run says of why it failed.
  private func said(_ run: ObservedRun) -> [String] {
    let unknown = run.requests.filter(\.isUnknown).map { run.mask.masked("not answered: \($0.line)") }
    return Self.shown(run.errors.compactMap { $0["message"]?.string }) + Self.shown(unknown)
  }

  /// The streams that the connector discovers.
  private func discovered() async throws -> [JSONValue] {
    let run = try await observe(.discover)
    guard let streams = run.messages("CATALOG", "catalog").last?["streams"]?.array else {
      throw ConnectorError(
        .config, "The streams could not be discovered: \(said(run).joined(separator: "; "))", at: entry.node)
    }
    return streams
  }

  /// The streams that the entry is about: those of its catalog, or all, without those that may be empty.
  private func chosen(_ streams: [JSONValue]) throws -> [JSONValue] {
    var chosen = streams
    if let path = entry.catalogPath {
      let place = entry.node["configured_catalog_path"] ?? entry.node
      let bytes = try TestInput.bytes(connector.path(path), "catalog", place)
      guard let catalog = try? JSONValue(parsing: bytes), let list = try? ConfiguredStream.catalog(catalog) else {
        throw ConnectorError(.config, "The file \(connector.path(path)) is not a configured catalog", at: place)
      }
      let known = Dictionary(streams.map { ($0["name"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
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

  private func names(_ streams: [JSONValue]) -> [String] { streams.compactMap { $0["name"]?.string } }

  // MARK: spec, connection, discovery

  /// The rule of `validate` that finds secrets which a specification does not mark.
  private static let secretRule = "unmarked-secret"

  private mutating func testSpec() async throws {
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

  private mutating func testConnection() async throws {
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

  private mutating func testDiscovery() async throws {
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

  // MARK: basic_read

  private mutating func testBasicRead() async throws {
    if entry.node["validate_schema"]?.bool == false, isStrict {
      test(
        "validate_schema",
        [
          failure(
            "At the strictness level `high`, records have to be checked against their schemas", at: entry.node["validate_schema"])
        ])
    }
    let streams = try chosen(await discovered())
    guard !streams.isEmpty else { throw Skipped(reason: "no stream is left to read") }
    let wanted = names(streams)
    let run = try await observe(.read) { $0.streams = .selected(StreamSelection(names: wanted, isFullRefresh: true)) }
    guard run.errors.isEmpty else {
      return test("the read succeeds", [failure("The read reports errors", said(run))])
    }
    test("the read succeeds", [])
    let records = run.records
    let empty = wanted.filter { records[$0]?.isEmpty ?? true }
    test(
      "every stream has records",
      empty.isEmpty
        ? []
        : [
          failure("No record came of: \(empty.joined(separator: ", ")). Streams that may be empty are listed as `empty_streams`")
        ])
    if entry.node["validate_schema"]?.bool ?? true {
      var found: [TestFailure] = []
      for stream in streams {
        let name = stream["name"]?.string ?? ""
        do {
          let problems = try RecordChecks(stream["json_schema"] ?? [:]).problems(of: records[name] ?? [])
          if let first = problems.first { found.append(failure("Stream \(name): \(first)", Array(problems.dropFirst()))) }
        } catch { found.append(failure("Stream \(name): its schema is not valid: \(error)")) }
      }
      test("records are as their schemas say", found)
    }
    testStatuses(run, wanted)
    testStates(run, wanted)
    if entry.node["validate_data_points"]?.bool == true { testDataPoints(streams, records) }
    try testExpectedRecords(records)
  }

  /// Each stream starts, runs and is complete.
  private mutating func testStatuses(_ run: ObservedRun, _ names: [String]) {
    guard entry.node["validate_stream_statuses"]?.bool ?? true else { return }
    var seen: [String: [String]] = [:]
    for trace in run.messages("TRACE", "trace") {
      guard let status = trace["stream_status"], let name = status["stream_descriptor"]?["name"]?.string else { continue }
      // A stream that an API throttles says again that it is running.
      if seen[name]?.last != status["status"]?.string { seen[name, default: []].append(status["status"]?.string ?? "") }
    }
    let wrong = names.compactMap { name -> String? in
      let statuses = seen[name] ?? []
      let isRight = statuses == ["STARTED", "RUNNING", "COMPLETE"] || statuses == ["STARTED", "COMPLETE"]
      return isRight ? nil : "\(name): \(statuses.isEmpty ? "none" : statuses.joined(separator: ", "))"
    }
    test(
      "statuses of streams are complete",
      wrong.isEmpty ? [] : [failure("Each stream should be STARTED, RUNNING and COMPLETE", wrong)])
  }

  /// Each stream leaves a state that counts its records.
  private mutating func testStates(_ run: ObservedRun, _ names: [String]) {
    guard entry.node["validate_state_messages"]?.bool ?? true else { return }
    var counts: [String: Double] = [:]
    for state in run.messages("STATE", "state") {
      guard let name = state["stream"]?["stream_descriptor"]?["name"]?.string else { continue }
      counts[name, default: 0] += state["sourceStats"]?["recordCount"]?.double ?? 0
    }
    let wrong = names.compactMap { name -> String? in
      let count = run.records[name]?.count ?? 0
      guard let counted = counts[name] else { return "\(name): no state" }
      return Int(counted) == count ? nil : "\(name): the states count \(Int(counted)) records, and \(count) came"
    }
    test(
      "states count the records", wrong.isEmpty ? [] : [failure("Each stream should leave states that count its records", wrong)])
  }

  /// Each property of a schema has a value in some record.
  private mutating func testDataPoints(_ streams: [JSONValue], _ records: [String: [JSONValue]]) {
    let wrong = streams.compactMap { stream -> String? in
      let name = stream["name"]?.string ?? ""
      let missing = (stream["json_schema"]?["properties"]?.object ?? [:]).keys.filter { key in
        !(records[name] ?? []).contains { $0[key].map { !$0.isNull } ?? false }
      }
      return missing.isEmpty ? nil : "\(name): \(missing.joined(separator: ", "))"
    }
    test("every field has a value", wrong.isEmpty ? [] : [failure("Some fields have no value in any record", wrong)])
  }

  private mutating func testExpectedRecords(_ records: [String: [JSONValue]]) throws {
    guard let node = entry.node["expect_records"] else { return }
    let name = "expected records came"
    guard let place = node["path"], let path = place.string else {
      return skip(node["bypass_reason"]?.string ?? "no `path` is given", name)
    }
    if traffic.isMock { return skip("the records of a mock are made up", name) }
    let isOrdered = node["exact_order"]?.bool ?? entry.node["exact_order"]?.bool ?? false
    var expected: [String: [JSONValue]] = [:]
    let bytes = try TestInput.bytes(connector.path(path), "file of expected records", place)
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
      guard let record = try? JSONValue(parsing: Array(line)), let stream = record["stream"]?.string, let data = record["data"]
      else {
        throw ConnectorError(
          .config, "Line \(number + 1) of \(connector.path(path)) is not a record: an object with `stream` and `data`", at: place)
      }
      expected[stream, default: []].append(data)
    }
    var found: [TestFailure] = []
    for (stream, wanted) in expected.sorted(by: { $0.key < $1.key }) {
      found += comparison(
        stream, wanted.map { without($0, stream) }, (records[stream] ?? []).map { without($0, stream) }, isOrdered, node)
    }
    test(name, found)
  }

  private func comparison(
    _ stream: String, _ wanted: [JSONValue], _ given: [JSONValue], _ isOrdered: Bool, _ node: ManifestNode
  ) -> [TestFailure] {
    let values = ValueComparison()
    let key = StreamKeys(connector.manifest).key(of: stream)
    let comparison = ListComparison(
      expected: wanted.count, actual: given.count, .init(isOrdered: isOrdered, allowsMore: !isOrdered),
      differences: { values.differences(wanted[$0], given[$1]).map(\.sentence) },
      isAlike: { number, other, differences in
        if let key { return key.isSame(wanted[number], given[other]) }
        return differences.count < max(wanted[number].count / 2, 2)
      })
    guard !comparison.isFulfilled else { return [] }
    var lines: [String] = []
    for pair in comparison.pairs {
      lines.append("record \(key?.text(of: given[pair.actual]) ?? "number \(pair.actual + 1)")")
      lines += pair.differences.map { "  \($0)" }
    }
    lines += comparison.missing.map { "did not come: \(ValueDifference.shown(wanted[$0]))" }
    lines += comparison.unexpected.map { "not expected: \(ValueDifference.shown(given[$0]))" }
    let message = "Stream \(stream): \(comparison.matches.count) of \(wanted.count) expected records came"
    return [failure(message, Self.shown(lines), at: node)]
  }

  /// A record without the fields that are not compared.
  private func without(_ record: JSONValue, _ stream: String) -> JSONValue {
    var record = record
    for field in entry.node["ignored_fields"]?[stream]?.sequence ?? [] {
      guard let name = field.string ?? field["name"]?.string else { continue }
      record = Self.removing(name.split(separator: "/").map(String.init)[...], of: record)
    }
    return record
  }

  private static func removing(_ path: ArraySlice<String>, of value: JSONValue) -> JSONValue {
    guard let first = path.first else { return value }
    switch value {
    case .array(let elements): return .array(elements.map { removing(path, of: $0) })
    case .object(var members):
      if path.count == 1 {
        members[first] = nil
      } else if let inner = members[first] {
        members[first] = removing(path.dropFirst(), of: inner)
      }
      return .object(members)
    default: return value
    }
  }

  // MARK: full_refresh, incremental

  private mutating func testFullRefresh() async throws {
    let streams = try chosen(await discovered())
    guard !streams.isEmpty else { throw Skipped(reason: "no stream is left to read") }
    let wanted = names(streams)
    let tests = self
    func read() async throws -> ObservedRun {
      try await tests.observe(.read) { $0.streams = .selected(StreamSelection(names: wanted, isFullRefresh: true)) }
    }
    let first = try await read()
    let second = try await read()
    for run in [first, second] where !run.errors.isEmpty {
      return test("two reads", [failure("A read reports errors", said(run))])
    }
    guard !first.records.isEmpty else { return test("two reads", [failure("The first read gives no record at all")]) }
    var found: [TestFailure] = []
    let keys = StreamKeys(connector.manifest)
    for stream in wanted {
      let key = keys.key(of: stream)
      func identity(_ record: JSONValue) -> String { key?.text(of: record) ?? without(record, stream).canonicalText }
      let later = Set((second.records[stream] ?? []).map(identity))
      let lost = (first.records[stream] ?? []).map(identity).filter { !later.contains($0) }
      if !lost.isEmpty {
        found.append(
          failure("Stream \(stream): the second read lacks \(lost.count) records of the first", lost.prefix(10).map { $0 }))
      }
    }
    test("the second read has all records of the first", found)
  }

  /// Streams that are read incrementally, each with its cursor field.
  private func incremental(_ streams: [JSONValue]) -> [(name: String, cursor: [String])] {
    streams.compactMap { stream in
      guard stream["supported_sync_modes"]?.array?.contains("incremental") == true, let name = stream["name"]?.string,
        let cursor = stream["default_cursor_field"]?.array?.compactMap(\.string), !cursor.isEmpty
      else { return nil }
      return (name, cursor)
    }
  }

  /// So many states are read from at least, where there are so many, and not many more: APIs have limits.
  private static let sampledStates = 10

  private mutating func testIncremental() async throws {
    let streams = incremental(try chosen(await discovered()))
    guard !streams.isEmpty else { throw Skipped(reason: "no stream can be read incrementally") }
    let wanted = streams.map(\.name)
    let tests = self
    func read(_ states: [String: JSONObject]) async throws -> ObservedRun {
      try await tests.observe(.read) {
        $0.streams = .selected(StreamSelection(names: wanted))
        $0.states = states
      }
    }
    let first = try await read([:])
    guard first.errors.isEmpty else { return test("two reads", [failure("The first read reports errors", said(first))]) }
    var lacks: [TestFailure] = []
    if first.states.isEmpty { lacks.append(failure("The first read leaves no state")) }
    if first.records.isEmpty { lacks.append(failure("The first read gives no record")) }
    guard lacks.isEmpty else { return test("two reads", lacks) }
    let second = try await read(first.finalStates)
    test(
      "a second read gives nothing from before the state",
      second.errors.isEmpty
        ? earlier(second, than: first.finalStates, streams) : [failure("The second read reports errors", said(second))])
    if entry.node["skip_comprehensive_incremental_tests"]?.bool == true {
      skip("skip_comprehensive_incremental_tests is set", "a read from every state")
    } else {
      try await testEveryState(of: first, streams, read)
    }
    try await testFutureState(streams)
  }

  private mutating func testEveryState(
    of first: ObservedRun, _ streams: [(name: String, cursor: [String])],
    _ read: ([String: JSONObject]) async throws -> ObservedRun
  ) async throws {
    var states: [String: JSONObject] = [:]
    var known: Set<String> = []
    var points: [[String: JSONObject]] = []
    for (stream, state) in first.states where known.insert("\(stream) \(JSONValue.object(state).jsonText)").inserted {
      states[stream] = state
      points.append(states)
    }
    let step = max(points.count / Self.sampledStates, 1)
    var found: [TestFailure] = []
    for (number, states) in points.enumerated() where number % step == 0 {
      let run = try await read(states)
      if !run.errors.isEmpty { found.append(failure("The read from state \(number + 1) reports errors", said(run))) }
      found += earlier(run, than: states, streams)
    }
    test("a read from every state gives nothing from before it", found)
  }

  private func earlier(
    _ run: ObservedRun, than states: [String: JSONObject], _ streams: [(name: String, cursor: [String])]
  ) -> [TestFailure] {
    let days = entry.node["threshold_days"]?.double ?? 0
    return streams.compactMap { name, cursor in
      guard let state = states[name] else { return nil }
      let path = entry.node["cursor_paths"]?[name]?.sequence?.map { $0.string ?? $0.value.jsonText }
      let progress = CursorProgress(state, path: cursor, statePath: path)
      let values = (run.records[name] ?? []).compactMap { progress.earlier($0, days: days) }
      guard let least = progress.least, let value = values.first else { return nil }
      return failure(
        "Stream \(name): \(values.count) records lie before the state",
        ["\(cursor.joined(separator: ".")) \(value.jsonText) is before \(least.jsonText)"])
    }
  }

  private mutating func testFutureState(_ streams: [(name: String, cursor: [String])]) async throws {
    let name = "a state in the far future leaves nothing to read"
    let node = entry.node["future_state"]
    if let reason = node?["bypass_reason"]?.string { return skip(reason, name) }
    guard let place = node?["future_state_path"] ?? entry.node["future_state_path"], let path = place.string else { return }
    let states = try TestInput.states(at: connector.path(path), named: place)
    let missing = Set((node?["missing_streams"]?.sequence ?? []).compactMap { $0["name"]?.string })
    let unsaid = streams.map(\.name).filter { states[$0] == nil && !missing.contains($0) }
    var found: [TestFailure] = []
    if isStrict, !unsaid.isEmpty {
      found.append(failure("The future state lacks: \(unsaid.joined(separator: ", "))", at: place))
    }
    let known = states.filter { name, _ in streams.contains { $0.name == name } }
    guard !known.isEmpty else { return test(name, [failure("The future state has none of the streams", at: place)]) }
    let run = try await observe(.read) {
      $0.streams = .selected(StreamSelection(names: known.keys.sorted()))
      $0.states = known
    }
    if !run.errors.isEmpty { found.append(failure("The read reports errors", said(run), at: place)) }
    let records = run.records.filter { !$0.value.isEmpty }
    if !records.isEmpty {
      found.append(
        failure(
          "Records came in spite of a state in the far future",
          records.sorted { $0.key < $1.key }.map {
            "\($0.key): \($0.value.count), such as \(ValueDifference.shown($0.value[0]))"
          },
          at: place))
    }
    if run.states.isEmpty { found.append(failure("The read leaves no state", at: place)) }
    test(name, found)
  }

  // MARK: connector_attributes

  private mutating func testAttributes() async throws {
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
