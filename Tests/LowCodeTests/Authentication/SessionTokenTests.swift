import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components

@Suite struct SessionTokenTests {
  static func manifest(_ authentication: String, _ extra: String = "") -> String {
    #"""
    {"type": "SessionTokenAuthenticator", "session_token_path": ["data", "token"],
     "request_authentication": \#(authentication)\#(extra),
     "login_requester": {"type": "HttpRequester", "url_base": "https://a.test", "path": "login", "http_method": "POST",
      "authenticator": {"type": "BasicHttpAuthenticator", "username": "{{ config['id'] }}"},
      "request_body_json": {"user": "{{ config['id'] }}"}}}
    """#
  }

  static let bearer = #"{"type": "Bearer"}"#
  static func answer(_ token: String) -> ScriptedTransport.Answer { .status(200, #"{"data": {"token": \#(token)}}"#) }

  @Test(arguments: [
    (bearer, ["Authorization": "Bearer s1"]),
    (#"{"type": "ApiKey", "inject_into": {"type": "RequestOption", "inject_into": "header", "field_name": "X"}}"#, ["X": "s1"]),
    (
      #"{"type": "ApiKey", "api_token": "Token {{ session_token }} of {{ config['id'] }}", "#
        + #""inject_into": {"type": "RequestOption", "inject_into": "header", "field_name": "X"}}"#, ["X": "Token s1 of me"]
    ),
  ])
  func sendsTheSessionsToken(authentication: String, expected: [String: String]) async throws {
    let world = TestWorld([Self.answer(#""s1""#)])
    #expect(try await world.authenticator(Self.manifest(authentication)).headers() == expected)
    #expect(world.transport.lines == [#"POST https://a.test/login {"user": "me"}"#])
    #expect(world.transport.requests[0].header("Authorization") == "Basic bWU6")
    #expect(world.secrets.contains("s1"))
  }

  /// The tokens of three requests, half an hour between each.
  @Test(arguments: [
    ("", ["s1", "s2", "s3"]), (#", "expiration_duration": "PT45M""#, ["s1", "s1", "s2"]),
    (#", "expiration_duration": "P1D""#, ["s1", "s1", "s1"]), (#", "expiration_duration": "PT30M""#, ["s1", "s1", "s2"]),
  ])
  func logsInAgainWhenTheSessionEnds(extra: String, expected: [String]) async throws {
    let world = TestWorld([Self.answer(#""s1""#), Self.answer(#""s2""#), Self.answer(#""s3""#)])
    let authenticator = try world.authenticator(Self.manifest(Self.bearer, extra))
    for token in expected {
      #expect(try await authenticator.headers() == ["Authorization": "Bearer \(token)"])
      world.pass(seconds: 1_800)
    }
  }

  @Test func logsInOnceHoweverManyWait() async throws {
    let world = TestWorld([Self.answer(#""s1""#)])
    let authenticator = try world.authenticator(Self.manifest(Self.bearer, #", "expiration_duration": "PT1H""#))
    try await withThrowingTaskGroup(of: [String: String].self) { group in
      for _ in 0..<20 { group.addTask { try await authenticator.headers() } }
      for try await headers in group { #expect(headers == ["Authorization": "Bearer s1"]) }
    }
    #expect(world.transport.requests.count == 1)
  }

  @Test(arguments: [
    (ScriptedTransport.Answer.status(200, "{}"), FailureType.system), (answer("null"), .system),
    (.status(200, "no JSON"), .system),
    (.status(401, "{}"), .config),
  ])
  func failsWithoutAToken(answer: ScriptedTransport.Answer, expected: FailureType) async throws {
    let authenticator = try TestWorld([answer]).authenticator(Self.manifest(Self.bearer))
    #expect(await connectorError { _ = try await authenticator.headers() }?.failureType == expected)
  }

  @Test func repeatsALoginThatMayPass() async throws {
    let world = TestWorld([.status(503, ""), Self.answer(#""s1""#)])
    #expect(try await world.authenticator(Self.manifest(Self.bearer)).headers() == ["Authorization": "Bearer s1"])
    #expect(world.sleeps == [1])
  }

  @Test func refusesADurationThatIsNone() async {
    let manifest = Self.manifest(Self.bearer, #", "expiration_duration": "an hour""#)
    #expect(await connectorError { _ = try TestWorld([]).authenticator(manifest) }?.failureType == .system)
  }
}

@Suite struct LegacySessionTokenTests {
  static let manifest = #"""
    {"type": "LegacySessionTokenAuthenticator", "header": "X-Session", "login_url": "session",
     "validate_session_url": "user/current",
     "session_token_response_key": "id", "session_token": "{{ config['token'] }}", "username": "{{ config['user'] }}",
     "password": "{{ config['password'] }}"}
    """#

  @Test(arguments: [
    (#"{"token": "given"}"#, [ScriptedTransport.Answer.status(200, "{}")], "given", ["GET https://a.test/api/user/current"]),
    (
      #"{"token": "given", "user": "me", "password": "p"}"#, [.status(401, "{}"), .status(200, #"{"id": "s1"}"#)], "s1",
      ["GET https://a.test/api/user/current", #"POST https://a.test/api/session {"username": "me", "password": "p"}"#]
    ),
    (
      #"{"user": "me", "password": "p"}"#, [.status(200, #"{"id": "s1"}"#)], "s1",
      [#"POST https://a.test/api/session {"username": "me", "password": "p"}"#]
    ),
  ])
  func findsAToken(config: String, answers: [ScriptedTransport.Answer], expected: String, requests: [String]) async throws {
    let world = TestWorld(answers)
    let authenticator = try world.authenticator(Self.manifest, config: config, urlBase: "https://a.test/api/")
    #expect(try await authenticator.headers() == ["X-Session": expected])
    #expect(world.transport.lines == requests)
    #expect(world.secrets.contains(expected))
  }

  @Test func keepsALoginForADay() async throws {
    let world = TestWorld([.status(200, #"{"id": "s1"}"#), .status(200, #"{"id": "s2"}"#)])
    let authenticator = try world.authenticator(
      Self.manifest, config: #"{"user": "me", "password": "p"}"#, urlBase: "https://a.test/")
    for (seconds, token) in [(0.0, "s1"), (86_399, "s1"), (1, "s2")] {
      world.pass(seconds: seconds)
      #expect(try await authenticator.headers() == ["X-Session": token])
    }
  }

  @Test(arguments: [
    ("{}", []), (#"{"token": "given"}"#, [ScriptedTransport.Answer.status(401, "{}")]),
    (#"{"token": "given"}"#, [.status(500, "{}")]),
    (#"{"token": "given"}"#, [.lost(.timedOut)]), (#"{"user": "me", "password": "p"}"#, [.status(403, "{}")]),
    (#"{"user": "me", "password": "p"}"#, [.status(200, "{}")]),
  ])
  func failsWithoutAToken(config: String, answers: [ScriptedTransport.Answer]) async throws {
    let world = TestWorld(answers)
    let authenticator = try world.authenticator(Self.manifest, config: config, urlBase: "https://a.test/")
    #expect(await connectorError { _ = try await authenticator.headers() }?.failureType == .system)
    #expect(world.transport.requests.count == answers.count)
  }
}

@Suite struct SelectiveAuthenticatorTests {
  static let manifest = #"""
    {"type": "SelectiveAuthenticator", "authenticator_selection_path": ["auth", "type"], "authenticators": {
      "token": {"type": "BearerAuthenticator", "api_token": "b"},
      "1": {"type": "ApiKeyAuthenticator", "api_token": "k",
        "inject_into": {"type": "RequestOption", "inject_into": "header", "field_name": "X"}},
      "later": {"type": "LaterAuthenticator"}}}
    """#

  @Test(arguments: [
    (#"{"auth": {"type": "token"}}"#, ["Authorization": "Bearer b"]), (#"{"auth": {"type": 1}}"#, ["X": "k"]),
  ])
  func takesTheChosenOne(config: String, expected: [String: String]) async throws {
    #expect(try await TestWorld([]).authenticator(Self.manifest, config: config).headers() == expected)
  }

  @Test(arguments: [("{}", false), (#"{"auth": {"type": "none"}}"#, false), (#"{"auth": {"type": "later"}}"#, true)])
  func failsWithoutAChoice(config: String, isUnsupported: Bool) async {
    let error = await connectorError { _ = try TestWorld([]).authenticator(Self.manifest, config: config) }
    #expect(error?.isUnsupported == isUnsupported)
    #expect(isUnsupported || error?.failureType == .system)
  }
}
