import AirbyteProtocol
import ConnectorModel
import Foundation
import HTTP
import JSON
import Secrets
import Synchronization
import Testing

@testable import SignIn

/// Whole sign-ins with an API that is scripted and a clock that stands still, and real redirects to the loopback interface.
@Suite struct SignInRunTests {
  private static let input = """
    consent_url: "https://id.example.com/allow?{{client_id_param}}&{{redirect_uri_param}}&{{state_param}}"
    access_token_url: https://id.example.com/token
    access_token_params: {grant_type: authorization_code, code: "{{ auth_code_value }}", client_secret: "{{ client_secret_value }}"}
    access_token_headers: {Content-Type: application/x-www-form-urlencoded}
    """

  /// What a sign-in said.
  private final class Said: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func say(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func run(
    _ transport: ScriptedTransport, said: Said = Said(), mask: SecretMask = SecretMask(),
    sleep: (@Sendable (Double) async throws -> Void)? = forever, clock: StillClock = StillClock(),
    paste: SignInHost.Pasting? = nil, open: @escaping @Sendable (String) async -> Bool = { _ in false }
  ) throws -> SignInRun {
    mask.hide("s3cret-of-the-app")
    return SignInRun(
      try declaration(Self.input), ConsentInputs(clientID: "me", clientSecret: "s3cret-of-the-app"),
      runtime: runtime(transport, mask: mask, clock: clock, sleep: sleep),
      host: SignInHost(say: { said.say($0) }, open: open, paste: paste), timeout: 300)
  }

  /// The browser of a user who agrees: it goes where the provider would send it.
  private static func visit(_ address: String, _ change: @Sendable (String) -> String = { $0 }) async -> (
    status: Int, body: String
  ) {
    let query = QueryText(RequestURL(address).query ?? "")
    let back = query.firstValue(of: "redirect_uri") ?? ""
    let url = change("\(back)?code=c0de-0123456789&state=\(query.firstValue(of: "state") ?? "")")
    guard let response = try? await NetworkTransport().exchange(HTTPRequest(method: "GET", url: url)) else { return (0, "") }
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }

  private static let loopback = RedirectAddress.loopback(port: 0, address: nil)

  @Test func aConsentGivesTokens() async throws {
    let transport = ScriptedTransport(#"{"refresh_token": "r-0123456789", "access_token": "a-0123456789"}"#)
    let (said, mask) = (Said(), SecretMask())
    let pages = Mutex<[Task<(status: Int, body: String), Never>]>([])
    let answer = try await run(
      transport, said: said, mask: mask,
      open: { address in
        pages.withLock { $0.append(Task { await Self.visit(address) }) }
        return true
      }
    ).consent(returningTo: Self.loopback, usesProof: true)
    #expect(answer["refresh_token"] == "r-0123456789")
    let form = transport.form(0)
    #expect(form["code"] == "c0de-0123456789")
    #expect(form["client_secret"] == "s3cret-of-the-app")
    #expect(form["code_verifier"]?.count == 43)
    let page = try #require(pages.withLock { $0.first })
    let shown = await page.value
    #expect(shown.status == 200)
    #expect(shown.body.contains("You are signed in"))
    #expect(said.text.contains("The provider's page is open in your browser."))
    // Whatever was secret is hidden from here on.
    for secret in ["c0de-0123456789", "r-0123456789", "a-0123456789", form["code_verifier"] ?? ""] {
      #expect(mask.masked("x \(secret) y") == "x **** y")
      #expect(!said.text.contains(secret))
    }
  }

  @Test(arguments: [
    ("code=", "error=access_denied&code=", "The consent was denied: access_denied"),
    ("state=", "state=x", "has another `state` than was sent"),
    ("code=", "kode=", "The answer to the consent has no `code`"),
  ])
  func whatTheBrowserBringsMayBeWrong(part: String, other: String, words: String) async throws {
    let change: @Sendable (String) -> String = { $0.replacing(part, with: other) }
    let transport = ScriptedTransport()
    let pages = Mutex<[Task<(status: Int, body: String), Never>]>([])
    let said = await sentence {
      try await run(
        transport,
        open: { address in
          pages.withLock { $0.append(Task { await Self.visit(address, change) }) }
          return true
        }
      ).consent(returningTo: Self.loopback, usesProof: true)
    }
    #expect(said?.contains(words) == true, "\(said ?? "")")
    #expect(transport.requests.isEmpty)
    let page = try #require(pages.withLock { $0.first })
    #expect(await page.value.body.contains("That did not work"))
  }

  @Test func aUserMayTakeTooLong() async throws {
    let said = await sentence {
      try await run(ScriptedTransport(), sleep: { _ in }).consent(returningTo: Self.loopback, usesProof: true)
    }
    #expect(said == "Nobody consented within 5 minutes; run `login` again; `--timeout` gives more time")
  }

  @Test func anAnswerMayBePasted() async throws {
    let transport = ScriptedTransport(#"{"refresh_token": "r"}"#)
    let said = Said()
    let answer = try await run(
      transport, said: said,
      paste: { prompt in
        said.say(prompt)
        return "c0de-0123456789"
      }
    )
    .consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: false)
    #expect(answer["refresh_token"] == "r")
    #expect(transport.form(0)["code_verifier"] == nil)
    #expect(said.text.contains("The provider then sends your browser to https://app.example.com/cb."))
    #expect(said.text.contains("redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb"))
  }

  @Test func nobodyMayBeThereToPaste() async throws {
    let said = await sentence {
      try await run(ScriptedTransport()).consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: false)
    }
    #expect(said?.hasPrefix("The answer to the consent has to be pasted, and standard input gives none") == true)
  }

  /// Who has a browser does not need an input.
  @Test func anInputThatEndsDoesNotEndTheWait() async throws {
    let transport = ScriptedTransport(#"{"refresh_token": "r"}"#)
    let answer = try await run(
      transport, paste: { _ in nil },
      open: { address in
        Task { await Self.visit(address) }
        return true
      }
    ).consent(returningTo: Self.loopback, usesProof: true)
    #expect(answer["refresh_token"] == "r")
  }

  @Test func aPortMayBeInUse() async throws {
    let other = try RedirectListener(port: 0, address: nil, names: ["code"], sleep: forever)
    let port = try #require(UInt16(other.address.split(separator: ":").last?.dropLast() ?? ""))
    let said = await sentence {
      try await run(ScriptedTransport()).consent(returningTo: .loopback(port: port, address: nil), usesProof: true)
    }
    #expect(said?.hasPrefix("Another program listens on port \(port) of 127.0.0.1.") == true, "\(said ?? "")")
  }

  @Test(arguments: [
    (
      401, "application/json", #"{"error": "invalid_client", "error_description": "no\nsuch s3cret-of-the-app."}"#,
      FailureType.config,
      "The token endpoint https://id.example.com/token refuses (HTTP status 401): invalid_client, no such ****"
    ),
    (
      200, "application/json", #"{"error": "bad_verification_code"}"#, .config,
      "The token endpoint https://id.example.com/token refuses: bad_verification_code"
    ),
    (
      200, "application/json", #"{"ok": false, "error": "invalid_code"}"#, .config,
      "The token endpoint https://id.example.com/token refuses: invalid_code"
    ),
    (
      503, "text/plain", "busy", .transient,
      "The token endpoint https://id.example.com/token refuses (HTTP status 503). The API says: busy"
    ),
    (
      200, "text/html; charset=utf-8", "<h1>Hello</h1>", .system,
      "The answer of the token endpoint https://id.example.com/token is not JSON but text/html"
    ),
    (
      200, "application/json", "[1]", .system,
      "The answer of the token endpoint https://id.example.com/token is JSON, but not an object"
    ),
  ])
  func theTokenEndpointMayRefuse(status: Int, type: String, body: String, failure: FailureType, words: String) async throws {
    do {
      _ = try await run(ScriptedTransport([(status, type, body)]), paste: { _ in "c0de" })
        .consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: true)
      Issue.record("nothing was wrong")
    } catch {
      let error = ConnectorError(wrapping: error)
      #expect(error.failureType == failure)
      #expect(error.sentence.hasPrefix(words), "\(error.sentence)")
    }
  }

  /// GitHub's answers are forms, whatever they are asked for.
  @Test func anAnswerMayBeAForm() async throws {
    let transport = ScriptedTransport([(200, "application/x-www-form-urlencoded; charset=utf-8", "access_token=a%2Bb&scope=")])
    let answer = try await run(transport, paste: { _ in "c0de" })
      .consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: true)
    #expect(answer == ["access_token": "a+b", "scope": ""])
  }

  @Test func theNetworkMayFail() async throws {
    let failure = TransportError(.connectFailed, "https://id.example.com: refused", cause: "connection refused")
    let said = await sentence {
      try await run(ScriptedTransport([], failure: failure), paste: { _ in "c0de" })
        .consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: true)
    }
    #expect(said == "The token endpoint https://id.example.com/token could not be reached: connection refused")
  }

  @Test func aSecretInTheAddressIsRefused() async throws {
    let declared = try declaration(
      "consent_url: \"https://id.example.com/?x=s3cret-of-the-app&{{state_param}}\"\naccess_token_url: https://id.example.com/token"
    )
    let run = SignInRun(
      declared, ConsentInputs(clientID: "me", clientSecret: "s3cret-of-the-app"), runtime: runtime(ScriptedTransport()),
      host: SignInHost(say: { _ in }, open: { _ in true }, paste: { _ in "c" }), timeout: 1)
    let said = await sentence { try await run.consent(returningTo: .elsewhere("https://app.example.com/cb"), usesProof: true) }
    #expect(said == "`consent_url` has the client's secret in it, which a browser would show and keep in its history")
  }

  // MARK: Devices, and refresh tokens

  private static let invitation = """
    {"device_code": "d-0123456789", "user_code": "WDJB-MJHT", "verification_uri": "https://id.example.com/device", "interval": 2, \
    "expires_in": 100}
    """
  private static let pending = (400, "application/json", #"{"error": "authorization_pending"}"#)

  @Test func aDeviceIsAskedForUntilItIsAllowed() async throws {
    let clock = StillClock()
    let transport = ScriptedTransport([
      (200, "application/json", Self.invitation), Self.pending, (400, "application/json", #"{"error": "slow_down"}"#),
      Self.pending,
      (200, "application/json", #"{"refresh_token": "r-0123456789"}"#),
    ])
    let (said, start) = (Said(), clock.now)
    let answer = try await run(transport, said: said, sleep: nil, clock: clock)
      .consentOnDevice(from: "https://id.example.com/begin", tokenEndpoint: nil)
    #expect(answer["refresh_token"] == "r-0123456789")
    #expect(clock.now - start == (2 + 2 + 7 + 7) * 1_000_000)
    #expect(
      transport.requests.map(\.url) == ["https://id.example.com/begin"]
        + Array(repeating: "https://id.example.com/token", count: 4))
    #expect(transport.form(0) == ["client_id": "me", "client_secret": "s3cret-of-the-app"])
    #expect(transport.form(1)["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code")
    #expect(transport.form(1)["device_code"] == "d-0123456789")
    #expect(
      said.text.contains("Open https://id.example.com/device in a browser on any device, and enter this code:\n\n  WDJB-MJHT"))
    #expect(!said.text.contains("d-0123456789"))
  }

  @Test(arguments: [
    ([(400, "application/json", #"{"error": "access_denied"}"#)], "The consent was denied"),
    ([(400, "application/json", #"{"error": "expired_token"}"#)], "Nobody consented within 2 seconds"),
    (
      Array(repeating: (400, "application/json", #"{"error": "authorization_pending"}"#), count: 60),
      "Nobody consented within 100 seconds"
    ),
    ([(400, "application/json", #"{"error": "invalid_client"}"#)], "refuses (HTTP status 400): invalid_client"),
  ])
  func aDeviceMayGetNothing(answers: [(Int, String, String)], words: String) async throws {
    let all = [(200, "application/json", Self.invitation)] + answers
    let said = await sentence {
      try await run(ScriptedTransport(all.map { ($0.0, $0.1, $0.2) }), sleep: nil)
        .consentOnDevice(from: "https://id.example.com/begin", tokenEndpoint: nil)
    }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }

  @Test func aDeviceEndpointMayAnswerSomethingElse() async throws {
    let said = await sentence {
      try await run(ScriptedTransport(#"{"user_code": "x"}"#), sleep: nil)
        .consentOnDevice(from: "https://id.example.com/begin", tokenEndpoint: nil)
    }
    #expect(said == "The device endpoint's answer has no `device_code`")
  }

  @Test func aRefreshTokenGivesOthers() async throws {
    let transport = ScriptedTransport(#"{"access_token": "a", "refresh_token": "new"}"#)
    let answer = try await run(transport).refresh("old", by: nil, tokenEndpoint: "https://id.example.com/renew")
    #expect(answer["refresh_token"] == "new")
    #expect(transport.requests[0].url == "https://id.example.com/renew")
    #expect(
      transport.form(0)
        == ["grant_type": "refresh_token", "refresh_token": "old", "client_id": "me", "client_secret": "s3cret-of-the-app"])
  }

  @Test func aRefreshTokenMayBeUsedUp() async throws {
    let transport = ScriptedTransport([(400, "application/json", #"{"error": "invalid_grant"}"#)])
    let said = await sentence { try await run(transport).refresh("old", by: nil, tokenEndpoint: nil) }
    #expect(said?.hasSuffix("the refresh token is not good any more: run `login` without `--refresh`") == true)
  }
}

/// Tokens that are renewed without a consent, as a read renews them.
@Suite struct TokenRenewalTests {
  private static let config: JSONObject = ["id": "me", "secret": "s3cret-of-the-app", "region": "eu"]

  private func renew(
    _ authenticator: String, _ transport: ScriptedTransport, endpoint: String? = nil
  ) async throws -> JSONObject? {
    let text = """
      {type: OAuthAuthenticator, token_refresh_endpoint: "https://id.example.com/token", client_id: "{{ config['id'] }}", \
      client_secret: "{{ config['secret'] }}", refresh_token: "{{ config['refresh'] }}"\(authenticator)}
      """
    let manifest = try manifest(spec: "", authenticator: text)
    let runtime = runtime(transport)
    guard
      let renewal = try SignInRun.renewal(of: manifest, config: Self.config, endpoint: endpoint, runtime: runtime)
    else { return nil }
    let declared = try ConsentDeclaration.plain(manifest, Self.config, GivenEndpoints(), runtime: runtime, isRefresh: true)
    let run = SignInRun(
      declared, ConsentInputs(clientID: "me", clientSecret: "s3cret-of-the-app"), runtime: runtime,
      host: SignInHost(say: { _ in }, open: { _ in false }, paste: nil), timeout: 300)
    return try await run.refresh("old", by: renewal, tokenEndpoint: endpoint)
  }

  @Test(
    arguments: [
      ("", [:]), (", refresh_token_name: again", ["refresh_token": nil, "again": "old"]),
      (
        ", client_id_name: app, client_secret_name: key, grant_type_name: kind",
        [
          "client_id": nil, "client_secret": nil, "grant_type": nil, "app": "me", "key": "s3cret-of-the-app",
          "kind": "refresh_token",
        ]
      ), (#", refresh_request_body: {region: "{{ config['region'] }}", client_id: other}"#, ["region": "eu"]),
      (", refresh_request_headers: {Authorization: Basic bWU6eA==}", ["client_id": nil, "client_secret": nil]),
      (", scopes: [a]", ["scopes": "a"]),
    ] as [(String, [String: String?])])
  func theRequestIsThatOfARead(authenticator: String, changes: [String: String?]) async throws {
    let transport = ScriptedTransport(#"{"access_token": "a", "refresh_token": "new"}"#)
    #expect(try await renew(authenticator, transport)?["refresh_token"] == "new")
    var expected: [String: String] = [
      "grant_type": "refresh_token", "refresh_token": "old", "client_id": "me", "client_secret": "s3cret-of-the-app",
    ]
    for (name, value) in changes { expected[name] = value }
    #expect(transport.form(0) == expected)
    #expect(transport.requests[0].url == "https://id.example.com/token")
  }

  @Test func theAnswerMayHaveOtherNames() async throws {
    let transport = ScriptedTransport(#"{"data": {"token": "a", "again": "new", "ends": 60}}"#)
    let answer = try await renew(", access_token_name: token, refresh_token_name: again, expires_in_name: ends", transport)
    #expect(answer?["access_token"] == "a")
    #expect(answer?["refresh_token"] == "new")
    #expect(answer?["expires_in"] == 60)
  }

  @Test func anotherEndpointMayBeNamed() async throws {
    let transport = ScriptedTransport(#"{"access_token": "a"}"#)
    _ = try await renew("", transport, endpoint: "https://other.example.com/renew")
    #expect(transport.requests.map(\.url) == ["https://other.example.com/renew"])
  }

  @Test func otherGrantsAreNotRenewed() async throws {
    #expect(try await renew(", grant_type: client_credentials", ScriptedTransport("{}")) == nil)
  }

  @Test(arguments: [
    (307, "application/json", "", "redirects to another address, and credentials are sent to none but its own"),
    (200, "application/json", "", "is empty"), (200, "application/json", "{", "is not valid JSON"),
    (200, "text/html", "<p>", "is not JSON but text/html"), (200, "application/json", "[]", "is JSON, but not an object"),
  ])
  func badAnswersAreExplained(status: Int, type: String, body: String, words: String) async {
    let transport = ScriptedTransport([(status, type, body)])
    let said = await sentence { try await renew("", transport) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
    #expect(transport.requests.count == 1)
  }
}

/// The page on the loopback interface, and who may ask for it.
@Suite struct RedirectListenerTests {
  private func get(_ url: String, method: String = "GET") async throws -> (status: Int, body: String) {
    var request = HTTPRequest(method: method, url: url)
    // The server's task may wait long for its turn, where all tests run at once on few cores.
    request.readTimeout = 3_600
    let response = try await NetworkTransport().exchange(request)
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }

  @Test func oneRedirectIsTaken() async throws {
    let listener = try RedirectListener(port: 0, address: nil, names: ["code", "error"], sleep: forever)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await listener.run() }
      #expect(try await get(listener.address + "favicon.ico").status == 404)
      #expect(try await get(listener.address).body.contains("Waiting for the consent"))
      #expect(try await get(listener.address + "?code=1", method: "POST").status == 405)
      async let first = get(listener.address + "?code=1&state=a")
      let fields = try #require(await listener.redirect())
      #expect(fields.map(\.name) == ["code", "state"])
      let second = try await get(listener.address + "?code=2&state=a")
      #expect(second.status == 409)
      #expect(second.body.contains("This sign-in has an answer already"))
      await listener.finish(.good, title: "Good <b>", text: "\"Bye\" & go")
      let shown = try await first
      #expect(shown.status == 200)
      #expect(shown.body.contains("<h1>Good &lt;b&gt;</h1>"))
      #expect(shown.body.contains("&quot;Bye&quot; &amp; go"))
      #expect(try await get(listener.address + "?code=3").status == 409)
      group.cancelAll()
    }
  }

  @Test func aFreePortIsPutIntoAFixedAddress() throws {
    let listener = try RedirectListener(port: 0, address: "http://localhost:0/cb", names: ["code"], sleep: forever)
    #expect(listener.address.wholeMatch(of: /http:\/\/localhost:[1-9]\d*\/cb/) != nil)
  }

  @Test func whoeverStopsWaitingGetsNothing() async throws {
    let listener = try RedirectListener(port: 0, address: nil, names: ["code"], sleep: forever)
    let waiting = Task { await listener.redirect() == nil }
    waiting.cancel()
    #expect(await waiting.value)
  }
}
