import Foundation
import JSON
import Jinja
import Testing

@testable import ConnectorModel
@testable import Templating

/// Many readers evaluate templates over one config, one slice and one page: none of them sees what another one does with them.
@Suite struct SharedValuesTests {
  private static let config: JSONObject = [
    "n": .array([]), "a": .int(1), "nested": .object(["list": .array([.int(3), .int(1)]), "deep": .object(["l": .array([])])]),
  ]
  private static let parameters: JSONObject = ["p": .array([.int(1)]), "name": .string("items")]
  private static let slice = StreamSlice(
    partition: ["id": .int(7), "tags": .array([])], cursorSlice: ["start": .string("2024-01-01")],
    extraFields: ["extra": .array([.string("e")])])

  /// What templates give, each time: their own changes and nothing of others.
  private static let expected: [(template: String, result: JSONValue?)] = [
    ("{{ config['n'].append('x') or config['n']|length }}", .int(1)),
    ("{{ config['n'].append(1) or config['n'].append(2) or config['n'].pop() }}", .int(2)),
    ("{{ config.update({'a': 5, 'b': config.n}) or config.a }}", .int(5)),
    ("{{ config.pop('a') }}", .int(1)),
    ("{{ config.nested.list.sort() or config.nested.list }}", .array([.int(1), .int(3)])),
    (
      "{{ config.nested.deep.l.extend(config.nested.list) or config.nested }}",
      .object(["list": .array([.int(3), .int(1)]), "deep": .object(["l": .array([.int(3), .int(1)])])])
    ),
    ("{{ config.setdefault('new', []).append(1) or config.new }}", .array([.int(1)])),
    ("{% set ns = namespace(c=config) %}{% set _ = ns.c.update(loop=ns) %}{{ config|length }}", .int(4)),
    ("{% for x in config.nested.list %}{{ config.n.append(loop) or '' }}{% endfor %}{{ config.n|length }}", .int(2)),
    ("{% macro m() %}x{% endmacro %}{{ config.n.append(m) or config.n[0]() }}", .string("x")),
    ("{% set c = cycler(1, 2) %}{{ config.n.append(c) or config.n[0].next() }}", .int(1)),
    ("{{ config.n.append(config.nested.list|map('int')) or config.n[0]|join('-') }}", .string("3-1")),
    ("{{ parameters['p'].append(2) or parameters['p'] }}", .array([.int(1), .int(2)])),
    ("{{ parameters.update(name='other') or parameters.name }}", .string("other")),
    ("{{ record.pop('tags') }}", .array([.string("t")])),
    ("{{ record.tags.append('u') or record.tags }}", .array([.string("t"), .string("u")])),
    ("{{ response.items.append(3) or response.items }}", nil),
    ("{{ response['items'].append(3) or response['items'] }}", .array([.int(1), .int(2), .int(3)])),
    ("{{ next_page_token.update({'next_page_token': 2}) or next_page_token.next_page_token }}", .int(2)),
    ("{{ stream_slice.partition.update({'id': 8}) }}", nil),
    ("{{ stream_partition.tags.append(1) }}", nil),
    ("{{ stream_slice.extra_fields.extra.append(1) }}", nil),
    ("{{ headers.update({'a': 1}) }}", nil),
    ("{{ config }}", .object(config)),
    ("{{ parameters }}", .object(parameters)),
    (
      "{{ [stream_slice.partition, stream_interval.cursor_slice, stream_slice.extra_fields] }}",
      .array([.object(slice.partition), .object(slice.cursorSlice), .object(slice.extraFields)])
    ),
  ]

  @Test func twentyReadersChangeWhatTheyShare() async throws {
    let templates = Self.expected.map { (InterpolatedString($0.template, parameters: Self.parameters), $0) }
    let document = try JSONDocument(parsing: Array(#"{"items": [1, 2], "tags": ["t"], "id": 1}"#.utf8))
    let response = HTTPResponse(status: 200, headers: [("A", "b")], body: Data(), url: "http://example/")
    let context = EvaluationContext(
      config: Value(JSONValue.object(Self.config)), record: Value(document.root), slice: Self.slice,
      bindings: [
        ("response", Value(document.root)), (.headers, response.headersValue),
        (.nextPageToken, Value.dictionary(["next_page_token": .int(1)])),
      ])
    let wrong = await withTaskGroup(of: [String].self) { group in
      for reader in 0..<20 {
        group.addTask {
          var wrong: [String] = []
          for turn in 0..<100 {
            let (template, expected) = templates[(reader + turn) % templates.count]
            for (template, expected) in [(template, expected)] + (turn % 10 == 0 ? templates : []) {
              let result = (try? template.evaluate(context)).map { JSONValue($0) }
              if result != expected.result { wrong.append("\(expected.template) gives \(String(describing: result))") }
            }
          }
          return wrong
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(wrong.isEmpty, "\(Set(wrong).sorted())")
  }

  /// A list that a manifest writes down is one value for all who read it.
  @Test func aConstantIsShared() throws {
    let constant = try InterpolatedString("[1, 2]").evaluate(EvaluationContext(config: .emptyDict))
    let context = EvaluationContext(config: constant)
    for _ in 0..<2 {
      #expect(JSONValue(try InterpolatedString("{{ config.pop() }}").evaluate(context)) == .int(2))
    }
  }

  @Test func aSliceCannotBeChanged() throws {
    let context = EvaluationContext(config: .emptyDict, slice: Self.slice)
    let error = #expect(throws: ConnectorError.self) {
      try InterpolatedString("{{ stream_slice.partition.update({'id': 8}) }}").evaluate(context)
    }
    #expect(error?.message.contains("A template cannot change this dict") == true)
  }
}
