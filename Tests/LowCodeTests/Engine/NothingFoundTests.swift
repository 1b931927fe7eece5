import Foundation
import JSON
import Testing

@testable import AirbyteProtocol
@testable import Components
@testable import Engine
@testable import Secrets

/// A stream that ends without records says why, once; one that has records, or nothing new, is silent.
@Suite struct NothingFoundTests {
  private static func stream(
    _ name: String = "tickets", path: String = "[tickets]", selector: String = "", retriever: String = "", more: String = ""
  ) -> String {
    """
    {type: DeclarativeStream, name: \(name), retriever: {type: SimpleRetriever, \(retriever)
      requester: {type: HttpRequester, url_base: "https://api.test", path: /\(name)},
      record_selector: {type: RecordSelector, \(selector)
        extractor: {type: DpathExtractor, field_path: \(path)}}}, \(more)
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}}
    """
  }

  /// What is warned of in a read of `tickets`, whose API gives these answers one after the other.
  private static func warnings(_ streams: [String], _ answers: [String], state: JSONObject? = nil) async throws -> [String] {
    let world = TestWorld(answers.map { .status(200, $0) })
    let manifest = """
      version: 7.39.1
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [tickets]}
      streams: [\(streams.joined(separator: ",\n"))]
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}

      """
    var input = try ConnectorInput.reading(["tickets"])
    input.states = state.map { ["tickets": $0] } ?? [:]
    let output = CollectedOutput()
    var runtime = world.runtime
    let writer = MessageWriter(output: output, mask: SecretMask(), now: runtime.now)
    // The log of a run, as warnings must not come in the middle of another message.
    runtime.log = RunLog(writer: writer, isDebugging: false)
    let connector = try await Connector.load(.text(Array(manifest.utf8), name: "m.yaml"), input, runtime: runtime)
    #expect(try await connector.read(input.catalog, to: writer).isComplete)
    #expect(world.transport.requests.count == answers.count)
    return try output.lines.compactMap { line in
      let log = try JSONValue(parsing: line)["log"]
      return log?["level"] == "WARN" ? log?["message"]?.string : nil
    }
  }

  // MARK: - Paths

  private static let paths: [(path: String, answer: String, sentence: String?)] = [
    (
      "[tickets]", #"{"ticket": [], "has_more": false}"#,
      "the response has no `tickets`; its keys are `ticket`, `has_more`. Did you mean `ticket`?"
    ),
    (
      "[tickets]", #"{"data": [{"id": 1}], "has_more": false}"#,
      "the response has no `tickets`; its keys are `data`, `has_more`. The list of objects there is `data`: try `field_path: [data]`."
    ),
    (
      "[data, tickets]", #"{"data": {"rows": [{"id": 1}]}}"#,
      "`data` of the response has no `tickets`; its keys are `rows`. The list of objects there is `rows`: try "
        + "`field_path: [data, rows]`."
    ),
    ("[data, tickets]", #"{"data": {}}"#, "`data` of the response has no `tickets`: it is an empty object."),
    ("[data, tickets]", #"{"data": null}"#, "`data` of the response is null, which has no `tickets`."),
    ("[data, tickets]", #"{"data": "none"}"#, "`data` of the response is a text, which has no `tickets`."),
    ("[data, tickets]", #"{"data": [{"id": 1}]}"#, "`data` of the response is a list of 1, which has no `tickets`."),
    ("[data, '*', tickets]", #"{"data": [{"id": 1}]}"#, "`data.*` of the response has no `tickets`; its keys are `id`."),
    // The path is there.
    ("[tickets]", #"{"tickets": []}"#, nil),
    ("[tickets]", #"{"tickets": null}"#, nil),
    ("[tickets]", #"{"tickets": {}}"#, nil),
    ("['*', id]", #"{"tickets": []}"#, nil),
    ("[data, '*', tickets]", #"{"data": []}"#, nil),
    ("[]", "[]", nil),
    // Nothing is known.
    ("[tickets]", "{}", nil),
    ("[tickets]", "[]", nil),
  ]

  @Test(arguments: paths) func aPathThatNoPageHas(path: String, answer: String, sentence: String?) async throws {
    let warnings = try await Self.warnings([Self.stream(path: path)], [answer])
    guard let sentence else { return #expect(warnings == []) }
    #expect(warnings.count == 1)
    let warning = try #require(warnings.first)
    #expect(warning.hasPrefix("Stream tickets: no record was found: \(sentence) (m.yaml:"), "\(warning)")
  }

  @Test func aPathThatOnlySomePagesHave() async throws {
    let parts = "partition_router: {type: ListPartitionRouter, cursor_field: part, values: [a, b]},"
    let stream = Self.stream(retriever: parts)
    #expect(try await Self.warnings([stream], [#"{"other": 1}"#, #"{"tickets": []}"#]) == [])
    #expect(try await Self.warnings([stream], [#"{"other": 1}"#, #"{"other": 1}"#]).count == 1)
  }

  @Test func keysAreFew() async throws {
    let keys = (0..<30).map { #""k\#($0)": 1"# }.joined(separator: ", ")
    let warning = try await Self.warnings([Self.stream()], ["{\(keys)}"]).first
    #expect(warning?.contains("`k19` and 10 more.") == true, "\(warning ?? "")")
  }

  // MARK: - Filters

  private static func filter(_ condition: String, _ more: String = "") -> String {
    "\(more) record_filter: {type: RecordFilter, condition: \"\(condition)\"},"
  }

  private static let filters: [(selector: String, answer: String, isSaid: Bool)] = [
    (filter("{{ record.kind == 'a' }}"), #"[{"kind": "b"}, {"kind": "c"}]"#, true),
    (filter("{{ record.knd }}", "transform_before_filtering: true,"), #"[{"kind": "b"}, {"kind": "c"}]"#, true),
    (filter("{{ record.kind == 'b' }}"), #"[{"kind": "b"}, {"kind": "c"}]"#, false),
    (filter("{{ record.kind == 'a' }}"), "[]", false),
  ]

  @Test(arguments: filters) func aFilterThatDropsAll(selector: String, answer: String, isSaid: Bool) async throws {
    let warnings = try await Self.warnings([Self.stream(path: "[]", selector: selector)], [answer])
    guard isSaid else { return #expect(warnings == []) }
    #expect(warnings.count == 1)
    let warning = try #require(warnings.first)
    #expect(
      warning.hasPrefix("Stream tickets: its filter dropped all 2 records that the API sent; the condition is `{{"), "\(warning)")
    #expect(warning.contains("(m.yaml:"))
  }

  // MARK: - Parents

  private static func child(key: String = "id", path: String = "[]") -> String {
    stream(
      path: "[]",
      retriever: """
        partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [
          {type: ParentStreamConfig, parent_key: \(key), partition_field: part, stream: \(stream("users", path: path))}]},
        """)
  }

  @Test func aParentWithoutRecords() async throws {
    #expect(
      try await Self.warnings([Self.child()], ["[]"])
        == ["Stream tickets: nothing is read of it: its parent stream `users` has no records."])
  }

  @Test func aParentWithoutKeys() async throws {
    #expect(
      try await Self.warnings([Self.child(key: "uid")], [#"[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]"#])
        == [
          "Stream tickets: nothing is read of it: no record of its parent stream `users` (2) has a value at the `parent_key` `uid`; "
            + "the keys of the last one are `id`, `name`."
        ])
  }

  @Test func aParentThatOneRecordHasAKeyOf() async throws {
    #expect(try await Self.warnings([Self.child()], [#"[{"name": "a"}, {"id": 2}]"#, "[]"]) == [])
  }

  @Test func aParentWithAWrongPath() async throws {
    let warnings = try await Self.warnings([Self.child(path: "[rows]")], [#"{"users": [{"id": 1}]}"#])
    #expect(warnings.count == 2, "\(warnings)")
    #expect(warnings.contains { $0.hasPrefix("Stream users: no record was found: the response has no `rows`") })
  }

  // MARK: - Cursors

  private static func incremental(_ cursor: String = "", selector: String = "", format: String = "%Y-%m-%dT%H:%M:%SZ") -> String {
    stream(
      path: "[]", selector: selector,
      more: """
        incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "\(format)", \(cursor)
          start_datetime: {type: MinMaxDatetime, datetime: "2025-01-01T00:00:00Z", datetime_format: "%Y-%m-%dT%H:%M:%SZ"}},
        """)
  }

  private static let states: [(cursor: String, state: JSONObject?, requests: Int, sentence: String?)] = [
    (
      "", ["at": "2025-12-29T00:00:00Z"], 0,
      "its state is in the future: `at` is 2025-12-29T00:00:00Z, and the read ends at 2025-03-01T12:00:00Z. Until then nothing is "
        + "read. If the value is wrong, reset the stream, or correct its state."
    ),
    (
      "lookback_window: P1Y,", ["at": "2025-12-29T00:00:00Z"], 1,
      "its state is in the future: `at` is 2025-12-29T00:00:00Z, and the read ends at 2025-03-01T12:00:00Z. Until then nothing but "
        + "its `lookback_window` is read. If the value is wrong, reset the stream, or correct its state."
    ),
    (
      "end_datetime: '2025-02-01T00:00:00Z',", ["at": "2025-02-03T00:00:00Z"], 0,
      "its state is after its end: `at` is 2025-02-03T00:00:00Z, and the read ends at 2025-02-01T00:00:00Z, so nothing is read."
    ),
    (
      "end_datetime: '2024-01-01T00:00:00Z',", nil, 0,
      "it begins at 2025-01-01T00:00:00Z, which is after its end, 2024-01-01T00:00:00Z: nothing is read. Check its "
        + "`start_datetime` and `end_datetime`."
    ),
    ("", ["at": "2025-03-01T12:00:01Z"], 0, nil),
    ("", ["at": "2025-02-28T00:00:00Z"], 1, nil),
    ("", nil, 1, nil),
  ]

  @Test(arguments: states)
  func aStreamThatBeginsAfterItsEnd(cursor: String, state: JSONObject?, requests: Int, sentence: String?) async throws {
    let answer = #"[{"at": "2025-02-01T00:00:00Z"}]"#
    let warnings = try await Self.warnings(
      [Self.incremental(cursor)], Array(repeating: answer, count: requests), state: state)
    #expect(warnings == (sentence.map { ["Stream tickets: \($0)"] } ?? []))
  }

  @Test func aPartitionThatComesAgain() async throws {
    let parts = "partition_router: {type: ListPartitionRouter, cursor_field: part, values: [a, a, a]},"
    let retriever = "retriever: {type: SimpleRetriever,"
    let stream = Self.incremental().replacing(retriever, with: retriever + parts)
    #expect(
      try await Self.warnings([stream], ["[]"]) == ["Stream tickets: the same partition appeared twice; it is read once."])
  }

  @Test func partitionsInTheFutureAreSaidOnce() async throws {
    let stream = Self.incremental().replacing(
      "retriever: {type: SimpleRetriever,",
      with:
        "retriever: {type: SimpleRetriever, partition_router: {type: ListPartitionRouter, cursor_field: part, values: [a, b]},")
    let state: JSONObject = [
      "states": [
        ["partition": ["part": "a"], "cursor": ["at": "2026-01-01T00:00:00Z"]],
        ["partition": ["part": "b"], "cursor": ["at": "2027-01-01T00:00:00Z"]],
      ]
    ]
    #expect(try await Self.warnings([stream], [], state: state).count == 1)
  }

  @Test func aValueThatCannotBeRead() async throws {
    let answer = #"[{"at": "yesterday"}, {"at": "01.02.2025"}]"#
    let sentence =
      #"Stream tickets: the cursor field `at` of a record cannot be read, so the state does not advance. None of the formats "#
      + #"["%Y-%m-%dT%H:%M:%SZ"] fits "yesterday"."#
    for cursor in ["", "is_client_side_incremental: true,"] {
      #expect(try await Self.warnings([Self.incremental(cursor)], [answer]) == [sentence])
    }
  }

  @Test func aRecordWithoutAValue() async throws {
    #expect(
      try await Self.warnings([Self.incremental()], [#"[{"id": 1}, {"id": 2}]"#])
        == [
          "Stream tickets: a record has no value in its cursor field `at`; it counts as new and does not advance the state."
        ])
  }

  @Test func recordsThatWereNotAskedFor() async throws {
    func option(_ more: String = "") -> String {
      Self.incremental("start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}, \(more)")
    }
    let sentence =
      "Stream tickets: most of its records are older than what was asked for: their `at` is before 2025-01-01T00:00:00Z, which `since` "
      + "says. If the API does not know this parameter, each read reads all records again: check its documentation, or drop the older "
      + "ones by `is_client_side_incremental: true`."
    func answer(_ days: String...) -> String {
      "[" + days.map { #"{"at": "\#($0)T00:00:00Z"}"# }.joined(separator: ",") + "]"
    }
    let old = answer("2023-01-01", "2024-01-01", "2025-01-02")
    #expect(try await Self.warnings([option()], [old]) == [sentence])
    #expect(try await Self.warnings([option("is_client_side_incremental: true,")], [old]) == [])
    #expect(try await Self.warnings([Self.incremental()], [old]) == [])
    // A few, or by less than a day.
    #expect(try await Self.warnings([option()], [answer("2024-01-01", "2025-01-02", "2025-01-03")]) == [])
    #expect(try await Self.warnings([option()], [answer("2024-12-31", "2025-01-02")]) == [])
    #expect(try await Self.warnings([option()], ["[]"]) == [])
  }

  @Test func windowsThatDoNotJoin() async throws {
    let steps = "step: P30D, cursor_granularity: PT0.000001S,"
    #expect(
      try await Self.warnings([Self.incremental(steps)], ["[]", "[]"])
        == [
          "Stream tickets: its state stays at 2025-01-30T23:59:59Z, though more was read: its `cursor_granularity` is finer than the "
            + "`datetime_format` `%Y-%m-%dT%H:%M:%SZ` can express, so the windows that were read do not join. Use the "
            + "granularity of its format."
        ])
    #expect(try await Self.warnings([Self.incremental("step: P30D, cursor_granularity: PT1S,")], ["[]", "[]"]) == [])
    let fine = Self.incremental(steps, format: "%Y-%m-%dT%H:%M:%S.%fZ")
    #expect(try await Self.warnings([fine], ["[]", "[]"]) == [])
  }

  // MARK: - Pages

  private static func paged(_ strategy: String) -> String {
    stream(
      retriever: """
        paginator: {type: DefaultPaginator, pagination_strategy: {type: \(strategy)},
          page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit},
          page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}},
        """)
  }

  /// An answer with records of these numbers, and other members.
  private static func page(_ ids: ClosedRange<Int>, _ more: String = "") -> String {
    #"{"tickets": ["# + ids.map { #"{"id": \#($0)}"# }.joined(separator: ",") + "]" + (more.isEmpty ? "" : ", " + more) + "}"
  }

  @Test(arguments: [
    (#""total": 7"#, "`total` is 7"), (#""meta": {"total_count": 7}"#, "`meta.total_count` is 7"),
    (#""has_more": true"#, "`has_more` is true"), (#""paging": {"isLast": false}"#, "`paging.isLast` is false"),
    (#""total_pages": 3"#, "`total_pages` is 3"), (#""next": "https://api.test/tickets?page=2""#, "`next` names one"),
    // Nothing says that there is more.
    ("", nil), (#""total": 2"#, nil), (#""has_more": false"#, nil), (#""next": null"#, nil), (#""total_pages": 1"#, nil),
    (#""total": "many""#, nil), (#""sum": 100"#, nil),
  ])
  func aFirstPageThatIsShort(more: String, hint: String?) async throws {
    for strategy in ["PageIncrement, page_size: 3", "OffsetIncrement, page_size: 3"] {
      let sentence = hint.map { hint in
        "Stream tickets: it ends with its first page, which has 2 records although 3 were requested; but the response says that there are "
          + "more: \(hint). If the API gives at most 2 records a page, set `page_size: 2`. (m.yaml:4:"
      }
      let warnings = try await Self.warnings([Self.paged(strategy)], [Self.page(1...2, more)])
      #expect(warnings.count == (sentence == nil ? 0 : 1) && warnings.allSatisfy { $0.hasPrefix(sentence ?? "") }, "\(warnings)")
    }
    // Later pages may be short.
    let answers = [Self.page(1...3, more), Self.page(4...5, more)]
    #expect(try await Self.warnings([Self.paged("PageIncrement, page_size: 3, start_from_page: 1")], answers) == [])
  }

  @Test(arguments: ["", ", inject_on_first_request: true"]) func aFirstPageThatComesTwice(first: String) async throws {
    let sentence =
      "Stream tickets: its first two pages are the same, so that their records are read twice. Either the API counts pages from 1, and the "
      + "pagination strategy needs `start_from_page: 1`, or it does not know the parameter that says which page is meant."
    let stream = Self.paged("PageIncrement, page_size: 3\(first)")
    let (full, last) = (Self.page(1...3), Self.page(4...5))
    #expect(try await Self.warnings([stream], [full, full, last]) == [sentence])
    #expect(try await Self.warnings([stream], [full, Self.page(2...4), Self.page(2...4), last]) == [])
    #expect(try await Self.warnings([stream], [full, last]) == [])
  }
}
