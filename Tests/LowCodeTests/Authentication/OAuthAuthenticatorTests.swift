import AirbyteProtocol
import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct OAuthAuthenticatorTests {
  static func manifest(_ extra: String = "", refreshToken: String? = #""{{ config['refresh'] }}""#) -> String {
    let token = refreshToken.map { #", "refresh_token": \#($0)"# } ?? ""
    return #"""
      {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "client_id": "{{ config['id'] }}",
       "client_secret": "{{ config['secret'] }}"\#(token)\#(extra)}
      """#
  }

  static let answer = ScriptedTransport.Answer.status(200, #"{"access_token": "t1", "expires_in": 60}"#)

  /// What the reference sends, recorded from it.
  @Test(arguments: [
    ("", "POST https://a.test/token grant_type=refresh_token&client_id=me&client_secret=s%26c&refresh_token=r+1", ""),
    (
      #", "scopes": ["a:b", "c"]"#,
      "POST https://a.test/token grant_type=refresh_token&client_id=me&client_secret=s%26c&refresh_token=r+1"
        + "&scopes=a%3Ab&scopes=c",
      ""
    ),
    (
      #", "refresh_request_body": {"client_id": "no", "x": "{{ config['id'] }}", "n": 1, "flag": true}"#,
      "POST https://a.test/token grant_type=refresh_token&client_id=me&client_secret=s%26c&refresh_token=r+1&x=me&n=1&flag=True",
      ""
    ),
    (
      #", "refresh_request_headers": {"Authorization": "Basic {{ config['id'] }}"}"#,
      "POST https://a.test/token grant_type=refresh_token&refresh_token=r+1", "Basic me"
    ),
    (
      #", "send_refresh_request_as_query_params": true"#,
      "POST https://a.test/token?grant_type=refresh_token&client_id=me&client_secret=s%26c&refresh_token=r+1", ""
    ),
    (
      #", "client_id_name": "cid", "client_secret_name": "cs", "refresh_token_name": "rt", "grant_type_name": "gt""#
        + #", "grant_type": "my_grant""#,
      "POST https://a.test/token gt=my_grant&cid=me&cs=s%26c&rt=r+1", ""
    ),
  ])
  func sendsWhatTheManifestSays(extra: String, expected: String, authorization: String) async throws {
    let world = TestWorld([Self.answer])
    #expect(try await world.authenticator(Self.manifest(extra)).headers() == ["Authorization": "Bearer t1"])
    #expect(world.transport.lines == [expected])
    #expect(world.transport.requests[0].header("Authorization") ?? "" == authorization)
    let hasBody = world.transport.requests[0].body != nil
    #expect(world.transport.requests[0].header("Content-Type") == (hasBody ? "application/x-www-form-urlencoded" : nil))
    #expect(world.secrets.contains("t1"))
  }

  @Test func sendsNoRefreshTokenWithClientCredentials() async throws {
    let world = TestWorld([Self.answer])
    let manifest = Self.manifest(#", "grant_type": "client_credentials""#, refreshToken: nil)
    _ = try await world.authenticator(manifest).headers()
    #expect(world.transport.lines == ["POST https://a.test/token grant_type=client_credentials&client_id=me&client_secret=s%26c"])
  }

  @Test func fetchesOnceHoweverManyWait() async throws {
    let world = TestWorld([Self.answer])
    let authenticator = try world.authenticator(Self.manifest())
    try await withThrowingTaskGroup(of: [String: String].self) { group in
      for _ in 0..<50 { group.addTask { try await authenticator.headers() } }
      for try await headers in group { #expect(headers == ["Authorization": "Bearer t1"]) }
    }
    #expect(world.transport.requests.count == 1)
  }

  /// How long a token is used: seconds that pass until the second request, and whether it is got anew then.
  @Test(arguments: [
    (#"{"access_token": "t1", "expires_in": 60}"#, "", 60.0, false),
    (#"{"access_token": "t1", "expires_in": 60}"#, "", 60.1, true),
    (#"{"access_token": "t1", "expires_in": "60.9"}"#, "", 60.1, true),
    (#"{"access_token": "t1"}"#, "", 3_600.0, false),
    (#"{"access_token": "t1"}"#, "", 3_601.0, true),
    (#"{"data": [{"access_token": "t1"}], "more": {"expires_in": 5}}"#, "", 6.0, true),
    (
      #"{"access_token": "t1", "at": "2025-03-01T12:30:00Z"}"#, #", "expires_in_name": "at", "token_expiry_date_format": "%Y""#,
      1_800.0, false
    ),
    (
      #"{"access_token": "t1", "at": "2025-03-01T12:30:00Z"}"#, #", "expires_in_name": "at", "token_expiry_date_format": "%Y""#,
      1_801.0, true
    ),
    (#"{"access_token": "t1", "at": 1740830460}"#, #", "expires_in_name": "at", "token_expiry_date_format": "%s""#, 61.0, true),
  ])
  func usesATokenUntilItEnds(answer: String, extra: String, seconds: Double, isRenewed: Bool) async throws {
    let world = TestWorld([.status(200, answer), .status(200, #"{"access_token": "t2"}"#)])
    let authenticator = try world.authenticator(Self.manifest(extra))
    #expect(try await authenticator.headers() == ["Authorization": "Bearer t1"])
    world.pass(seconds: seconds)
    #expect(try await authenticator.headers() == ["Authorization": isRenewed ? "Bearer t2" : "Bearer t1"])
  }

  @Test(arguments: [
    (#", "access_token_value": "given", "token_expiry_date": "{{ config['end'] }}""#, 3_600.0, "Bearer given"),
    (#", "access_token_value": "given", "token_expiry_date": "{{ config['end'] }}""#, 3_601.0, "Bearer t1"),
    (#", "access_token_value": "given""#, 0.0, "Bearer t1"),
  ])
  func usesTheGivenTokenUntilItEnds(extra: String, seconds: Double, expected: String) async throws {
    let world = TestWorld([Self.answer])
    let authenticator = try world.authenticator(Self.manifest(extra))
    world.pass(seconds: seconds)
    #expect(try await authenticator.headers() == ["Authorization": expected])
  }

  @Test func usesTheGivenTokenWithoutAnEndpoint() async throws {
    let world = TestWorld([])
    let manifest = #"""
      {"type": "OAuthAuthenticator", "client_id": "a", "client_secret": "b", "refresh_token": "c",
       "access_token_value": "{{ config['id'] }}"}
      """#
    #expect(try await world.authenticator(manifest).headers() == ["Authorization": "Bearer me"])
  }

  /// The kinds of failures, recorded from the reference.
  @Test(arguments: [
    (ScriptedTransport.Answer.status(400, #"{"error": "invalid_grant"}"#), "", FailureType.config),
    (.status(400, #"{"error": "invalid_client"}"#), "", .system),
    (.status(401, #"{"error": "invalid_grant"}"#), "", .system),
    (.status(400, "[]"), "", .system),
    (.status(400, "no JSON"), "", .system),
    (
      .status(403, #"{"code": "gone"}"#),
      #", "refresh_token_error_status_codes": [403], "refresh_token_error_key": "code", "refresh_token_error_values": ["gone"]"#,
      .config
    ),
    (.status(200, #"{"expires_in": 60}"#), "", .system),
    (.status(200, #"{"access_token": ""}"#), "", .system),
    (.status(200, #"{"a": {"b": {"c": {"d": {"e": {"access_token": "t"}}}}}}"#), "", .config),
    (.status(200, "no JSON"), "", .system),
    (.status(200, #"{"access_token": "t", "expires_in": "soon"}"#), "", .system),
    (.lost(.invalidURL), "", .system),
  ])
  func failsAs(answer: ScriptedTransport.Answer, extra: String, expected: FailureType) async throws {
    let world = TestWorld([answer])
    let authenticator = try world.authenticator(Self.manifest(extra))
    #expect(await connectorError { _ = try await authenticator.headers() }?.failureType == expected)
    #expect(world.transport.requests.count == 1)
  }

  @Test func saysWhatTheProviderSays() async throws {
    let body = #"{"error": "invalid_grant", "error_description": "AADSTS50173: The grant has ended at 12:00."}"#
    let authenticator = try TestWorld([.status(400, body)]).authenticator(Self.manifest())
    let message = await connectorError { _ = try await authenticator.headers() }?.message
    #expect(message?.hasSuffix("The provider says: invalid_grant: AADSTS50173") == true)
  }

  @Test(arguments: [
    [ScriptedTransport.Answer.status(500, ""), .status(429, "{}"), .lost(.timedOut), answer],
    [.lost(.connectFailed), .lost(.connectionLost), .status(503, ""), answer],
  ])
  func repeatsWhatMayPass(answers: [ScriptedTransport.Answer]) async throws {
    let world = TestWorld(answers)
    #expect(try await world.authenticator(Self.manifest()).headers() == ["Authorization": "Bearer t1"])
    // Half of 1, 2 and 4 seconds, as chance is fixed.
    #expect(world.sleeps == [0.5, 1, 2])
  }

  @Test(arguments: [
    (ScriptedTransport.Answer.status(500, ""), FailureType.system), (.lost(.timedOut), .transient),
  ])
  func givesUpAfterFiveMinutes(answer: ScriptedTransport.Answer, expected: FailureType) async throws {
    let world = TestWorld(Array(repeating: answer, count: 20))
    let authenticator = try world.authenticator(Self.manifest())
    #expect(await connectorError { _ = try await authenticator.headers() }?.failureType == expected)
    #expect(world.sleeps.reduce(0, +) == 300)
  }

  @Test(arguments: [
    #"{"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test", "client_secret": "b", "refresh_token": "c"}"#,
    #"{"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test", "client_id": "b", "refresh_token": "c"}"#,
    #"{"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test", "client_id": "a", "client_secret": "b"}"#,
    manifest(#", "use_profile_assertion": true"#), manifest(#", "token_expiry_date": "soon""#),
    manifest(#", "refresh_token_error_key": "a", "refresh_token_updater": {"refresh_token_error_key": "b"}"#),
  ])
  func refusesToBeBuilt(manifest: String) async throws {
    #expect(await connectorError { _ = try TestWorld([]).authenticator(manifest) }?.failureType == .system)
  }

  @Test func sendsAnAssertion() async throws {
    let world = TestWorld([Self.answer])
    let manifest = #"""
      {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://a.test/token", "use_profile_assertion": true,
       "profile_assertion": {"type": "JwtAuthenticator", "algorithm": "HS256", "secret_key": "k"}}
      """#
    _ = try await world.authenticator(manifest).headers()
    let body = String(decoding: world.transport.requests[0].body ?? [], as: UTF8.self)
    #expect(body.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ"))
  }

  // Renewal after a refused request

  @Test func renewsOnlyWhatIsStillTheSame() async throws {
    let world = TestWorld([Self.answer, .status(200, #"{"access_token": "t2"}"#)])
    let authenticator = try world.authenticator(Self.manifest())
    _ = try await authenticator.headers()
    let refused = HTTPRequest(method: "GET", url: "https://a.test", headers: [("Authorization", "Bearer t1")])
    #expect(try await authenticator.refresh(after: refused))
    #expect(try await authenticator.headers() == ["Authorization": "Bearer t2"])
    #expect(try await authenticator.refresh(after: refused))
    #expect(world.transport.requests.count == 2)
  }

  @Test(arguments: [(400, FailureType.config), (403, .config)])
  func aRefusedRenewalIsForTheUser(status: Int, expected: FailureType) async throws {
    let world = TestWorld([Self.answer, .status(status, "{}")])
    let authenticator = try world.authenticator(Self.manifest())
    _ = try await authenticator.headers()
    let refused = HTTPRequest(method: "GET", url: "https://a.test", headers: [("Authorization", "Bearer t1")])
    #expect(await connectorError { _ = try await authenticator.refresh(after: refused) }?.failureType == expected)
  }
}
