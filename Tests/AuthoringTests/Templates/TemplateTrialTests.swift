import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Testing

@testable import Authoring

@Suite struct TemplateTrialTests {
  private static let variables: JSONObject = [
    "config": ["a": 2, "empty": "", "flag": "no"], "record": ["x": "y", "tags": ["p"]], "stream_slice": ["s": 4],
  ]

  @Test(
    arguments: [
      ("{{ config.a + 1 }}", .string, 3), ("{{ record.x }}", .string, "y"), ("{{ config.none }}", .string, ""), ("", .string, ""),
      ("{{ none }}", .string, nil), ("{{ (1, 'a') }}", .string, [1, "a"]), ("{{ stream_interval.s }}", .string, 4),
      ("{{ parameters.x }}", .string, ""), ("{{ {1: 2, none: 3} }}", .string, ["1": 2, "null": 3]),
      ("{{ config.a == 2 }}", .boolean, true), ("{{ config.empty }}", .boolean, false), ("{{ record.x.y.z }}", .boolean, false),
      ("{{ config.flag }}", .boolean, true),
      ("{a: '{{ config.a }}', '{{ record.x }}': 3, n: '{{ config.none }}'}", .mapping, ["a": 2, "y": 3, "n": nil]),
      ("{{ {'a': config.a} }}", .mapping, ["a": 2]),
      ("{a: {b: ['{{ config.a }}', '{{ config.none }}']}, n: '{{ config.none }}'}", .nested, ["a": ["b": [2, nil]]]),
      ("['{{ record.x }}']", .nested, ["y"]),
    ] as [(String, TemplateKind, JSONValue)])
  func eachKindIsEvaluatedAsItsPlaceDoes(template: String, kind: TemplateKind, expected: JSONValue) throws {
    #expect(try TemplateTrial(kind, variables: Self.variables).evaluate(template) == expected)
  }

  @Test(
    arguments: [
      ("{{ config.none.x }}", .string, "undefined"), ("{{ nope }}", .string, "`nope` is not available here"),
      ("{{ record. }}", .boolean, "not valid"), ("x: y", .string, nil), ("3", .mapping, "A mapping is needed here"),
      ("{a", .nested, "The mapping is not YAML"),
    ] as [(String, TemplateKind, String?)])
  func whatIsWrongIsAnError(template: String, kind: TemplateKind, sentence: String?) throws {
    let trial = try TemplateTrial(kind, variables: Self.variables)
    do {
      let value = try trial.evaluate(template)
      #expect(sentence == nil, "\(value.jsonText)")
    } catch let error as ConnectorError {
      #expect(sentence.map { error.sentence.contains($0) } == true, "\(error.sentence)")
    }
  }

  @Test func anotherNameIsNoVariable() {
    #expect(throws: ConnectorError.self) { try TemplateTrial(.string, variables: ["stream_interval": [:]]) }
  }

  // MARK: Places

  private static func connector(_ config: JSONObject) async throws -> (PreparedConnector, OfflineRuntime) {
    let manifest = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../../manifests/bookshop/manifest.yaml"),
      encoding: .utf8)
    var input = ConnectorInput()
    input.config = config
    let offline = OfflineRuntime(now: { 1_748_736_000_000_000 }, secrets: NoSecrets(), environment: [:])
    let source = ManifestSource.text(Array(manifest.utf8), name: "manifest.yaml")
    return (try await PreparedConnector.load(source, input, runtime: offline.runtime), offline)
  }

  private static let config: JSONObject = ["base_url": "http://shop", "token": "t", "start_date": "2024-10-01T00:00:00Z"]

  private static func value(_ path: String, _ template: String? = nil, given: JSONObject = [:]) async throws -> JSONValue {
    let (connector, offline) = try await connector(config)
    let site = try TemplateSite(path, in: connector.manifest)
    let node = try template.map(site.kind.template) ?? site.node
    let context = try await SiteContext(site, of: connector, in: offline, given: given).evaluation(for: node)
    return try TemplateTrial(site, as: nil, in: context).evaluate(node)
  }

  @Test(
    arguments: [
      ("streams[0].retriever.requester.url_base", nil, [:], "http://shop/v1"),
      ("streams[orders].incremental_sync.start_datetime", nil, [:], "2024-10-01T00:00:00Z"),
      ("streams[orders].retriever.requester.path", "{{ stream_interval.start_time }}", [:], "2024-10-01T00:00:00Z"),
      ("streams[orders].retriever.requester.path", "{{ stream_slice['end_time'] }}", [:], "2024-12-31T23:59:59Z"),
      ("streams[orders].retriever.requester.path", "{{ next_page_token }}", [:], nil),
      ("streams[books].retriever.requester.path", nil, ["stream_slice": ["author_id": 7]], "/authors/7/books"),
      ("streams[books].retriever.paginator.pagination_strategy.stop_condition", nil, ["response": ["next": "x"]], false),
      ("streams[books].transformations[0].fields[0].value", nil, ["stream_slice": ["author_id": 7]], 7),
    ] as [(String, String?, JSONObject, JSONValue)])
  func aPlaceHasItsVariables(path: String, template: String?, given: JSONObject, expected: JSONValue) async throws {
    #expect(try await Self.value(path, template, given: given) == expected)
  }

  @Test(
    arguments: [
      ("streams[books].retriever.requester.path", nil, "The first slice of the stream comes from the API"),
      ("streams[books].retriever.paginator.pagination_strategy.cursor_value", nil, "`response` has a value only during a run"),
      ("streams[orders].retriever.requester.path", "{{ record.id }}", "`record` is not available here"),
      ("streams[order].name", nil, "There is nothing named `order` in `streams`; did you mean `orders`?"),
      ("streams[9].name", nil, "There is no element 9 in `streams`, which has 3"),
      ("streams[0].retrievr", nil, "There is no `retrievr` in `streams[0]`; did you mean `retriever`?"),
      ("streams[0].name", nil, "`name` of `DeclarativeStream` is used as it is"),
      ("streams[0].retriever", nil, "is a component: name one of its properties"), ("", nil, "is a component"),
      ("streams[0].retriever.paginator.pagination_strategy.page_size", nil, "is an integer, which is used as it is"),
      ("streams[0", nil, "is not closed"), ("streams..x", nil, "is not a path"),
    ] as [(String, String?, String)])
  func whatCannotBeEvaluatedIsSaid(path: String, template: String?, sentence: String) async throws {
    do {
      let value = try await Self.value(path, template)
      Issue.record("\(value.jsonText)")
    } catch let error as ConnectorError {
      #expect(error.sentence.contains(sentence), "\(error.sentence)")
    }
  }
}
