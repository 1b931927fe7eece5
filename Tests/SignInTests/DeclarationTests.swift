import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets
import Testing

@testable import SignIn

/// What manifests declare of a consent, and the addresses and requests that come of it.
@Suite struct DeclarationTests {
  private static let ticket = ConsentTicket(redirectURI: "http://127.0.0.1:8400/", state: "st", proof: nil)
  private static let inputs = ConsentInputs(clientID: "me", clientSecret: "s3cret", user: ["subdomain": "acme"])

  private static let plain = """
    consent_url: "https://{{subdomain}}.example.com/allow?{{client_id_param}}&{{redirect_uri_param}}&{{scopes_param}}&{{state_param}}"
    access_token_url: "https://{{subdomain}}.example.com/token?{{client_id_param}}&{{client_secret_param}}&{{auth_code_param}}"
    """

  @Test(arguments: [
    ("", "client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F&state=st"),
    ("scope: a b", "client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F&scope=a%20b&state=st"),
    (
      "scopes: [{scope: a}, {scope: b}]\nscope: old",
      "client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F&scope=a%20b&state=st"
    ),
    (
      "scopes: [{scope: a}, {scope: b}]\nscopes_join_strategy: comma",
      "client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F&scope=a%2Cb&state=st"
    ),
    (
      "scopes: [{scope: a}, {scope: b}]\nscopes_join_strategy: plus\nscope_key: may",
      "client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F&may=a%2Bb&state=st"
    ),
    (
      "client_id_key: app\nredirect_uri_key: back\nstate_key: nonce",
      "app=me&back=http%3A%2F%2F127.0.0.1%3A8400%2F&nonce=st"
    ),
  ])
  func theConsentHasItsAddress(more: String, query: String) throws {
    let declared = try declaration(Self.plain + "\n" + more)
    #expect(try declared.consentAddress(Self.inputs, Self.ticket) == "https://acme.example.com/allow?\(query)")
  }

  /// Also where the template has no place for it.
  @Test func aStateIsAlwaysSent() throws {
    let declared = try declaration("consent_url: https://example.com/allow\naccess_token_url: https://example.com/token")
    #expect(try declared.consentAddress(Self.inputs, Self.ticket) == "https://example.com/allow?state=st")
  }

  @Test func optionalScopesAndConstantsAreVariables() throws {
    let declared = try declaration(
      """
      consent_url: "https://example.com/?{{ optional_scopes_param }}&more={{ more_scopes | urlencode }}&all={{ scopes }}&{{state_param}}"
      access_token_url: https://example.com/token
      optional_scopes: [{scope: x}, {scope: y}]
      more_scopes: m n
      scopes: [{scope: a}]
      """)
    #expect(
      try declared.consentAddress(Self.inputs, Self.ticket)
        == "https://example.com/?optional_scopes=x%20y&more=m%20n&all=a&state=st")
  }

  /// As the address goes through the browser's history, and the terminal.
  @Test(arguments: ["{{ client_secret_value }}", "{{ client_secret }}", "{{ client_secret_param }}"])
  func theSecretIsNeverInTheAddress(template: String) throws {
    let declared = try declaration(
      "consent_url: \"https://example.com/?x=\(template)&{{state_param}}\"\naccess_token_url: https://example.com/token")
    var inputs = Self.inputs
    inputs.user["client_secret"] = "s3cret"
    #expect(try declared.consentAddress(inputs, Self.ticket) == "https://example.com/?x=&state=st")
  }

  @Test func aProofKeyIsSentWhereTheManifestHasNone() throws {
    let declared = try declaration(Self.plain)
    let ticket = declared.ticket(redirectURI: "http://127.0.0.1:1/", usesProof: true, random: counted)
    let proof = try #require(ticket.proof)
    #expect(proof.verifier.count == 43)
    let address = try declared.consentAddress(Self.inputs, ticket)
    #expect(address.hasSuffix("&code_challenge=\(proof.challenge)&code_challenge_method=S256"))
    let request = try declared.tokenRequest(Self.inputs, ticket, code: "c0de")
    #expect(
      request.url
        == "https://acme.example.com/token?client_id=me&client_secret=s3cret&code=c0de&code_verifier=\(proof.verifier)")
    #expect(declared.ticket(redirectURI: "", usesProof: false, random: counted).proof == nil)
    let own = try declaration(
      "consent_url: \"https://example.com/?code_challenge={{ state_value | codechallengeS256 }}&{{state_param}}\"\n"
        + "access_token_url: https://example.com/token")
    #expect(own.ticket(redirectURI: "", usesProof: true, random: counted).proof == nil)
  }

  @Test(arguments: [
    ("", 43...43), ("state: {min: 7, max: 10}", 10...10), ("state: {min: 64, max: 128}", 64...64),
    ("state: {min: 7, max: 128}", 43...43),
  ])
  func theStateHasTheLengthThatTheApiTakes(more: String, length: ClosedRange<Int>) throws {
    let declared = try declaration(Self.plain + "\n" + more)
    let one = declared.ticket(redirectURI: "", usesProof: false, random: SignInHost.systemRandom).state
    let other = declared.ticket(redirectURI: "", usesProof: false, random: SignInHost.systemRandom).state
    #expect(length.contains(one.count))
    #expect(one != other)
    #expect(one.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) })
  }

  @Test(arguments: [
    ("", "application/x-www-form-urlencoded", ""),
    ("access_token_params: {code: '{{ auth_code_value }}', n: 1}", "application/json", #"{"code": "c0de", "n": "1"}"#),
    (
      "access_token_params: {'{{ auth_code_key }}': '{{ auth_code_value }}'}\naccess_token_headers: {Content-Type: application/json}",
      "application/json", #"{"code": "c0de"}"#
    ),
    (
      "access_token_params: {a: x y, code: '{{ auth_code_value }}'}\n"
        + "access_token_headers: {content-type: application/x-www-form-urlencoded}",
      "application/x-www-form-urlencoded", "a=x+y&code=c0de"
    ),
  ])
  func theRequestForTokensHasItsBody(more: String, type: String, body: String) throws {
    let request = try declaration(Self.plain + "\n" + more).tokenRequest(Self.inputs, Self.ticket, code: "c0de")
    #expect(request.method == "POST")
    #expect(request.header("Content-Type") == type)
    #expect(request.header("Accept") == "application/json")
    #expect(String(decoding: try #require(request.body), as: UTF8.self) == body)
  }

  @Test func headersAreTemplates() throws {
    let request = try declaration(
      Self.plain
        + "\naccess_token_headers: {Authorization: \"Basic {{ (client_id_value ~ ':' ~ client_secret_value) | b64encode }}\"}"
    ).tokenRequest(Self.inputs, Self.ticket, code: "c0de")
    #expect(request.header("Authorization") == "Basic bWU6czNjcmV0")
  }

  @Test(arguments: [
    ("auth_flow_type: oauth1.0", "The manifest signs in by OAuth 1.0, and `login` knows OAuth 2.0 alone"),
    (
      "oauth_config_specification: {oauth_connector_input_specification: {consent_url: '', access_token_url: x}}",
      "needs `consent_url`"
    ),
    (
      "oauth_config_specification: {oauth_connector_input_specification: {consent_url: x, access_token_url: y, state: {min: 9, max: 3}}}",
      "`state` should have a `min` from 1 to its `max`"
    ),
  ])
  func whatCannotBeSignedInToIsAnErrorAtItsPlace(auth: String, words: String) throws {
    let spec = try manifest(
      spec: "  advanced_auth: {auth_flow_type: oauth2.0, \(auth)}"
        .replacing("auth_flow_type: oauth2.0, auth_flow_type", with: "auth_flow_type")
    ).spec
    do {
      _ = try ConsentDeclaration.declared(by: spec)
      Issue.record("nothing was wrong")
    } catch let error as ConnectorError {
      #expect(error.sentence.contains(words), "\(error)")
      #expect(error.failureType == .config)
      #expect(error.mark?.line == 15, "\(error)")
    }
  }

  @Test(arguments: ["", "  advanced_auth: {auth_flow_type: oauth2.0}"])
  func whatThePlatformHasCodeForIsNotDeclared(spec: String) throws {
    #expect(try ConsentDeclaration.declared(by: manifest(spec: spec).spec) == nil)
  }

  @Test func aWrongTemplateIsAnErrorAtItsPlace() async throws {
    let declared = try declaration(
      "consent_url: \"https://example.com/?x={{ client_id_value | frobnicate }}\"\naccess_token_url: https://example.com/token")
    let words = await sentence { try declared.consentAddress(Self.inputs, Self.ticket) }
    #expect(words?.hasPrefix("The template of `consent_url` cannot be evaluated: ") == true, "\(words ?? "")")
    let address = try declaration("consent_url: 'ftp://example.com'\naccess_token_url: https://example.com/token")
    #expect(
      await sentence { try address.consentAddress(Self.inputs, Self.ticket) }?
        .contains("`ftp://example.com` cannot be requested: it should begin with https:// or http://") == true)
  }
}

/// What is taken from the config, the environment and the user.
@Suite struct InputTests {
  private static let input = """
    consent_url: "https://{{subdomain}}.example.com/?{{client_id_param}}"
    access_token_url: "https://example.com/{% if sandbox %}test{% endif %}?{{client_secret_param}}"
    """
  private static let places = """
    oauth_user_input_from_connector_config_specification:
      type: object
      properties:
        subdomain: {type: string, path_in_connector_config: [login, subdomain]}
        sandbox: {type: boolean, path_in_connector_config: [sandbox]}
        unread: {type: string, path_in_connector_config: [unread]}
    complete_oauth_server_output_specification:
      client_id: {type: string, path_in_connector_config: [login, client_id]}
      client_secret: {type: string, path_in_connector_config: [login, client_secret]}
    """

  private func inputs(
    _ config: JSONObject, _ environment: [String: String] = [:], specification: JSONValue? = nil,
    ask: InputCollection.Asking? = nil, needsSecret: Bool = true
  ) async throws -> ConsentInputs {
    try await InputCollection(
      declaration(Self.input, Self.places), specification: specification, environment: environment, ask: ask
    ).inputs(config, needsSecret: needsSecret, hiding: SecretMask())
  }

  @Test func theConfigGoesBeforeTheEnvironmentAndTheUser() async throws {
    let config: JSONObject = ["login": ["subdomain": "acme", "client_id": "c"], "client_secret": "s"]
    let found = try await inputs(config, ["AIRBYTE_LOWCODE_CLIENT_ID": "e", "AIRBYTE_LOWCODE_CLIENT_SECRET": "e"])
    #expect(found.clientID == "c")
    #expect(found.clientSecret == "s")
    #expect(found.user == ["subdomain": "acme"])
  }

  @Test func theEnvironmentGoesBeforeTheUser() async throws {
    let found = try await inputs(
      ["login": ["subdomain": "acme"]], ["AIRBYTE_LOWCODE_CLIENT_ID": "e", "AIRBYTE_LOWCODE_CLIENT_SECRET": ""],
      ask: { what, isSecret in "\(what) \(isSecret)" })
    #expect(found.clientID == "e")
    #expect(found.clientSecret == "Client secret true")
  }

  @Test func defaultsOfTheSpecificationCount() async throws {
    let specification: JSONValue = ["properties": ["login": ["oneOf": [["properties": ["subdomain": ["default": "usual"]]]]]]]
    let found = try await inputs(["client_id": "c"], specification: specification, needsSecret: false)
    #expect(found.user == ["subdomain": "usual"])
    #expect(found.clientSecret == nil)
  }

  @Test func whatIsMissingIsNamedWithItsPlace() async {
    let words = await sentence { try await inputs([:]) }
    #expect(
      words
        == "To sign in, `subdomain` is missing: put it into the config at `login.subdomain`; `client_id` is missing: put it into the "
        + "config at `login.client_id`, or into the variable AIRBYTE_LOWCODE_CLIENT_ID; `client_secret` is missing: put it into the "
        + "config at `login.client_secret`, or into the variable AIRBYTE_LOWCODE_CLIENT_SECRET")
  }
}

/// Consents of manifests that do not declare any.
@Suite struct PlainDeclarationTests {
  private static let authenticator = """
    {type: OAuthAuthenticator, token_refresh_endpoint: "{{ config['base'] }}/token", client_id: "{{ config['app']['id'] }}", \
    client_secret: "{{ config.get('secret') }}", refresh_token: "{{ config['app'][\\"refresh\\"] }}", client_id_name: app_id, \
    scopes: [a, b]}
    """
  private static let config: JSONObject = ["base": "https://id.example.com", "app": ["id": "me"], "secret": "s3cret"]

  private func plain(
    _ given: GivenEndpoints, authenticator: String = authenticator, spec: String = ""
  ) throws -> ConsentDeclaration {
    try ConsentDeclaration.plain(
      manifest(spec: spec, authenticator: authenticator), Self.config, given, runtime: runtime(ScriptedTransport()))
  }

  @Test func theAuthenticatorSaysWhatItNeeds() async throws {
    let declared = try plain(GivenEndpoints(authorization: "https://id.example.com/allow?tenant=1", scopes: []))
    let inputs = try await InputCollection(declared, specification: nil, environment: [:], ask: nil)
      .inputs(Self.config, needsSecret: true, hiding: SecretMask())
    #expect(inputs.clientID == "me")
    #expect(inputs.clientSecret == "s3cret")
    let ticket = ConsentTicket(redirectURI: "http://127.0.0.1:1/", state: "st", proof: nil)
    #expect(
      try declared.consentAddress(inputs, ticket)
        == "https://id.example.com/allow?tenant=1&response_type=code&app_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F"
        + "&scope=a%20b&state=st")
    let request = try declared.tokenRequest(inputs, ticket, code: "c0de")
    #expect(request.url == "https://id.example.com/token")
    #expect(
      String(decoding: request.body ?? [], as: UTF8.self)
        == "grant_type=authorization_code&code=c0de&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&app_id=me&client_secret=s3cret")
    let placed = try declared.placed(["refresh_token": "r", "access_token": "a"], now: 0)
    #expect(placed.values.map(\.path) == [["app", "refresh"]])
  }

  @Test func anUpdaterHasItsPlaces() throws {
    let declared = try plain(
      GivenEndpoints(authorization: "https://id.example.com/allow"),
      authenticator: """
        {type: OAuthAuthenticator, token_refresh_endpoint: "https://id.example.com/token", client_id: x, client_secret: y, \
        refresh_token_updater: {access_token_config_path: [at]}}
        """)
    let placed = try declared.placed(["refresh_token": "r", "access_token": "a", "expires_in": 60], now: 0)
    #expect(placed.values.map(\.path) == [["credentials", "refresh_token"], ["at"], ["credentials", "token_expiry_date"]])
  }

  @Test(arguments: [
    (GivenEndpoints(), authenticator, "but not where a user consents"),
    (GivenEndpoints(), "{type: NoAuth}", "neither a `spec.advanced_auth` with a `consent_url` nor an `OAuthAuthenticator`"),
    (
      GivenEndpoints(authorization: "https://id.example.com/allow"),
      "{type: OAuthAuthenticator, client_id: x, client_secret: y, access_token_value: z}",
      "name the address with `--token-endpoint`"
    ),
  ])
  func whatIsMissingIsSaid(given: GivenEndpoints, authenticator: String, words: String) async {
    let said = await sentence { try plain(given, authenticator: authenticator) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }

  @Test(
    arguments: [
      ("{{ config['a'] }}", ["a"]), ("{{config.a.b}}", ["a", "b"]), ("{{ config['a']['b'] }}", ["a", "b"]),
      ("{{ config.get('a', {}).get(\"b\") }}", ["a", "b"]), ("{{ config['a'] ~ 'x' }}", nil), ("{{ parameters['a'] }}", nil),
      ("Bearer {{ config['a'] }}", nil), ("plain", nil),
    ] as [(String, [String]?)])
  func aTemplateMayBeAPlaceOfTheConfig(template: String, path: [String]?) {
    #expect(ConfigReference.path(in: ManifestNode(ManifestValue(json: .string(template)))) == path)
  }
}
