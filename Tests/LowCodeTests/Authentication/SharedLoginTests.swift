import AirbyteProtocol
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

/// Streams whose authenticators come to the same share one login.
@Suite struct SharedLoginTests {
  private static let oauth = #"""
    {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "client_id": "{{ config['id'] }}",
     "client_secret": "{{ config['secret'] }}", "refresh_token": "{{ config['refresh'] }}"
    """#
  private static let session = #"""
    {"type": "SessionTokenAuthenticator", "session_token_path": ["token"], "expiration_duration": "PT1H",
     "login_requester": {"type": "HttpRequester", "url": "https://a.test/login", "http_method": "POST", "request_body_json": {"u": "{{ config['id'] }}"}}
    """#
  private static let legacy = #"""
    {"type": "LegacySessionTokenAuthenticator", "header": "X-Session", "login_url": "login", "validate_session_url": "valid",
     "username": "{{ config['id'] }}", "password": "{{ config['secret'] }}", "session_token_response_key": "token"
    """#
  private static let assertion = #"""
    {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "use_profile_assertion": true, "client_id": "x",
     "client_secret": "y", "profile_assertion": {"type": "JwtAuthenticator", "secret_key": "{{ config['secret'] }}", "algorithm": "HS256"}
    """#
  private static let bearer = #", "request_authentication": {"type": "Bearer"}"#
  private static let apiKey = #"""
    , "request_authentication": {"type": "ApiKey", "inject_into": {"type": "RequestOption", "inject_into": "header", "field_name": "X-Key"}}
    """#

  private static func answer(_ number: Int) -> ScriptedTransport.Answer {
    .status(200, #"{"access_token": "t\#(number)", "token": "t\#(number)", "expires_in": 3600}"#)
  }

  /// Builds each definition as a stream of its own does, in one run.
  private func build(_ definitions: [String], _ world: TestWorld) throws -> [any Authenticator] {
    let scope = try world.scope().entering(ExchangeScope(requester: TestWorld.requester("https://a.test/")))
    return try definitions.map { try scope.build(world.node($0)) }
  }

  private func useAtOnce(_ authenticators: [any Authenticator]) async -> [String?] {
    await withTaskGroup(of: (Int, String?).self) { group in
      for (index, authenticator) in authenticators.enumerated() {
        group.addTask { (index, try? await authenticator.headers().values.first) }
      }
      var found = [String?](repeating: nil, count: authenticators.count)
      for await (index, header) in group { found[index] = header }
      return found
    }
  }

  @Test(
    "Twenty streams, one login", arguments: [oauth + "}", session + bearer + "}", legacy + "}", assertion + "}"])
  func twenty(definition: String) async throws {
    let world = TestWorld([Self.answer(1), Self.answer(2)])
    let authenticators = try build(Array(repeating: definition, count: 20), world)
    let headers = await useAtOnce(authenticators)
    #expect(Set(headers).count == 1)
    #expect(headers.first??.hasSuffix("t1") == true)
    _ = await useAtOnce(authenticators)
    #expect(world.transport.requests.count == 1)
  }

  @Test(
    "The same in other words is the same",
    arguments: [
      (oauth + "}", oauth.replacing("{{ config['id'] }}", with: "me") + "}"),
      (
        oauth + "}",
        oauth.replacing("{{ config['id'] }}", with: "{{ parameters['client'] }}")
          + #", "$parameters": {"client": "me", "stream": "b"}}"#
      ),
      (oauth + #", "$parameters": {"stream": "a"}}"#, oauth + #", "$parameters": {"stream": "b"}}"#),
      (oauth + #", "scopes": ["a"]}"#, #"{"scopes": ["a"], "# + oauth.dropFirst() + "}"),
      (session + bearer + "}", session + apiKey + "}"),
      (
        oauth + "}",
        #"{"type": "SelectiveAuthenticator", "authenticator_selection_path": ["id"], "authenticators": {"me": \#(oauth)}}}"#
      ),
    ])
  func equal(one: String, other: String) async throws {
    let world = TestWorld([Self.answer(1), Self.answer(2)])
    let headers = await useAtOnce(try build([one, other], world))
    #expect(headers.allSatisfy { $0?.hasSuffix("t1") == true })
    #expect(world.transport.requests.count == 1)
  }

  @Test(
    "Other credentials are another login",
    arguments: [
      (oauth + "}", oauth.replacing("{{ config['id'] }}", with: "you") + "}"),
      (
        oauth.replacing("{{ config['id'] }}", with: "{{ parameters['c'] }}") + #", "$parameters": {"c": "a"}}"#,
        oauth.replacing("{{ config['id'] }}", with: "{{ parameters['c'] }}") + #", "$parameters": {"c": "b"}}"#
      ),
      (oauth + "}", oauth + #", "scopes": ["a"]}"#), (oauth + "}", oauth + #", "refresh_request_headers": {"X-Tenant": "a"}}"#),
      (oauth + "}", oauth.replacing("a.test", with: "b.test") + "}"),
      (oauth + "}", oauth + #", "refresh_request_body": {"tenant": "1"}}"#),
      (session + bearer + "}", session.replacing("{{ config['id'] }}", with: "you") + bearer + "}"),
      (session + bearer + "}", session.replacing("PT1H", with: "PT2H") + bearer + "}"),
      (legacy + "}", legacy.replacing("{{ config['id'] }}", with: "you") + "}"),
      (assertion + "}", assertion.replacing("{{ config['secret'] }}", with: "another") + "}"),
      (oauth + "}", assertion + "}"),
    ])
  func different(one: String, other: String) async throws {
    let world = TestWorld([Self.answer(1), Self.answer(2), Self.answer(3)])
    let headers = await useAtOnce(try build([one, other], world))
    #expect(Set(headers).count == 2)
    #expect(world.transport.requests.count == 2)
  }

  @Test("A refused token is renewed once for all")
  func renewal() async throws {
    let world = TestWorld([Self.answer(1), Self.answer(2), Self.answer(3)])
    let authenticators = try build(Array(repeating: Self.oauth + "}", count: 20), world)
    _ = await useAtOnce(authenticators)
    let refused = HTTPRequest(method: "GET", url: "https://a.test/x", headers: [("Authorization", "Bearer t1")])
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for authenticator in authenticators { group.addTask { try await authenticator.refresh(after: refused) } }
      for try await isRenewed in group { #expect(isRenewed) }
    }
    #expect(world.transport.requests.count == 2)
    #expect(await useAtOnce(authenticators).allSatisfy { $0 == "Bearer t2" })
  }

  @Test("Refresh tokens for one use are used once")
  func singleUse() async throws {
    let updater =
      #", "refresh_token_updater": {"refresh_token_config_path": ["refresh"], "access_token_config_path": ["access"], "token_expiry_date_config_path": ["expiry"]}}"#
    let world = TestWorld([.status(200, #"{"access_token": "t1", "refresh_token": "r2", "expires_in": 3600}"#)])
    let authenticators = try build(Array(repeating: Self.oauth + updater, count: 20), world)
    #expect(await useAtOnce(authenticators).allSatisfy { $0 == "Bearer t1" })
    #expect(world.transport.requests.count == 1)
  }

  @Test(
    "A login that fails does so for all who wait, and is tried again by who comes later",
    arguments: [
      oauth + "}", session + bearer + "}", legacy + "}",
    ])
  func failure(definition: String) async throws {
    let world = TestWorld([.status(401, "{}"), Self.answer(2)])
    let authenticators = try build(Array(repeating: definition, count: 20), world)
    #expect(await useAtOnce(authenticators).allSatisfy { $0 == nil })
    #expect(world.transport.requests.count == 1)
    #expect(await useAtOnce(authenticators).allSatisfy { $0?.hasSuffix("t2") == true })
    #expect(world.transport.requests.count == 2)
  }

  @Test("Who is stopped fails for nobody else")
  func cancellation() async throws {
    let fetch = SharedFetch()
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let first = Task {
      try await fetch.value({ Int?.none }) {
        begin.yield()
        try await Task.sleep(for: .seconds(3_600))
        return 1
      }
    }
    for await _ in begun { break }
    let second = Task { try await fetch.value({ Int?.none }) { 2 } }
    first.cancel()
    #expect(try await second.value == 2)
    #expect(await first.result.isFailure)
  }
}

extension Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
