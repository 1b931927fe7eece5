import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import HTTP

/// What values of every kind come to in each part of a request.
@Suite struct FieldValueTests {
  private static let config = #"""
    {"number": 1, "null": null, "flag": true, "text": "a b", "list": [1, "b", true], "lists": [["a", 1], [2.5]], "objects": [{"k": "x y", "v": true}],
     "object": {"a": 1, "b": [true, null]}, "nested": {"a": {"b": [1]}}, "empty": [], "emptyObject": {}, "mixed": [1, [2, 3], {"k": 4}],
     "deep": [[["x"]]], "nulls": [null, 1, [null]], "written": "[{\"k\":\"ü\"}]", "long": [{"n": 12345678901234567890123}]}
    """#

  /// The first eight and objects are as the reference sends them in parameters and forms; so are values without lists and objects in headers.
  @Test(arguments: [
    ("{{ config['number'] }}", ["1"], "1"), ("{{ config['flag'] }}", ["True"], "True"), ("{{ config['text'] }}", ["a b"], "a b"),
    ("{{ config['list'] }}", ["1", "b", "True"], #"[1, "b", true]"#),
    ("{{ config['lists'] }}", ["a", "1", "2.5"], #"[["a", 1], [2.5]]"#),
    ("{{ config['empty'] }}", [], "[]"), ("{{ config['nulls'] }}", ["1"], "[null, 1, [null]]"), ("1,2", ["1,2"], "(1, 2)"),
    ("{{ config['objects'] }}", [#"[{"k": "x y", "v": true}]"#], #"[{"k": "x y", "v": true}]"#),
    ("{{ config['objects'] | tojson }}", [#"[{"k": "x y", "v": true}]"#], #"[{"k": "x y", "v": true}]"#),
    ("{{ config['object'] }}", ["{'a': 1, 'b': [True, None]}"], #"{"a": 1, "b": [true, null]}"#),
    ("{{ config['nested'] }}", ["{'a': {'b': [1]}}"], #"{"a": {"b": [1]}}"#), ("{{ config['emptyObject'] }}", ["{}"], "{}"),
    ("{{ config['mixed'] }}", [#"[1, [2, 3], {"k": 4}]"#], #"[1, [2, 3], {"k": 4}]"#),
    ("{{ config['deep'] }}", [#"[[["x"]]]"#], #"[[["x"]]]"#),
    // JSON that is written stays as it is, in a manifest and in a config.
    (#"[{"k":"x y"}]"#, [#"[{"k":"x y"}]"#], #"[{"k":"x y"}]"#), (#"{"k":  "x"}"#, [#"{"k":  "x"}"#], #"{"k":  "x"}"#),
    ("{{ config['written'] }}", [#"[{"k":"ü"}]"#], #"[{"k":"ü"}]"#), ("[{'k': 1}]", [#"[{"k": 1}]"#], #"[{"k": 1}]"#),
    (#"[["z"]]"#, ["z"], #"[["z"]]"#), ("[1, 2]", ["1", "2"], "[1, 2]"), ("[1, 2", ["[1, 2"], "[1, 2"),
    ("{{ config['long'] }}", [#"[{"n": 12345678901234567890123}]"#], #"[{"n": 12345678901234567890123}]"#),
    ("x={{ config['list'] }}", ["x=[1, 'b', True]"], "x=[1, 'b', True]"),
  ])
  func values(template: String, fields: [String], header: String) async throws {
    let world = TestWorld([.status(200, "{}")])
    let text = JSONValue.string(template).jsonText
    let requester: any Requester = try world.scope(Self.config).build(
      try world.node(
        #"""
        {"type": "HttpRequester", "url": "https://a.test/x", "http_method": "POST", "request_parameters": {"p": \#(text)},
         "request_body_data": {"p": \#(text)}, "request_headers": {"X-P": \#(text)}}
        """#))
    _ = try await requester.send(.whole, token: nil, path: nil, adding: RequestParts())
    let request = try #require(world.transport.requests.first)
    let encoded = fields.map { "p=" + PercentEncoding.quotePlus($0) }.joined(separator: "&")
    #expect(request.url == "https://a.test/x" + (encoded.isEmpty ? "" : "?" + encoded))
    #expect(String(decoding: request.body ?? [], as: UTF8.self) == encoded)
    #expect(request.header("X-P") == header)
  }

  /// What paginators, cursors and partitions put into a request, and a template that gives all parameters at once.
  @Test(arguments: [
    ("1", "p=1", "1"), ("null", "", nil), ("true", "p=True", "True"), ("[]", "", "[]"),
    ("[1, null, [2, \"b\"]]", "p=1&p=2&p=b", "[1, null, [2, \"b\"]]"),
    (#"[{"k": 1}]"#, "p=%5B%7B%22k%22%3A+1%7D%5D", #"[{"k": 1}]"#), (#"{"k": 1}"#, "p=%7B%22k%22%3A+1%7D", #"{"k": 1}"#),
    ("[[[1]]]", "p=%5B%5B%5B1%5D%5D%5D", "[[[1]]]"),
  ])
  func injected(value: String, field: String, header: String?) throws {
    var parts = RequestParts()
    let value = try JSONValue(parsing: value)
    parts.parameters = ["p": value]
    parts.bodyData = ["p": value]
    if header != nil { parts.headers = ["X-P": value] }
    let request = try RequestPreparation.request(method: "POST", url: "https://a.test/x", parts: parts)
    #expect(request.url == "https://a.test/x" + (field.isEmpty ? "" : "?" + field))
    #expect(String(decoding: request.body ?? [], as: UTF8.self) == field)
    #expect(request.header("X-P") == header)
  }

  @Test func aPathTakesTexts() async throws {
    let world = TestWorld([.status(200, "{}")])
    let requester: any Requester = try world.scope(Self.config).build(
      try world.node(
        #"{"type": "HttpRequester", "url_base": "https://a.test", "path": "x/{{ config['list'] }}/{{ config['number'] }}"}"#))
    _ = try await requester.send(.whole, token: nil, path: nil, adding: RequestParts())
    #expect(world.transport.requests.first?.url == "https://a.test/x/%5B1,%20'b',%20True%5D/1")
  }
}
