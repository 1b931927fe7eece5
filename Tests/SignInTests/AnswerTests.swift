import ConnectorModel
import Engine
import JSON
import Secrets
import Testing

@testable import SignIn

/// What comes back from a consent, and from the token endpoint, and where it goes.
@Suite struct ConsentAnswerTests {
  private func read(_ text: String) throws -> ConsentAnswer {
    try ConsentAnswer.read(pasted: text, codeKey: "code", stateKey: "state", state: "st")
  }

  @Test(arguments: [
    "http://127.0.0.1:8400/?code=c0%2Fde&state=st", "https://app.example.com/cb?state=st&code=c0%2Fde&scope=x#_",
    "?code=c0%2Fde&state=st",
    "code=c0%2Fde&state=st", "  \"http://127.0.0.1:8400/?code=c0%2Fde&state=st\" \n",
    "https://app.example.com/#code=c0%2Fde&state=st",
    "c0%2Fde", "c0/de",
  ])
  func aUserMayPasteWhatTheBrowserShows(text: String) throws { #expect(try read(text) == .code("c0/de")) }

  @Test(arguments: [
    ("", "Nothing was pasted"),
    ("https://app.example.com/cb", "The pasted address has no `code`"),
    ("https://app.example.com/cb?state=st", "The answer to the consent has no `code`"),
    ("https://app.example.com/cb?code=x", "The answer to the consent has no `state`"),
    ("https://app.example.com/cb?code=x&state=other", "has another `state` than was sent, so it belongs to another sign-in"),
    ("https://app.example.com/cb?error=access_denied&state=other", "has another `state` than was sent"),
  ])
  func whatIsNoAnswerIsRefused(text: String, words: String) async {
    let said = await sentence { try read(text) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }

  @Test(arguments: [
    ("error=access_denied&state=st", "The consent was denied: access_denied"),
    ("error=access_denied", "The consent was denied: access_denied"),
    (
      "error=access_denied&error_description=The+user%0Asaid+no.&state=st",
      "The consent was denied: access_denied, The user said no"
    ),
    ("error=invalid_scope&error_description=hush+s3cret", "The provider does not ask for consent: invalid_scope, hush ****"),
    ("error=a%1Bb", "The provider does not ask for consent: a\\u{1B}b"),
  ])
  func aRefusalIsASentence(query: String, words: String) throws {
    let mask = SecretMask()
    mask.hide("s3cret")
    #expect(try read("http://127.0.0.1/?" + query).failure(hiding: mask)?.sentence == words)
  }

  @Test(
    arguments: [
      (nil, nil, false, RedirectAddress.loopback(port: 0, address: nil)),
      (nil, 8400, false, .loopback(port: 8400, address: nil)),
      (nil, 8400, true, .elsewhere("http://127.0.0.1:8400/")),
      ("http://127.0.0.1:8400/cb", nil, false, .loopback(port: 8400, address: "http://127.0.0.1:8400/cb")),
      ("http://localhost:8400/cb", 8400, false, .loopback(port: 8400, address: "http://localhost:8400/cb")),
      ("http://localhost/cb", 8400, false, .loopback(port: 8400, address: "http://localhost/cb")),
      ("http://localhost/cb", nil, false, .loopback(port: 80, address: "http://localhost/cb")),
      ("http://localhost:8400/cb", nil, true, .elsewhere("http://localhost:8400/cb")),
      ("https://app.example.com/cb", nil, false, .elsewhere("https://app.example.com/cb")),
      ("https://app.example.com/cb", 8400, false, .loopback(port: 8400, address: "https://app.example.com/cb")),
      ("https://localhost:8400/cb", nil, false, .elsewhere("https://localhost:8400/cb")),
      ("urn:ietf:wg:oauth:2.0:oob", nil, false, .elsewhere("urn:ietf:wg:oauth:2.0:oob")),
    ] as [(String?, UInt16?, Bool, RedirectAddress)])
  func theAddressToReturnToDecides(address: String?, port: UInt16?, pastes: Bool, way: RedirectAddress) throws {
    #expect(try RedirectAddress(address, port: port, pastes: pastes) == way)
  }

  @Test(
    arguments: [
      ("app.example.com/cb", nil, "is not an address to return to"), ("http:///cb", nil, "is not an address to return to"),
      ("http://localhost:8400/#x", nil, "must not have a `#`"),
      ("http://localhost:8400/", 8500, "has port 8400, and `--port` is 8500"),
    ] as [(String, UInt16?, String)])
  func whatFitsNowhereIsAnError(address: String, port: UInt16?, words: String) async {
    let said = await sentence { try RedirectAddress(address, port: port, pastes: false) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }
}

/// What of an answer goes into the config.
@Suite struct TokenOutputTests {
  private static let head = "consent_url: https://example.com/\naccess_token_url: https://example.com/token\n"
  /// 2027-01-15T08:00:00Z
  private static let now: Int64 = 1_800_000_000_000_000

  private func placed(_ input: String, _ outputs: String, _ answer: JSONObject) throws -> [String: JSONValue] {
    let declared = try declaration(Self.head + input, "complete_oauth_output_specification: {\(outputs)}")
    let found = try declared.placed(answer, now: Self.now)
    let unplaced = found.unplaced.map { ("unplaced \($0)", JSONValue.null) }
    return Dictionary(found.values.map { ($0.path.joined(separator: "."), $0.value) } + unplaced, uniquingKeysWith: { $1 })
  }

  private static let places = """
    required: [refresh_token], properties: {refresh_token: {path_in_connector_config: [c, r]}, \
    access_token: {path_in_connector_config: [c, a]}, token_expiry_date: {path_in_connector_config: [c, e]}}
    """

  @Test(
    arguments: [
      // Without `extract_output`, what has a place is looked for.
      ("", places, ["refresh_token": "r"], ["c.r": "r"]),
      (
        "", places, ["refresh_token": "r", "access_token": "a", "expires_in": 3600],
        ["c.r": "r", "c.a": "a", "c.e": "2027-01-15T09:00:00Z"]
      ),
      (
        "", "properties: {token: {path_in_connector_config: [t], path_in_oauth_response: [data, token]}}",
        ["data": ["token": "x"]],
        ["t": "x"]
      ),
      (
        "", "properties: {token_expiry_date: {path_in_connector_config: [e], path_in_oauth_response: [lifetime]}}",
        ["lifetime": "2030-01-01"], ["e": "2030-01-01"]
      ),
      (
        "token_expiry_key: lifetime",
        "properties: {token_expiry_date: {path_in_connector_config: [e], path_in_oauth_response: [lifetime]}}",
        ["lifetime": "60"],
        ["e": "2027-01-15T08:01:00Z"]
      ),
      // The mapping of properties may stand alone.
      ("", "token: {type: string, path_in_connector_config: [t]}", ["token": 7], ["t": "7"]),
      // With it, what it names, by the last part of each path.
      (
        "extract_output: [data.access_token, '$.data.accounts[1].refresh_token']", places,
        ["data": ["access_token": "a", "accounts": [[:], ["refresh_token": "r"]]]], ["c.a": "a", "c.r": "r"]
      ),
      (
        "extract_output: [access_token, expires_in, site]", places, ["access_token": "a", "expires_in": "90", "site": "s"],
        ["c.a": "a", "c.e": "2027-01-15T08:01:30Z", "unplaced site": nil]
      ),
    ] as [(String, String, JSONObject, [String: JSONValue?])])
  func valuesFindTheirPlaces(input: String, outputs: String, answer: JSONObject, values: [String: JSONValue?]) throws {
    #expect(try placed(input, outputs, answer) == values.mapValues { $0 ?? .null })
  }

  @Test(
    arguments: [
      (
        ["refresh_token": "", "access_token": "a"],
        "has no `refresh_token`, which the manifest wants to keep: it has `access_token`"
      ),
      (["refresh_token": nil], "has no `refresh_token`, which the manifest wants to keep: it is empty"),
      (["refresh_token": ["a": 1]], "`refresh_token` of the token endpoint's answer should be a token, but is an object"),
    ] as [(JSONObject, String)])
  func whatIsNoTokenIsNotKept(answer: JSONObject, words: String) async {
    let said = await sentence { try placed("", Self.places, answer) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }

  @Test(arguments: [
    ("", places, "has no `refresh_token`, which the manifest wants to keep: it has `access_token`"),
    ("extract_output: [data.token]", places, "has no `data.token`"),
    ("extract_output: [access_token, refresh_token]", places, "or at the first consent"),
  ])
  func whatIsMissingIsAnError(input: String, outputs: String, words: String) async {
    let said = await sentence { try placed(input, outputs, ["access_token": "a"]) }
    #expect(said?.contains(words) == true, "\(said ?? "")")
  }

  @Test func aRefreshMayLeaveOutWhatStays() throws {
    let declared = try declaration(Self.head, "complete_oauth_output_specification: {\(Self.places)}")
    #expect(try declared.placed(["access_token": "a"], now: 0, isPartial: true).values.map(\.path) == [["c", "a"]])
  }

  @Test(
    arguments: [
      ("a.b", ["a": ["b": 1]], 1), ("$.a.b", ["a": ["b": 1]], 1), ("$['a'][\"b\"]", ["a": ["b": 1]], 1), ("a[0]", ["a": [2]], 2),
      ("a[1]", ["a": [2]], nil), ("a.b.c", ["a": ["b": 1]], nil), ("a..", ["a..": 3], 3), ("$", ["$": 4], 4),
    ] as [(String, JSONValue, JSONValue?)])
  func pathsLeadIntoAnswers(path: String, answer: JSONValue, value: JSONValue?) {
    #expect(AnswerPath(path).value(in: answer) == value)
  }
}

/// Configs as people write them, before and after.
@Suite struct ConfigTextTests {
  private func changed(_ text: String, _ changes: PlacedValues) throws -> String {
    let config = try #require(JSONValue(parsing: Array(text.utf8)).object)
    let meaning = try ConfigPlacement.applied(changes, to: config)
    let result = ConfigText.changed(text, changes, meaning: meaning)
    #expect(try JSONValue(parsing: Array(result.utf8)).equals(.object(meaning)), "\(result)")
    return result
  }

  @Test(arguments: [
    ("{}", "{\n  \"c\": {\n    \"t\": \"x\"\n  }\n}"),
    ("{ }\n", "{\n  \"c\": {\n    \"t\": \"x\"\n  }\n}\n"),
    (#"{"c":{"t":"old"}}"#, #"{"c":{"t":"x"}}"#),
    (#"{"a":1.50,"c":{}}"#, "{\"a\":1.50,\"c\":{\n  \"t\": \"x\"\n}}"),
    (#"{"c": {"a": 1}}"#, #"{"c": {"a": 1, "t": "x"}}"#),
    (#"{"c": {"a": 1, "b": 2}}"#, #"{"c": {"a": 1, "b": 2, "t": "x"}}"#),
    (#"{"c":{"a":1,"b":2}}"#, #"{"c":{"a":1,"b":2,"t":"x"}}"#),
    (
      "{\n    \"c\": {\n        \"a\": \"}\\\"{\"\n    },\n    \"z\": 1e3\n}\n",
      "{\n    \"c\": {\n        \"a\": \"}\\\"{\",\n        \"t\": \"x\"\n    },\n    \"z\": 1e3\n}\n"
    ),
    ("{\n\t\"z\": [1, {\"t\": 2}]\n}", "{\n\t\"z\": [1, {\"t\": 2}],\n\t\"c\": {\n\t\t\"t\": \"x\"\n\t}\n}"),
    ("{\"c\": null}", "{\"c\": {\n  \"t\": \"x\"\n}}"),
    ("{\"c\": {\"t\": 1}, \"c\": {\"t\": 2}}", "{\"c\": {\"t\": 1}, \"c\": {\"t\": \"x\"}}"),
  ])
  func theRestStaysAsItIsWritten(text: String, result: String) throws {
    #expect(try changed(text, [(["c", "t"], "x")]) == result)
  }

  @Test func severalValuesGoInOneAfterTheOther() throws {
    #expect(
      try changed("{\n  \"a\": 1\n}", [(["c", "t"], "x"), (["c", "u"], 2), (["a"], "ü\n")])
        == "{\n  \"a\": \"ü\\n\",\n  \"c\": {\n    \"t\": \"x\",\n    \"u\": 2\n  }\n}")
  }

  @Test func whatIsInTheWayIsAnError() async {
    let said = await sentence { try ConfigPlacement.applied([(["a", "b", "c"], "x")], to: ["a": ["b": 1]]) }
    #expect(
      said
        == "`a.b` of the config is not an object, but `a.b.c` belongs inside it; remove it from the config, or make it an object")
  }

  /// Any text that is valid stays so, and means what it should.
  @Test func anyShapeIsChangedRightly() throws {
    let values = ["1", "\"\\\\\"", "{}", "[]", "[{\"t\":1}]", "{\"t\":{\"t\":[]}}", "null", "true", "\"{\\\"t\\\":1}\""]
    let spaces = ["", " ", "\n", "\n\t", "\r\n  "]
    for (number, value) in values.enumerated() {
      for space in spaces {
        for other in values {
          let text =
            "\(space){\(space)\"t\(number)\"\(space):\(space)\(value)\(space),\(space)\"o\"\(space):\(other)\(space)}\(space)"
          _ = try changed(text, [(["t\(number)"], "x"), (["new", "deep"], ["y": [1]]), (["new", "too"], nil)])
        }
      }
    }
  }

  @Test func theApplicationAndTheChoiceGoAlong() throws {
    let declared = try ConsentDeclaration.declared(
      by: manifest(
        spec: """
            advanced_auth:
              auth_flow_type: oauth2.0
              predicate_key: [c, kind]
              predicate_value: oauth
              oauth_config_specification:
                oauth_connector_input_specification: {consent_url: x, access_token_url: y, client_id_key: app}
                complete_oauth_server_output_specification:
                  app: {path_in_connector_config: [c, app]}
                  client_secret: {path_in_connector_config: [c, secret]}
          """
      ).spec)
    let login = try #require(declared)
    let inputs = ConsentInputs(clientID: "me", clientSecret: "s3cret")
    let all = ConfigPlacement.changes([(["c", "t"], "x")], inputs, login, in: [:])
    #expect(
      try ConfigPlacement.applied(all, to: [:]) == ["c": ["kind": "oauth", "app": "me", "secret": "s3cret", "t": "x"]])
    let known = ConfigPlacement.changes([], inputs, login, in: ["c": ["kind": "oauth", "app": "me", "secret": "s3cret"]])
    #expect(known.isEmpty)
    #expect(login.places.choosesOtherWay(["c": ["kind": "token"]]))
    #expect(!login.places.choosesOtherWay(["c": ["kind": "oauth"]]))
    #expect(!login.places.choosesOtherWay([:]))
  }
}
