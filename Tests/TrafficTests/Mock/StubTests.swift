import ConnectorModel
import Foundation
import JSON
import Testing

@testable import Traffic

/// Stubs in the forms of MockServer and of WireMock.
@Suite struct StubTests {
  private static func board(_ text: String, time: @escaping @Sendable () -> Int64 = { 0 }) throws -> StubBoard {
    let board = StubBoard(now: time)
    let node = try SourceNode(parsing: Array(text.utf8), name: "stubs.json")
    if node["request"] != nil || node["mappings"] != nil {
      board.add(try WireMockMappings { _ in Array("from a file".utf8) }.stubs(in: node))
    } else {
      board.add(try MockServerExpectations(now: time()).stubs(in: node))
    }
    return board
  }

  private static func request(_ line: String, headers: [(name: String, value: String)] = [], body: String = "") -> MockRequest {
    let words = line.split(separator: " ")
    return MockRequest(
      method: String(words[0]), url: "http://127.0.0.1:1" + words[1], headers: headers, body: Array(body.utf8))
  }

  @Test func theFileOfTheReferencesDocumentationWorks() async throws {
    let board = try Self.board(
      #"[{"httpRequest": {"method": "GET", "path": "/data"}, "httpResponse": {"body": "{\"data\": [{\"record_key\": 1}, {\"record_key\": 2}]}"}}]"#
    )
    let answer = try #require(await board.answer(Self.request("GET /data")))
    #expect(answer.status == 200)
    #expect(try JSONValue(parsing: answer.body)["data"]?[1]?["record_key"] == 2)
    #expect(await board.answer(Self.request("POST /data")) == nil)
  }

  @Test(arguments: [
    (#"{"method": "POST"}"#, "POST /x", "", true),
    (#"{"method": "!POST"}"#, "POST /x", "", false),
    (#"{"path": "/users/[0-9]+"}"#, "GET /users/12", "", true),
    (#"{"path": "/users/[0-9]+"}"#, "GET /users/12/x", "", false),
    (#"{"path": {"type": "string", "pattern": "^/a"}}"#, "GET /abc", "", true),
    (#"{"path": "/users/{id}", "pathParameters": {"id": ["[0-9]+"]}}"#, "GET /users/7", "", true),
    (#"{"path": "/users/{id}", "pathParameters": {"id": ["[0-9]+"]}}"#, "GET /users/x", "", false),
    (#"{"queryStringParameters": {"page": ["2"]}}"#, "GET /x?size=1&page=2", "", true),
    (#"{"queryStringParameters": {"page": ["2"]}}"#, "GET /x?page=3", "", false),
    (#"{"queryStringParameters": {"!page": [".*"]}}"#, "GET /x?page=3", "", false),
    (#"{"queryStringParameters": {"!page": [".*"]}}"#, "GET /x", "", true),
    (#"{"queryStringParameters": {"?page": ["2"]}}"#, "GET /x", "", true),
    (#"{"queryStringParameters": [{"name": "p.*", "values": ["[0-9]"]}]}"#, "GET /x?page=3", "", true),
    (#"{"headers": {"x-token": ["sesame"]}}"#, "GET /x", "", true),
    (#"{"headers": {"X-Other": ["sesame"]}}"#, "GET /x", "", false),
    (#"{"cookies": {"session": "abc"}}"#, "GET /x", "", true),
    (#"{"cookies": {"session": "other"}}"#, "GET /x", "", false),
    (#"{"body": "plain"}"#, "POST /x", "plain", true),
    (#"{"body": {"type": "STRING", "string": "lai", "subString": true}}"#, "POST /x", "plain", true),
    (#"{"body": {"type": "REGEX", "regex": "p.*n"}}"#, "POST /x", "plain", true),
    (#"{"body": {"type": "REGEX", "regex": "p"}}"#, "POST /x", "plain", false),
    (#"{"body": {"a": 1}}"#, "POST /x", #"{"a": 1, "b": 2}"#, true),
    (#"{"body": {"type": "JSON", "json": {"a": [2, 1]}}}"#, "POST /x", #"{"a": [1, 2], "b": 2}"#, true),
    (#"{"body": {"type": "JSON", "json": "{\"a\": 1}", "matchType": "STRICT"}}"#, "POST /x", #"{"a": 1, "b": 2}"#, false),
    (#"{"body": {"type": "JSON", "json": {"a": "${json-unit.any-number}"}}}"#, "POST /x", #"{"a": 4}"#, true),
    (#"{"body": {"type": "JSON_SCHEMA", "jsonSchema": {"type": "object", "required": ["a"]}}}"#, "POST /x", #"{"b": 2}"#, false),
    (#"{"body": {"type": "JSON_PATH", "jsonPath": "$.items[?(@.price > 5)]"}}"#, "POST /x", #"{"items": [{"price": 9}]}"#, true),
    (#"{"body": {"type": "JSON_PATH", "jsonPath": "$..price"}}"#, "POST /x", #"{"items": [{"cost": 9}]}"#, false),
    (#"{"body": {"type": "BINARY", "base64Bytes": "cGxhaW4="}}"#, "POST /x", "plain", true),
    (#"{"body": {"not": true, "type": "STRING", "string": "plain"}}"#, "POST /x", "plain", false),
    (#"{"not": true, "path": "/x"}"#, "GET /x", "", false),
  ])
  func anExpectationMatches(httpRequest: String, line: String, body: String, isMatch: Bool) async throws {
    let board = try Self.board(#"{"httpRequest": \#(httpRequest), "httpResponse": {}}"#)
    let request = Self.request(line, headers: [("X-Token", "sesame"), ("Cookie", "a=b; session=abc")], body: body)
    #expect((await board.answer(request) != nil) == isMatch)
  }

  @Test func jsonIsComparedWhateverItsTypeSays() async throws {
    let board = try Self.board(#"[{"httpRequest": {"body": {"a": 1}}, "httpResponse": {}}]"#)
    let headers = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
    #expect(await board.answer(Self.request("POST /x", headers: headers, body: #"{"a": 1}"#)) != nil)
    #expect(await board.answer(Self.request("POST /x", headers: headers, body: "a=1")) == nil)
  }

  @Test func aFormIsComparedByItsFields() async throws {
    let board = try Self.board(
      #"{"httpRequest": {"body": {"type": "PARAMETERS", "parameters": {"grant": ["code|token"]}}}, "httpResponse": {}}"#)
    let form = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
    #expect(await board.answer(Self.request("POST /x", headers: form, body: "a=1&grant=token")) != nil)
    #expect(await board.answer(Self.request("POST /x", headers: form, body: "a=1&grant=other")) == nil)
  }

  @Test func timesPrioritiesAndLifetimesCount() async throws {
    let clock = SkippingClock { 0 }
    let board = try Self.board(
      """
      [{"httpRequest": {}, "httpResponse": {"statusCode": 200}},
       {"priority": 1, "httpRequest": {}, "httpResponse": {"statusCode": 201}, "times": {"remainingTimes": 1}},
       {"priority": 2, "httpRequest": {}, "httpResponse": {"statusCode": 202}, "timeToLive": {"timeUnit": "SECONDS", "timeToLive": 5}}]
      """, time: { clock.now })
    #expect(await board.answer(Self.request("GET /"))?.status == 202)
    try await clock.sleep(6)
    #expect(await board.answer(Self.request("GET /"))?.status == 201)
    #expect(await board.answer(Self.request("GET /"))?.status == 200)
  }

  @Test func anAnswerIsAsItIsWritten() async throws {
    let board = try Self.board(
      """
      {"httpRequest": {}, "httpResponse": {"statusCode": 418, "reasonPhrase": "Teapot", "headers": {"X-A": ["1", "2"]},
       "cookies": {"c": "d"}, "body": {"type": "JSON", "json": {"k": 1}}, "delay": {"timeUnit": "MILLISECONDS", "value": 250},
       "connectionOptions": {"closeSocket": true, "contentLengthHeaderOverride": 99}}}
      """)
    let answer = try #require(await board.answer(Self.request("GET /")))
    #expect(answer.status == 418 && answer.reason == "Teapot" && answer.delay == 0.25)
    #expect(
      answer.headers.map { "\($0.name): \($0.value)" } == [
        "X-A: 1", "X-A: 2", "Set-Cookie: c=d", "Content-Type: application/json",
      ])
    #expect(answer.closesConnection && answer.announcedLength == 99)
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"k":1}"#)
  }

  @Test(arguments: [
    (#"{"httpRequest": {"path": "/x"}}"#, "stubs.json:1: An expectation needs one of `httpResponse` and `httpError`"),
    (
      "{\n\"httpRequest\": {\n\"pth\": \"/x\"},\n\"httpResponse\": {}}",
      "stubs.json:3: An `httpRequest` has `pth`, which this mock does not know"
    ),
    (
      "[{\"httpRequest\": {},\n \"httpForward\": {\"host\": \"x\"}}]",
      "stubs.json:2: This mock has no `httpForward`: give an `httpResponse` or an `httpError`"
    ),
    (
      "{\"httpRequest\": {\"body\":\n {\"type\": \"XPATH\", \"xpath\": \"/a\"}}, \"httpResponse\": {}}",
      "stubs.json:2: This mock does not compare XML: use a body of the type STRING or REGEX"
    ),
    ("{\"request\": {\"urlPathPattern\":\n\"[\"}, \"response\": {}}", "stubs.json:2: This is not a regular expression"),
    ("{\"request\": {}, \"response\": {\"status\":\n\"ok\"}}", "stubs.json:2: `status` should be a whole number"),
  ])
  func whatCannotBeUsedIsAnErrorWithItsLine(text: String, message: String) throws {
    let error = #expect(throws: StubError.self) { try Self.board(text) }
    #expect(error.map { "\($0)" } == message)
  }

  // MARK: WireMock

  @Test(arguments: [
    (#"{"url": "/x?a=1"}"#, "GET /x?a=1", "", true), (#"{"urlPath": "/x"}"#, "GET /x?a=1", "", true),
    (#"{"urlPathPattern": "/[a-z]"}"#, "GET /x", "", true), (#"{"urlPattern": "/x\\?a=[0-9]"}"#, "GET /x?a=12", "", false),
    (#"{"urlPathTemplate": "/u/{id}", "pathParameters": {"id": {"equalTo": "1"}}}"#, "GET /u/1", "", true),
    (#"{"queryParameters": {"a": {"matches": "[0-9]+"}}}"#, "GET /x?a=12", "", true),
    (#"{"queryParameters": {"a": {"absent": true}}}"#, "GET /x?a=12", "", false),
    (#"{"queryParameters": {"a": {"doesNotMatch": "1.*"}}}"#, "GET /x?a=12", "", false),
    (#"{"headers": {"x-token": {"equalTo": "SESAME", "caseInsensitive": true}}}"#, "GET /x", "", true),
    (#"{"cookies": {"session": {"contains": "b"}}}"#, "GET /x", "", true),
    (#"{"basicAuth": {"username": "u", "password": "p"}}"#, "GET /x", "", false),
    (#"{"bodyPatterns": [{"equalToJson": "{\"a\": 1}"}]}"#, "POST /x", #"{"a": 1.0}"#, true),
    (#"{"bodyPatterns": [{"equalToJson": {"a": 1}}]}"#, "POST /x", #"{"a": 1, "b": 1}"#, false),
    (#"{"bodyPatterns": [{"equalToJson": {"a": 1}, "ignoreExtraElements": true}]}"#, "POST /x", #"{"a": 1, "b": 1}"#, true),
    (#"{"bodyPatterns": [{"matchesJsonPath": "$.a[?(@.b == 'c')]"}]}"#, "POST /x", #"{"a": [{"b": "c"}]}"#, true),
    (#"{"bodyPatterns": [{"matchesJsonPath": {"expression": "$.a", "equalTo": "x"}}]}"#, "POST /x", #"{"a": "y"}"#, false),
    (#"{"bodyPatterns": [{"contains": "ai"}, {"matches": "p.*"}]}"#, "POST /x", "plain", true),
    (#"{"bodyPatterns": [{"or": [{"equalTo": "a"}, {"contains": "ain"}]}]}"#, "POST /x", "plain", true),
    (#"{"bodyPatterns": [{"not": {"contains": "ain"}}]}"#, "POST /x", "plain", false),
  ])
  func aMappingMatches(request: String, line: String, body: String, isMatch: Bool) async throws {
    let board = try Self.board(#"{"request": \#(request), "response": {}}"#)
    let asked = Self.request(line, headers: [("X-Token", "sesame"), ("Cookie", "session=abc")], body: body)
    #expect((await board.answer(asked) != nil) == isMatch)
  }

  @Test func scenariosAndPrioritiesCount() async throws {
    let board = try Self.board(
      """
      {"mappings": [
        {"request": {"urlPath": "/a"}, "response": {"status": 200}, "scenarioName": "s", "requiredScenarioState": "Started",
         "newScenarioState": "seen"},
        {"request": {"urlPath": "/a"}, "response": {"status": 409}, "scenarioName": "s", "requiredScenarioState": "seen"},
        {"request": {}, "response": {"status": 404}, "priority": 10}]}
      """)
    #expect(await board.answer(Self.request("GET /a"))?.status == 200)
    #expect(await board.answer(Self.request("GET /a"))?.status == 409)
    #expect(await board.answer(Self.request("GET /b"))?.status == 404)
  }

  @Test(arguments: [
    (#"{"jsonBody": {"a": 1}}"#, #"{"a":1}"#), (#"{"body": "text"}"#, "text"), (#"{"base64Body": "dGV4dA=="}"#, "text"),
    (#"{"bodyFileName": "a.txt"}"#, "from a file"),
  ])
  func aMappingAnswers(response: String, body: String) async throws {
    let board = try Self.board(#"{"request": {}, "response": \#(response)}"#)
    #expect(await board.answer(Self.request("GET /"))?.body == Array(body.utf8))
  }

  @Test(arguments: [
    ("EMPTY_RESPONSE", MockAnswer.Damage.noAnswer), ("RANDOM_DATA_THEN_CLOSE", .bytes(Array("neither a head nor a body".utf8))),
  ])
  func aMappingBreaks(fault: String, damage: MockAnswer.Damage) async throws {
    let board = try Self.board(#"{"request": {}, "response": {"fault": "\#(fault)", "fixedDelayMilliseconds": 1500}}"#)
    let answer = await board.answer(Self.request("GET /"))
    #expect(answer?.damage == damage && answer?.delay == 1.5)
  }

  // MARK: Control

  @Test func aClientControlsTheMock() async throws {
    let board = StubBoard(now: { 0 })
    let api = MockAPIs([MockServerControl(board, port: 1080, stop: {}), board])
    func put(_ command: String, _ body: String = "") async -> MockAnswer? {
      await api.answer(Self.request("PUT /mockserver/\(command)", body: body))
    }
    #expect(await put("status").map { String(decoding: $0.body, as: UTF8.self) } == #"{"ports":[1080]}"#)
    #expect(
      await put("expectation", #"{"id": "one", "httpRequest": {"path": "/a"}, "httpResponse": {"body": "A"}}"#)?.status == 201)
    #expect(await api.answer(Self.request("GET /a?x=1"))?.body == Array("A".utf8))
    #expect(await put("verify", #"{"httpRequest": {"path": "/a"}, "times": {"atLeast": 1, "atMost": 1}}"#)?.status == 202)
    #expect(await put("verify", #"{"httpRequest": {"path": "/a"}, "times": {"atLeast": 2}}"#)?.status == 406)
    #expect(await put("verify", #"{"httpRequest": {"path": "/b"}}"#)?.status == 406)
    _ = await api.answer(Self.request("GET /b"))
    #expect(await put("verifySequence", #"{"httpRequests": [{"path": "/a"}, {"path": "/b"}]}"#)?.status == 202)
    #expect(await put("verifySequence", #"{"httpRequests": [{"path": "/b"}, {"path": "/a"}]}"#)?.status == 406)
    let requests = try JSONValue(parsing: await put("retrieve?type=REQUESTS", #"{"path": "/a"}"#)?.body ?? [])
    #expect(requests[0]?["queryStringParameters"]?["x"] == ["1"] && requests.count == 1)
    let active = try JSONValue(parsing: await put("retrieve?type=ACTIVE_EXPECTATIONS")?.body ?? [])
    #expect(active[0]?["id"] == "one")
    #expect(await put("clear", #"{"path": "/a"}"#)?.status == 200)
    #expect(await api.answer(Self.request("GET /a")) == nil)
    #expect(await put("reset")?.status == 200)
    #expect(try JSONValue(parsing: await put("retrieve")?.body ?? []) == [])
    #expect(await put("expectation", #"{"httpRequest": "x"}"#)?.status == 400)
  }
}
