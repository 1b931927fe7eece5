import JSON
import Manifest
import Testing

@testable import Authoring

/// What tests of `acceptance-test-config.yml` find.
@Suite struct AcceptanceTestsTests {
  private static func config(_ text: String) throws -> AcceptanceConfig {
    try AcceptanceConfig(path: "a.yml", bytes: Array(text.utf8))
  }

  private static func run(
    _ text: String, _ shop: Shop, traffic: AcceptanceTraffic = .mock, leavingOutSecrets reason: String? = nil
  ) async throws -> TestReport.Suite {
    await AcceptanceRunner(shop.connector, traffic: traffic, leavingOutSecrets: reason, clock: { 0 }).run(
      try config(text))
  }

  @Test(arguments: [
    ("tests: {basic_red: []}", "a.yml:1:9: error: There is no section `basic_red`; did you mean `basic_read`?"),
    ("acceptance_tests: {spec: {}}", "a.yml:1:20: error: The section `spec` needs `tests` or a `bypass_reason`"),
    ("connector_image: x", "The file needs `acceptance_tests`, with a section such as `basic_read`"),
    (
      "acceptance_tests:\n  basic_read:\n    tests:\n      - confg_path: c.json",
      "a.yml:4:9: error: An entry of `basic_read` has no `confg_path`; did you mean `config_path`?"
    ),
  ])
  func whatIsWrongHasItsPlace(text: String, sentence: String) throws {
    let error = #expect(throws: ManifestError.self) { try Self.config(text) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  /// The keys that the reference refuses are those that its `entry_key_problems` names.
  @Test func keysThatTheReferenceRefusesAreNamed() throws {
    let config = try Self.config(
      """
      acceptance_tests:
        spec: {tests: [{spec_path: s.json, timeout_seconds: 1}]}
        connection: {tests: [{config_path: c.json, status: succeed, deployment_mode: oss}]}
        basic_read:
          tests:
            - config_path: c.json
              expect_records: {path: e.jsonl, exact_order: true}
              validate_schema: true
              expect_trace_message_on_failure: false
        full_refresh: {tests: [{config_path: c.json, ignored_fields: {a: [{name: b}]}, client_container_config: {}}]}
        incremental: {tests: [{config_path: c.json, future_state: {bypass_reason: none}}]}
      """)
    #expect(config.refused.map { "\($0.mark?.line ?? 0)" } == ["2", "7", "10"])
    #expect(config.refused.map(\.message).allSatisfy { $0.contains("airbyte-cdk 7.39.1 refuses") })
  }

  @Test func allSectionsRunAgainstAMock() async throws {
    let suite = try await Self.run(
      """
      acceptance_tests:
        spec: {tests: [{config_path: c.json}]}
        connection: {tests: [{config_path: c.json}, {config_path: c.json, status: failed}]}
        discovery: {tests: [{config_path: c.json}]}
        basic_read: {tests: [{config_path: c.json, expect_records: {path: none.jsonl}, validate_data_points: true}]}
        full_refresh: {tests: [{config_path: c.json}]}
        incremental: {tests: [{config_path: c.json}]}
        connector_attributes: {tests: [{config_path: c.json}]}
        connector_documentation: {bypass_reason: It has none}
      """, try Shop(files: ["c.json": "{}"]))
    let failed = suite.cases.filter(\.isFailed).map { "\($0.name): \($0.failures)" }
    #expect(failed.isEmpty, "\(failed)")
    #expect(
      suite.cases.filter(\.isSkipped).map(\.name) == [
        "connector_documentation", "connection with c.json", "basic_read with c.json: expected records came",
        "incremental with c.json",
      ])
    #expect(suite.cases.count == 18)
  }

  @Test func legacyFilesRunToo() async throws {
    let suite = try await Self.run(
      "tests:\n  connection: [{config_path: c.json}]\n  basic_read: [{config_path: c.json, empty_streams: [items]}]", try Shop())
    #expect(suite.cases.map(\.name) == ["connection with c.json", "basic_read with c.json"])
    #expect(suite.cases.map(\.isSkipped) == [false, true])
  }

  @Test func secretsCanBeLeftOut() async throws {
    let text = "acceptance_tests: {connection: {tests: [{config_path: secrets/c.json}]}}"
    #expect(try await Self.run(text, try Shop(), leavingOutSecrets: "x").cases.map(\.isSkipped) == [true])
    let network = AcceptanceTraffic.replay("/nowhere")
    #expect(try await Self.run(text, try Shop(), traffic: network).cases.map(\.isFailed) == [true])
  }

  /// A recording of one page of items.
  private static func recording(_ items: String) -> String {
    #"""
    {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [
      {"startedDateTime": "2025-01-01T00:00:00Z", "time": 1,
       "request": {"method": "GET", "url": "https://shop.example.com/items", "httpVersion": "HTTP/1.1", "headers": [], "queryString": [],
         "cookies": [], "headersSize": -1, "bodySize": 0},
       "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": [], "cookies": [],
         "content": {"size": 1, "mimeType": "application/json", "text": \#(JSONValue.string(items).jsonText)},
         "redirectURL": "", "headersSize": -1, "bodySize": -1},
       "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}}]}}
    """#
  }

  private static func basicRead(_ items: String, _ keys: String, _ expected: String = "") async throws -> [[String]] {
    let shop = try Shop(files: ["c.json": "{}", "c.har": recording(items), "e.jsonl": expected])
    let suite = try await run(
      "acceptance_tests: {basic_read: {tests: [{config_path: c.json\(keys)}]}}", shop, traffic: .replay(shop.folder.path))
    return suite.cases.filter(\.isFailed).map { $0.failures.flatMap { [$0.message] + $0.details } }
  }

  @Test(arguments: [
    (#"{"items": [{"id": 1, "name": "a"}]}"#, "", [] as [String]),
    (#"{"items": []}"#, "", ["No record came of: items. Streams that may be empty are listed as `empty_streams`"]),
    (
      #"{"items": [{"id": "x"}]}"#, "",
      ["Stream items: 1 of 1 records are not as the schema says", "record 1: id: expected an integer, found a string"]
    ),
    (#"{"items": [{"id": "x"}]}"#, ", validate_schema: false", []),
    (
      #"{"items": [{"id": 1.0}]}"#, "",
      [
        "Stream items: 1 of 1 records are not as the schema says",
        "record 1: id: expected an integer, found a number with a fraction",
      ]
    ),
    (
      #"{"items": [{"other": 1}]}"#, "",
      ["Stream items: 1 of 1 records are not as the schema says", "record 1: it has none of the schema's fields"]
    ),
  ])
  func recordsAreChecked(items: String, keys: String, lines: [String]) async throws {
    #expect(try await Self.basicRead(items, keys).flatMap { $0 } == lines)
  }

  @Test(arguments: [
    (
      ", expect_records: {path: e.jsonl}", #"{"stream": "items", "data": {"id": 2, "name": "b"}, "emitted_at": 1}"#,
      [] as [String]
    ),
    (
      ", expect_records: {path: e.jsonl}", #"{"stream": "items", "data": {"id": 2, "name": "x"}}"#,
      ["Stream items: 0 of 1 expected records came", "record id=2", #"  name: expected "x", came "b""#]
    ),
    (
      ", expect_records: {path: e.jsonl}, ignored_fields: {items: [{name: name}]}",
      #"{"stream": "items", "data": {"id": 2, "name": "x"}}"#, []
    ),
    (
      ", expect_records: {path: e.jsonl, exact_order: true}", #"{"stream": "items", "data": {"id": 1, "name": "a"}}"#,
      ["Stream items: 1 of 1 expected records came", #"not expected: {"id":2,"name":"b"}"#]
    ),
  ])
  func expectedRecordsAreCompared(keys: String, expected: String, lines: [String]) async throws {
    let items = #"{"items": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}"#
    #expect(try await Self.basicRead(items, keys, expected + "\n").flatMap { $0 } == lines)
  }

  @Test(arguments: [
    (#"{"at": "2025-02-01T00:00:00Z"}"#, "2025-01-31T00:00:00Z", true),
    (#"{"at": "2025-02-01T00:00:00Z"}"#, "2025-02-01T00:00:00+00:00", false),
    (#"{"at": 7}"#, "x", false),
    (#"{"states": [{"cursor": {"at": "2025-02-01"}}, {"cursor": {"at": "2025-01-01"}}]}"#, "2025-01-15", false),
    (#"{"use_global_cursor": true, "states": [], "state": {"at": "2025-02-01"}}"#, "2025-01-15", true),
    (#"{"slices": [{"start": "2025-01-01", "end": "2025-02-01"}]}"#, "2025-01-15", true),
  ])
  func recordsBeforeAStateAreFound(state: String, value: String, isEarlier: Bool) throws {
    let progress = CursorProgress(try JSONValue(parsing: state).object ?? [:], path: ["at"])
    #expect((progress.earlier(["at": .string(value)], days: 0) != nil) == isEarlier)
    #expect(progress.earlier(["at": .string(value)], days: 40) == nil)
  }

  @Test(arguments: [
    (#"{"type": "object", "properties": {"a": {"$ref": "x"}}}"#, #"Stream s: the reference "x" is left open at #/properties/a"#),
    (#"{"type": "object", "allOf": []}"#, "Stream s: destinations do not understand `allOf` at #"),
    (#"{"type": "object", "additionalProperties": false}"#, "Stream s: `additionalProperties` is false at #"),
  ])
  func catalogsAreChecked(schema: String, failure: String) throws {
    let stream: JSONValue = [
      "name": "s", "json_schema": try JSONValue(parsing: schema), "supported_sync_modes": ["full_refresh"],
    ]
    #expect(CatalogChecks.problems(of: [stream]).failures == [failure])
    #expect(CatalogChecks.problems(of: [stream, stream]).failures.contains("Stream s is listed twice"))
  }
}
