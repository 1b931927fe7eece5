import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Secrets

/// What requests and answers bring along that must not be shown, whoever put it there.
@Suite struct HiddenMessagesTests {
  private func mask(_ act: (SecretMask) -> Void) -> SecretMask {
    let mask = SecretMask()
    act(mask)
    return mask
  }

  @Test(arguments: [
    "sid=abc-4711; Path=/; HttpOnly", "Path=/; sid=abc-4711", "sid=\"abc-4711\"", "a=b; Secure, sid=abc-4711; SameSite=Lax",
    "theme=dark; Expires=Wed, 09 Jun 2027 10:18:14 GMT, sid=abc-4711; Domain=a.test", "SID=abc-4711;Max-Age=3600",
  ])
  func cookiesOfAnswers(header: String) {
    let mask = mask {
      $0.hide(credentialsOf: HTTPResponse(status: 302, headers: [("set-COOKIE", header)], body: Data(), url: "http://a.test/"))
    }
    #expect(mask.masked("the session abc-4711 of dark Path=/ Jun a.test Lax") == "the session **** of dark Path=/ Jun a.test Lax")
  }

  @Test(arguments: [
    ("X-Api-Key", "literal-1"), ("Cookie", "theme=dark; sid=literal-1"), ("X-Auth-Token", "literal-1"),
    ("authorization", "Token literal-1"), ("X-Signature", "literal-1"), ("Ocp-Apim-Subscription-Key", "literal-1"),
  ])
  func headersOfRequestsThatAreCalledLikeCredentials(name: String, value: String) {
    let request = HTTPRequest(method: "GET", url: "http://a.test/", headers: [(name, value), ("Accept", "text/plain")])
    let mask = mask { $0.hide(credentialsOf: request) }
    #expect(mask.masked("no literal-1 as text/plain") == "no **** as text/plain")
  }

  @Test(arguments: ["X-Subject-Token", "X-Session", "X-CSRF-Token", "Authorization"])
  func tokensInHeadersOfAnswers(name: String) {
    let response = HTTPResponse(status: 200, headers: [(name, "t0ken-1")], body: Data(), url: "http://a.test/")
    #expect(mask { $0.hide(credentialsOf: response) }.masked("it is t0ken-1") == "it is ****")
  }

  @Test(arguments: [
    ("http://joe:p4ss%2Fw@a.test/?page=2", "p4ss/w", "page=2 a.test joe"), ("http://t0ken@a.test/", "t0ken", "a.test"),
    ("http://a.test/?limit=1000&api_key=k%2Dey#x", "k-ey", "limit=1000"),
    ("http://a.test/?X-Amz-Signature=abc123&X-Amz-Date=20250101", "abc123", "20250101"),
    ("http://a.test/?next_page_token=page2222&access_token=abc123", "abc123", "page2222"),
    ("http://a.test/?page=page2222;api%5Fkey=abc123", "abc123", "page2222"),
    ("http://a.test/?q=a@b.test&password=abc123&api_key", "abc123", "a@b.test api_key"),
    ("http://a.test/?page=page2222#api_key=abc456&password=x", "", "page2222 abc456"),
  ])
  func credentialsOfURLs(url: String, secret: String, plain: String) {
    let mask = mask { $0.hide(credentialsOf: HTTPRequest(method: "GET", url: url)) }
    #expect(mask.masked("\(secret) \(plain)") == "\(secret.isEmpty ? "" : "****") \(plain)")
  }

  @Test func membersOfBodiesThatAreCalledLikeCredentials() throws {
    let body = try JSONValue(
      parsing:
        #"{"user": "ann-1", "auth": {"password": "p4ss"}, "list": [{"client_secret": ["s3cr", 4711]}], "sort_key": "name1"}"#)
    let mask = mask { $0.hide(credentialsNamedIn: body) }
    #expect(mask.masked("ann-1 p4ss s3cr 4711 name1") == "ann-1 **** **** **** name1")
  }

  // MARK: Answers to logins

  @Test(arguments: [
    ("application/json", #"{"refresh_token": "REFRESH-1", "scope": "read-write-1", "token_type": "Bearer-v2"}"#),
    ("application/json", #"{"data": [{"deep": {"id_token": "REFRESH-1"}}], "scope": "read-write-1", "token_type": "Bearer-v2"}"#),
    ("application/json", #"{"device": "REFRESH-1", "error": "read-write-1 and Bearer-v2"}"#),
    ("application/json", #""REFRESH-1""#),
    ("text/plain", "REFRESH-1"), ("text/plain", "token=REFRESH-1"), ("text/xml", "<r><session>REFRESH-1</session></r>"),
    ("application/x-www-form-urlencoded", "ok=1&access_token=REFRESH-1&x=y"), ("text/html", "<input value='REFRESH-1'>"),
    ("text/plain", "Session: REFRESH-1\r\nUser: ann"),
  ])
  func whatALoginAnswers(type: String, body: String) {
    let response = HTTPResponse(
      status: 200, headers: [("Content-Type", type)], body: Data(body.utf8), url: "http://a.test/")
    let mask = mask { LoginAnswer(response).hide(from: $0) }
    #expect(mask.masked("REFRESH-1 is read-write-1, Bearer-v2 for ann") == "**** is read-write-1, Bearer-v2 for ann")
  }

  @Test func theTokensOfATokenEndpoint() async throws {
    let world = TestWorld([
      .status(200, #"{"access_token": "ACCESS-1", "refresh_token": "REFRESH-2", "id_token": "IDTOKEN-3", "expires_in": 3600}"#)
    ])
    _ = try await world.authenticator(Self.oauth).credentials()
    #expect(world.masked("ACCESS-1 REFRESH-2 IDTOKEN-3") == "**** **** ****")
  }

  @Test func anExpiryThatIsNoneIsNotQuoted() async throws {
    let world = TestWorld([.status(200, #"{"access_token": "ACCESS-1", "expires_in": "zACCESS-1"}"#)])
    let error = await connectorError { _ = try await world.authenticator(Self.oauth).credentials() }
    #expect(error?.message == "The token endpoint's `expires_in` is not a number of seconds")
  }

  @Test func aRefusalIsQuotedWithoutWhatMayBeAToken() async throws {
    let body = #"{"error": "slow_down", "error_description": "wait a bit", "mfa_token": "MFA-4711", "state": "waiting"}"#
    let world = TestWorld([.status(401, body)])
    let error = await connectorError { _ = try await world.authenticator(Self.oauth).credentials() }
    #expect(
      error?.internalMessage == "Status 401: slow_down: wait a bit. Its body: "
        + #"{"error": "slow_down", "error_description": "wait a bit", "mfa_token": "****", "state": "waiting"}"#)
    #expect(error?.message == "The token endpoint answered with HTTP status 401. The API says: slow_down: wait a bit")
    #expect(world.masked("MFA-4711") == "****")
  }

  /// What the extra fields and headers of a request for a token make of secrets.
  @Test(arguments: [
    #""refresh_request_body": {"assertion_id": "v1-{{ config['secret'][3:] }}"}"#,
    #""refresh_request_headers": {"X-Part": "v1 {{ config['secret'][3:] }}"}"#,
    #""token_refresh_endpoint": "https://api.test/{{ config['secret'][3:] }}/v1""#,
  ])
  func whatATokenRequestMakesOfSecrets(property: String) async throws {
    let world = TestWorld([.status(200, #"{"access_token": "ACCESS-1"}"#)])
    world.hide("KEY-Zx81Qpl0")
    var manifest = try #require(try JSONValue(parsing: Self.oauth).object)
    manifest.merge(try JSONValue(parsing: "{\(property)}").object ?? [:]) { $1 }
    let config = #"{"secret": "KEY-Zx81Qpl0", "refresh": "r 1"}"#
    _ = try await world.authenticator(JSONValue.object(manifest).jsonText, config: config).credentials()
    #expect(world.masked("-Zx81Qpl0 v1") == "-**** v1")
  }

  /// The reason of a refusal is masked before it is cut, so that nothing of a secret is left before the dots.
  @Test func theReasonOfARefusalIsMaskedBeforeItIsCut() async throws {
    let reason = "invalid_grant " + String(repeating: "x", count: 47) + "KEYZ"
    let body = JSONValue.object(["error": .string(reason + "x81Qpl0")]).jsonText
    let rejection = #"""
      "refresh_token_error_status_codes": [400], "refresh_token_error_key": "error",
      "refresh_token_error_values": ["\#(reason)x81Qpl0"], "client_secret"
      """#
    let manifest = Self.oauth.replacing("\"client_secret\"", with: rejection)
    let world = TestWorld([.status(400, body)])
    world.hide("KEYZx81Qpl0")
    let error = await connectorError { _ = try await world.authenticator(manifest).credentials() }
    #expect(error?.message.contains("xxx****") == true || error?.message.contains("xxx***...") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("KEY") == false)
  }

  /// Texts with a number in them, and long ones of both cases, may be tokens, also within a sentence.
  @Test(arguments: [
    ("<p>no session SESSION-1</p>", "no session ****"),
    (#"{"x": "the key abcdefghijKLMNOPQRSTU is old"}"#, #"{"x": "the key **** is old"}"#),
    (#"{"x": "unsupported_response_type for ann"}"#, #"{"x": "unsupported_response_type for ann"}"#),
  ])
  func theRefusalOfALoginIsQuotedWithoutWhatMayBeAToken(body: String, shown: String) async throws {
    let world = TestWorld([.status(403, body)])
    let error = await connectorError {
      _ = try await world.scope().build(world.node(Self.session), as: (any Authenticator).self)
        .credentials()
    }
    #expect(error?.internalMessage?.contains(shown) == true, "\(error?.internalMessage ?? "")")
  }

  @Test func anAnswerWithoutATokenIsQuotedByItsMessageAlone() async throws {
    let body = #"{"ok": false, "error": "invalid_auth", "other": "something"}"#
    for manifest in [Self.session, Self.oauth] {
      let error = await connectorError {
        let world = TestWorld([.status(200, body)])
        _ = try await world.scope().build(world.node(manifest), as: (any Authenticator).self).credentials()
      }
      #expect(error?.message.hasSuffix("is missing in it. The API says: invalid_auth") == true, "\(error?.message ?? "")")
      #expect(error?.description.contains("something") == false)
    }
  }

  @Test(arguments: [
    (200, "token=SESSION-1", "has no session token"), (200, "<b>SESSION-1</b>", "has no session token"),
    (200, "{tok\" x}", "has no session token"),
  ])
  func nothingOfASessionsLoginIsQuoted(status: Int, body: String, message: String) async throws {
    let world = TestWorld([.status(status, body)])
    let error = await connectorError {
      _ = try await world.scope().build(world.node(Self.session), as: (any Authenticator).self).credentials()
    }
    #expect(error?.description.contains(message) == true)
    let shown = (world.lines + [error?.message ?? "", error?.internalMessage ?? ""]).joined(separator: "\n")
    for piece in ["SESSION", "tok\"", "<b>"] { #expect(!shown.contains(piece)) }
    if body.contains("SESSION") { #expect(world.masked("SESSION-1") == "****") }
  }

  private static let oauth = #"""
    {"type": "OAuthAuthenticator", "token_refresh_endpoint": "https://api.test/token", "client_id": "me",
     "client_secret": "{{ config['secret'] }}", "refresh_token": "{{ config['refresh'] }}"}
    """#
  private static let session = #"""
    {"type": "SessionTokenAuthenticator", "session_token_path": ["tok"], "request_authentication": {"type": "Bearer"},
     "login_requester": {"type": "HttpRequester", "url": "https://api.test/login", "http_method": "POST"}}
    """#

  // MARK: Made of secrets

  @Test(arguments: [
    (#""request_parameters": {"k": "{{ config['key'][4:] }}"}"#, "Zx81Qpl0", "limit"),
    (#""request_parameters": {"k": "{{ config.get('key') | hash('md5') }}"}"#, "4a62ea4ace087d55849e68b5a6cea62a", "limit"),
    (#""request_headers": {"X-Part": "v1 {{ config.key.split('-')[1] }}"}"#, "Zx81Qpl0", "v1"),
    (
      #""request_body_json": {"a": [{"b": "{{ config['key'] | base64encode | replace('A', 'B') }}"}]}"#, "S0VZLVp4ODFRcGww",
      "limit"
    ),
    (#""request_body_data": {"b": "{{ (config['key'] ~ 'x')[6:] }}"}"#, "81Qpl0x", "limit"),
    (#""path": "/items/{{ config['key'][4:] | lower }}/of""#, "zx81qpl0", "items"),
    (#""request_parameters": {"k": "{{ config.values() | list | first | upper | reverse }}"}"#, "0LPQ18XZ-YEK", "limit"),
    (#""request_parameters": {"k": "{{ config['account'].split('\"')[3][2:] }}"}"#, "5566778", "limit"),
  ])
  func whatTemplatesMakeOfSecrets(property: String, derived: String, plain: String) async throws {
    let world = TestWorld([.status(200, "{}")])
    world.hide("KEY-Zx81Qpl0")
    world.hide(#"{"id": "445566778"}"#)
    let config = #"{"key": "KEY-Zx81Qpl0", "account": "{\"id\": \"445566778\"}", "plain": "visible-1", "limit": "limit"}"#
    let requester: HttpRequester = try world.scope(config).build(
      world.node(#"{"type": "HttpRequester", "url_base": "https://api.test/", "http_method": "POST", \#(property)}"#))
    _ = try? await requester.send(StreamSlice(), token: nil, path: nil, adding: RequestParts())
    #expect(world.masked("\(derived) \(plain)") == "**** \(plain)")
  }

  @Test(arguments: [
    #"{"k": "{{ config['plain'] }}", "l": "{{ config.plain[2:] }}", "m": "{{ config.get(\"plain\") | upper }}"}"#,
    #"{"k": "visible-1", "l": "{{ config['plain'] ~ config['key'][:0] }}"}"#,
  ])
  func whatIsNotMadeOfSecretsIsShown(parameters: String) async throws {
    let world = TestWorld([.status(200, "{}")])
    world.hide("KEY-Zx81Qpl0")
    let requester: HttpRequester = try world.scope(#"{"key": "KEY-Zx81Qpl0", "plain": "visible-1"}"#).build(
      world.node(#"{"type": "HttpRequester", "url": "https://api.test/", "request_parameters": \#(parameters)}"#))
    _ = try await requester.send(StreamSlice(), token: nil, path: nil, adding: RequestParts())
    #expect(world.masked("visible-1 sible-1 VISIBLE-1 https://api.test/") == "visible-1 sible-1 VISIBLE-1 https://api.test/")
  }
}

@Suite struct CredentialNameTests {
  @Test(arguments: [
    "Authorization", "X-Api-Key", "apiKey", "api_key", "APIKEY", "X-Key", "key", "access_token", "accessToken", "client_secret",
    "Password", "pwd", "Cookie", "X-Amz-Signature", "sig", "sid", "session_id", "X-XSRF-TOKEN", "client_assertion", "id_token",
    "private_key", "Proxy-Authorization", "X-API_Key", "apiKEY2Token", "HMAC", "auth", "x.auth", "PIN", "user.password",
    "X-Shopify-Access-Token", "subscription-key",
  ])
  func namesOfCredentials(name: String) { #expect(CredentialName.isCredential(name)) }

  @Test(arguments: [
    "", "Accept", "page", "page_token", "nextPageToken", "continuation-token", "sync_token", "token_type", "expires_in",
    "access_token_expires_in", "sort_key", "primaryKey", "Idempotency-Key", "start_key", "monkey", "keyword", "user", "limit",
    "auth_method", "token_uri", "cursor_token", "pinned", "authors", "tok", "passenger", "Key-Type",
  ])
  func namesOfOthers(name: String) { #expect(!CredentialName.isCredential(name)) }
}
