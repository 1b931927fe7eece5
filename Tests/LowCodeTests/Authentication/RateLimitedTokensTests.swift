import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import HTTP

@Suite struct RateLimitedTokensTests {
  static func manifest(_ extra: String = "", quota: String = "") -> String {
    #"""
    {"type": "RateLimitedMultipleTokenAuthenticator", "tokens": "{{ config['tokens'] }}", "auth_method": "token",
     "quota_status_source": {"type": "QuotaStatusSource", "url": "https://a.test/quota", "unavailable_status_codes": [404]},
     "quotas": [{"type": "TokenQuota", "name": "core", "remaining_path": ["core", "left"],
       "reset_path": ["core", "reset"]\#(quota)}],
     "budget_min_reserve": 0, "budget_reserve_fraction": 0\#(extra)}
    """#
  }

  static let config = #"{"tokens": " a, b ,,"}"#
  static func status(_ left: Int) -> ScriptedTransport.Answer {
    .status(200, #"{"core": {"left": \#(left), "reset": "2025-03-01T12:01:00Z"}}"#)
  }

  private func signed(_ authenticator: any Authenticator, _ count: Int) async throws -> [String] {
    var tokens: [String] = []
    for _ in 0..<count {
      var request = HTTPRequest(method: "GET", url: "https://a.test/items?x=1")
      try await authenticator.rotation?.sign(&request)
      tokens.append(request.header("Authorization") ?? "")
    }
    return tokens
  }

  @Test func signsWithTheTokenThatHasQuota() async throws {
    let world = TestWorld([Self.status(1), Self.status(2)])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(try await authenticator.headers() == ["Authorization": "token a"])
    #expect(try await signed(authenticator, 3) == ["token a", "token b", "token b"])
    #expect(world.transport.requests.map { $0.header("Authorization") } == ["token a", "token b"])
    #expect(Set(["a", "b"]).isSubset(of: world.secrets))
  }

  @Test(arguments: [
    (403, #"{"message": "quotas are for admins"}"#, "The API says: quotas are for admins"),
    (200, "<p>quotas are for admins</p>", "it is not JSON. The API says: "),
    (200, "quotas are for admins", "The API says: quotas are for admins"),
  ])
  func whatTheAPISaysOfQuotasIsShown(status: Int, body: String, words: String) async throws {
    let world = TestWorld([.status(status, body), .status(status, body)])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    let error = await connectorError { _ = try await signed(authenticator, 1) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(world.lines.contains { $0.hasPrefix("ERROR") && $0.contains("quotas are for admins") }, "\(world.lines)")
  }

  @Test func asksAnewWhenAllAreUsedUp() async throws {
    let world = TestWorld([Self.status(0), Self.status(0), Self.status(0), Self.status(1)])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(try await signed(authenticator, 1) == ["token b"])
    #expect(world.sleeps == [60])
  }

  @Test func failsWhereTheWaitIsTooLong() async throws {
    let world = TestWorld([Self.status(0), Self.status(0)])
    let authenticator = try world.authenticator(Self.manifest(#", "max_wait_time": "PT1M""#), config: Self.config)
    #expect(await connectorError { _ = try await signed(authenticator, 1) }?.failureType == .transient)
  }

  @Test func takesTurnsWithoutQuotas() async throws {
    let world = TestWorld([.status(404, ""), .status(404, "")])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(try await signed(authenticator, 3) == ["token a", "token b", "token a"])
  }

  @Test(arguments: [
    ScriptedTransport.Answer.status(200, "{}"), .status(200, #"{"core": {"left": "x", "reset": 1}}"#),
    .status(200, #"{"core": {"left": 1, "reset": "soon"}}"#), .status(200, "no JSON"),
  ])
  func failsWhereTheStatusSaysNothing(answer: ScriptedTransport.Answer) async throws {
    let authenticator = try TestWorld([answer]).authenticator(Self.manifest(), config: Self.config)
    #expect(await connectorError { _ = try await signed(authenticator, 1) }?.failureType == .system)
  }

  /// A request for the quotas that fails for the moment, or breaks off, is made again.
  @Test(arguments: [
    [ScriptedTransport.Answer.status(503, "")], [.status(500, "oops"), .status(502, "")], [.status(429, "")],
    [.lost(.connectFailed)], [.status(200, #"{"core": {"left": 1, "#)],
  ])
  func asksForTheQuotasAgain(failures: [ScriptedTransport.Answer]) async throws {
    let world = TestWorld(failures + [Self.status(1), Self.status(2)])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(try await signed(authenticator, 3) == ["token a", "token b", "token b"])
    let asked = world.transport.requests.map { $0.header("Authorization") ?? "" }
    #expect(asked == Array(repeating: "token a", count: failures.count + 1) + ["token b"])
    #expect(world.sleeps.count == failures.count && world.sleeps.allSatisfy { $0 > 0 })
  }

  /// That there are no quotas is taken for an answer, also behind a failure, and asks for no other attempt.
  @Test func asksNoFurtherWhereThereAreNoQuotas() async throws {
    let world = TestWorld([.status(503, ""), .status(404, ""), Self.status(9)])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(try await signed(authenticator, 2) == ["token a", "token b"])
    #expect(world.sleeps.count == 1 && world.transport.requests.count == 3)
  }

  @Test(arguments: [401, 403, 400]) func doesNotAskAgainWhereTheQuotasAreRefused(status: Int) async throws {
    let world = TestWorld([.status(status, "")])
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(await connectorError { _ = try await signed(authenticator, 1) } != nil)
    #expect(world.sleeps.isEmpty && world.transport.requests.count == 1)
  }

  @Test func givesUpAskingForTheQuotas() async throws {
    let world = TestWorld(Array(repeating: .status(503, ""), count: 20))
    let authenticator = try world.authenticator(Self.manifest(), config: Self.config)
    #expect(await connectorError { _ = try await signed(authenticator, 1) }?.failureType == .transient)
    #expect(world.transport.requests.count == 6)
  }

  @Test func needsAToken() async {
    let error = await connectorError { _ = try TestWorld([]).authenticator(Self.manifest(), config: #"{"tokens": " , "}"#) }
    #expect(error?.failureType == .config)
  }

  /// A request that is refused for its rate goes out at once with the other token.
  @Test func sendsARefusedRequestWithAnotherToken() async throws {
    let world = TestWorld([Self.status(9), Self.status(9), .status(429, ""), .status(200, "{}")])
    let authenticator = try world.authenticator(
      Self.manifest(quota: #", "exhaustion_status_codes": [429]"#), config: Self.config)
    let client = HTTPClient(
      name: "s", authenticator: authenticator, errorHandler: DefaultErrorHandler(), runtime: world.runtime)
    _ = try await client.send(HTTPRequest(method: "GET", url: "https://a.test/items"))
    #expect(world.transport.requests.dropFirst(2).map { $0.header("Authorization") } == ["token a", "token b"])
    #expect(world.sleeps == [1.1])
  }

  @Test(arguments: [
    ("{}", true), (#"{"method": "get"}"#, true), (#"{"method": "POST"}"#, false), (#"{"url_base": "https://a.test/"}"#, true),
    (#"{"url_base": "https://b.test"}"#, false), (#"{"url_path_pattern": "^/v1/items$"}"#, true),
    (#"{"url_path_pattern": "^/items"}"#, false), (#"{"params": {"x": 1, "y": "a b"}}"#, true), (#"{"params": {"x": 2}}"#, false),
    (#"{"headers": {"x-a": "1"}}"#, true), (#"{"headers": {"X-A": "2"}}"#, false),
  ])
  func tellsRequests(matcher: String, expected: Bool) throws {
    let world = TestWorld([])
    let matcher = try HttpRequestRegexMatcher(from: ComponentNode(world.node(matcher)), in: world.scope())
    let request = HTTPRequest(method: "GET", url: "https://a.test/v1/items/?x=1&y=a+b", headers: [("X-A", "1")])
    #expect(try matcher.matches(request) == expected)
  }
}
