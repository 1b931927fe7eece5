import Foundation
import JSON
import Testing

@testable import AirbyteProtocol
@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Manifest
@testable import Secrets

/// Components that somebody else makes, in the places of a stream.
@Suite struct ForeignComponentTests {
  private struct Outcome: Equatable {
    var records: [String] = []
    var requests: [String] = []
    var errors: [String] = []
  }

  /// Reads the streams of a manifest.
  private static func read(
    _ streams: [String], _ foreign: ForeignComponents, answers: [String] = [#"[{"id":1},{"id":2},{"id":3}]"#],
    state: JSONObject? = nil,
    config: JSONObject = ["a": "b"]
  ) async throws -> Outcome {
    let world = TestWorld(answers.map { .status(200, $0) })
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      streams: [\(streams.joined(separator: ",\n"))]
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    var input = try ConnectorInput.reading(["items"])
    input.config = config
    input.states = state.map { ["items": $0] } ?? [:]
    input.custom = foreign
    let output = CollectedOutput()
    let writer = MessageWriter(output: output, mask: SecretMask(), now: world.runtime.now)
    let connector = try await Connector.load(.text(Array(manifest.utf8), name: "m.yaml"), input, runtime: world.runtime)
    _ = try await connector.read(input.catalog, to: writer)
    var outcome = Outcome(requests: world.transport.lines)
    for line in output.lines {
      let message = try JSONValue(parsing: line)
      if let data = message["record"]?["data"] { outcome.records.append(data.jsonText) }
      if let error = message["trace"]?["error"]?["message"]?.string { outcome.errors.append(error) }
    }
    return outcome
  }

  private static func stream(
    _ name: String = "items", extractor: String = "{type: DpathExtractor, field_path: []}", selector: String = "",
    retriever: String = "", more: String = ""
  ) -> String {
    """
    {type: DeclarativeStream, name: \(name), \(more)
      retriever: {type: SimpleRetriever, \(retriever)
        requester: {type: HttpRequester, url_base: "https://api.test", path: /\(name)},
        record_selector: {type: RecordSelector, \(selector) extractor: \(extractor)}},
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}}
    """
  }

  private static func custom(_ role: String, _ name: String, _ more: String = "") -> String {
    "{type: Custom\(role), class_name: \(name)\(more)}"
  }

  private static func works() -> [String: ForeignComponents.Work] {
    [
      "odd": { $0["id"]?.int.map { $0 % 2 == 1 } ?? true ? $0 : nil },
      "double": { $0.merging(["id": .int(($0["id"]?.int ?? 0) * 2)]) { $1 } },
      "mark": { $0.merging(["m": true]) { $1 } },
      "refuse2": { if $0["id"] == 2 { throw ConnectorError(.system, "no 2") } else { $0 } },
      "refuse3": { if $0["id"] == 3 { throw ConnectorError(.system, "no 3") } else { $0 } },
    ]
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var extractor = "{type: DpathExtractor, field_path: []}"
    var selector = ""
    var transformations: [String] = []
    var found: [String] = []
    let calls: [String]
    let records: [String]
    var error: String?
  }

  private static let addX = "{type: AddFields, fields: [{type: AddedFieldDefinition, path: [x], value: \"{{ record['id'] }}\"}]}"

  static let cases: [Case] = [
    Case(
      testDescription: "neighbours are one call", selector: "record_filter: \(custom("RecordFilter", "odd")),",
      transformations: [custom("Transformation", "double"), custom("Transformation", "mark")],
      calls: ["odd+double+mark of 3"], records: [#"{"id":2,"m":true}"#, #"{"id":6,"m":true}"#]),
    Case(
      testDescription: "what stands between is done here", selector: "record_filter: \(custom("RecordFilter", "odd")),",
      transformations: [custom("Transformation", "double"), addX, custom("Transformation", "mark")],
      calls: ["odd+double of 3", "mark of 2"], records: [#"{"id":2,"x":2,"m":true}"#, #"{"id":6,"x":6,"m":true}"#]),
    Case(
      testDescription: "transformations come first where the manifest says so",
      selector: "transform_before_filtering: true, record_filter: \(custom("RecordFilter", "odd")),",
      transformations: [custom("Transformation", "double")], calls: ["double+odd of 3"], records: []),
    Case(
      testDescription: "an extractor, a filter, a transformation and a normaliser are one call",
      extractor: custom("RecordExtractor", "any"),
      selector:
        "schema_normalization: \(custom("SchemaNormalization", "mark")), record_filter: \(custom("RecordFilter", "odd")),",
      transformations: [custom("Transformation", "double")], found: [#"{"id":5}"#, #"{"id":6}"#],
      calls: ["extract+odd+double+mark of GET https://api.test/items"], records: [#"{"id":10,"m":true}"#]),
    Case(
      testDescription: "an extractor and what is done here", extractor: custom("RecordExtractor", "any"),
      selector: "record_filter: {type: RecordFilter, condition: \"{{ record.id != 6 }}\"},",
      transformations: [addX, custom("Transformation", "mark")], found: [#"{"id":5}"#, #"{"id":6}"#],
      calls: ["extract of GET https://api.test/items", "mark of 1"], records: [#"{"id":5,"x":5,"m":true}"#]),
    Case(
      testDescription: "the records before a failure are emitted", transformations: [custom("Transformation", "refuse3")],
      calls: ["refuse3 of 3"], records: [#"{"id":1}"#, #"{"id":2}"#], error: "no 3"),
    Case(
      testDescription: "the first failure in the order of records counts",
      transformations: [custom("Transformation", "refuse3"), addX, custom("Transformation", "refuse2")],
      calls: ["refuse3 of 3", "refuse2 of 2"], records: [#"{"id":1,"x":1}"#], error: "no 2"),
    Case(
      testDescription: "the same within one call", extractor: custom("RecordExtractor", "any"),
      transformations: [custom("Transformation", "refuse3"), custom("Transformation", "refuse2")],
      found: [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#],
      calls: ["extract+refuse3+refuse2 of GET https://api.test/items"], records: [#"{"id":1}"#], error: "no 2"),
    Case(
      testDescription: "what is not an object is no record", extractor: custom("RecordExtractor", "any"),
      found: [#"{"id":1}"#, "5"], calls: ["extract of GET https://api.test/items"], records: [#"{"id":1}"#],
      error: "A record should be an object, but the API sent a single value"),
    Case(
      testDescription: "extractors that are combined",
      extractor: """
        {type: CombinedExtractor, extractors: [\(custom("RecordExtractor", "any")), {type: DpathExtractor, field_path: []}]}
        """,
      transformations: [custom("Transformation", "mark")], found: [#"{"id":9}"#],
      calls: ["extract of GET https://api.test/items", "mark of 1", "mark of 3"],
      records: [#"{"id":9,"m":true}"#, #"{"id":1,"m":true}"#, #"{"id":2,"m":true}"#, #"{"id":3,"m":true}"#]),
  ]

  @Test(arguments: cases) func records(_ tested: Case) async throws {
    let foreign = ForeignComponents(Self.works(), found: tested.found)
    let transformations = "transformations: [\(tested.transformations.joined(separator: ", "))],"
    let outcome = try await Self.read(
      [Self.stream(extractor: tested.extractor, selector: tested.selector, more: transformations)], foreign)
    #expect(outcome.records == tested.records)
    #expect(foreign.calls == tested.calls)
    #expect(outcome.errors.first.map { $0.hasPrefix(tested.error ?? "-") } ?? (tested.error == nil), "\(outcome.errors)")
  }

  /// As in the reference: where records are filtered by their cursor, of a filter of one's own only its condition counts.
  @Test(arguments: [("", ["2024-02-01", "2024-03-01"]), (", condition: \"{{ record.at > '2024-02-15' }}\"", ["2024-03-01"])])
  func aFilterBesideTheCursor(condition: String, dates: [String]) async throws {
    let foreign = ForeignComponents(["none": { _ in nil }])
    let sync = """
      incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", \
      start_datetime: "2024-01-15", is_client_side_incremental: true},
      """
    let answer = #"[{"at":"2024-01-01"},{"at":"2024-02-01"},{"at":"2024-03-01"}]"#
    let outcome = try await Self.read(
      [Self.stream(selector: "record_filter: \(Self.custom("RecordFilter", "none", condition)),", more: sync)], foreign,
      answers: [answer])
    #expect(outcome.records == dates.map { #"{"at":"\#($0)"}"# })
    #expect(foreign.calls.isEmpty)
  }

  /// A strategy that looks at the body gets it, though the extractor read the response itself.
  @Test func pagesBehindAnExtractor() async throws {
    let paginator = """
      paginator: {type: DefaultPaginator, \
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}, \
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}},
      """
    let foreign = ForeignComponents(found: [#"{"id":1}"#])
    let outcome = try await Self.read(
      [Self.stream(extractor: Self.custom("RecordExtractor", "any"), retriever: paginator)], foreign,
      answers: [#"{"next": 7}"#, "{}"])
    #expect(outcome.requests == ["GET https://api.test/items", "GET https://api.test/items?page=7"])
    #expect(outcome.records == [#"{"id":1}"#, #"{"id":1}"#])
  }

  @Test func anExtractorWithoutAnEndIsStopped() async throws {
    let foreign = ForeignComponents()
    let retriever: any Retriever = try TestWorld([.status(200, "[]")]).foreign(
      foreign,
      #"""
      {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "items"},
       "record_selector": {"type": "RecordSelector", "extractor": {"type": "CustomRecordExtractor", "class_name": "any"}}}
      """#)
    var count = 0
    try await retriever.read(.whole) { page in
      count += page.records.count
      return count < 3
    }
    #expect(count == 3)
  }

  @Test func whatIsMadeFirstMayChangeTheConfig() async throws {
    let path = "{{ config['place'] }}"
    let stream = Self.stream().replacing("path: /items", with: "path: \"\(path)\"")
    let outcome = try await Self.read([stream], ForeignComponents(settled: ["place": "late"]), config: ["place": "early"])
    #expect(outcome.requests == ["GET https://api.test/late"])
  }

  // MARK: - States

  private static let sync = """
    incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01", \
    start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}},
    """
  private static let migrations =
    "state_migrations: [\(custom("StateMigration", "first")), \(custom("StateMigration", "second"))],"

  @Test(
    arguments: [
      (nil, ["first of items {}", "second of items {}"], "2024-01-01"),
      (#"{"at":"2024-05-05"}"#, [#"first of items {"at":"2024-05-05"}"#, #"second of items {"at":"2024-05-05"}"#], "2024-05-05"),
      (
        #"{"old":"2024-05-05"}"#, [#"first of items {"old":"2024-05-05"}"#, #"second of items {"at":"2024-05-05"}"#], "2024-05-05"
      ),
    ] as [(String?, [String], String)])
  func aStateIsMigratedOnce(state: String?, calls: [String], since: String) async throws {
    let foreign = ForeignComponents()
    let outcome = try await Self.read(
      [Self.stream(more: Self.sync + Self.migrations)], foreign, answers: [#"[{"at":"2024-06-01"}]"#],
      state: state.flatMap { try? JSONValue(parsing: $0).object })
    #expect(foreign.calls == calls)
    #expect(outcome.requests == ["GET https://api.test/items?since=\(since)"])
  }

  @Test func theStateOfAParentIsMigratedAfterThatOfItsChild() async throws {
    let parent = Self.stream("parents", more: Self.sync + Self.migrations)
    let router = """
      partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{type: ParentStreamConfig, parent_key: id, \
      partition_field: parent, incremental_dependency: true, stream: \(parent)}]},
      """
    let foreign = ForeignComponents()
    let outcome = try await Self.read(
      [Self.stream(retriever: router, more: Self.sync + "state_migrations: [\(Self.custom("StateMigration", "child"))],")],
      foreign,
      answers: [#"[{"id":1,"at":"2024-06-01"}]"#, "[]"],
      state: ["states": [], "parent_state": ["parents": ["old": "2024-04-04"]], "state": ["at": "2024-03-03"]])
    #expect(foreign.calls.map { String($0.prefix(17)) } == ["child of items {\"", "first of parents ", "second of parents"])
    #expect(outcome.requests.first == "GET https://api.test/parents?since=2024-04-04")
  }

  @Test func aStreamThatItsStateChoosesIsMigratedInItsChoice() async throws {
    let whole = Self.stream(more: Self.sync + Self.migrations)
    let rest = whole.replacing("path: /items", with: "path: /rest")
    let stream = """
      {type: StateDelegatingStream, name: items, api_retention_period: P30D, full_refresh_stream: \(whole), \
      incremental_stream: \(rest)}
      """
    let foreign = ForeignComponents()
    // The state is older than what the API keeps, so that the stream is read anew, without it.
    let outcome = try await Self.read([stream], foreign, answers: ["[]"], state: ["at": "2024-02-02"])
    #expect(outcome.requests == ["GET https://api.test/items?since=2024-01-01"])
    #expect(
      foreign.calls.filter { $0.hasPrefix("first") } == [
        #"first of items {"at":"2024-02-02"}"#, #"first of items {"at":"2024-02-02"}"#, "first of items {}",
      ])
  }
}

extension TestWorld {
  /// Builds a component with others that somebody else makes.
  fileprivate func foreign<Role>(_ foreign: ForeignComponents, _ json: String) throws -> Role {
    try BuildScope(RunScope(config: [:], runtime: runtime, registry: .standard, custom: foreign)).build(node(json))
  }
}
