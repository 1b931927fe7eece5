import Foundation
import JSON
import Testing

/// An API that echoes all it is sent, in every encoding; no line may show a secret of the config or of the run.
@Suite struct SecretTests {
  /// Each begins with a marker of letters and digits, which must not be shown in any encoding.
  private static let secrets = [
    "key": "kEy5secret1/+&=\"\\%2", "password": "pAss5word2:@ <x>", "code": "cOde5three3", "deep": "dEep5four44'",
    "pin": "pIn5five555\u{E9}\u{1F511}", "inner": "iNner5six66", "access": "aCcess5seven7/+==", "session": "sEssion5eight&8",
  ]

  private static func marker(_ secret: String) -> String { String(secret.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }) }

  /// The ways in which the API echoes: everything it got, or each secret cut off at different places.
  private static let ways =
    ["plain", "json", "ascii", "php", "quoted", "form", "html", "base64", "url64", "basic", "text", "page"]
    + secrets.keys.sorted().map { "cut-\($0)" }

  private static func answer(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    switch request.path {
    case "/token":
      return .json(200, JSONValue.object(["access_token": .string(secrets["access"] ?? ""), "expires_in": 3600]).jsonText)
    case "/login": return .json(200, JSONValue.object(["session": .string(secrets["session"] ?? "")]).jsonText)
    default: break
    }
    // The tokens of the run are echoed as soon as they are used.
    let echoed = secrets.filter { name, _ in
      switch name {
      case "access": request.text.contains("Bearer ")
      case "session": request.target.contains("session=")
      default: true
      }
    }
    // The secrets as they are, since an API may well decode before it echoes, and all of what was sent.
    let all = echoed.values.sorted() + [request.text] + request.headerValues
    let text = all.joined(separator: " ")
    let way = request.path.split(separator: "/").last.map(String.init) ?? ""
    func refuse(_ message: String) -> UnrulyAPI.Answer {
      .json(400, JSONValue.object(["message": .string(message)]).jsonText)
    }
    switch way {
    case "json": return refuse(JSONValue.string(text).jsonText)
    case "ascii": return refuse(ascii(JSONValue.string(text).jsonText))
    case "php": return refuse(ascii(JSONValue.string(text).jsonText).replacing("/", with: "\\/"))
    case "quoted": return refuse(quoted(text))
    case "form": return refuse(quoted(text).replacing("%20", with: "+").lowercased(of: "%2f"))
    case "html":
      return refuse(text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&#34;"))
    case "base64": return refuse(Data(text.utf8).base64EncodedString())
    case "url64":
      return refuse(Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_"))
    case "basic":
      let names = all.flatMap { ["u:\($0)", "us:\($0)", "usr:\($0)", $0] }
      return refuse(names.map { "Basic \(Data($0.utf8).base64EncodedString())" }.joined(separator: ", "))
    case "text": return .json(400, "<pre>\(text)</pre>")
    case "page": return .json(200, "<pre>\(echoed.values.sorted().joined(separator: " "))</pre>")
    case let way where way.hasPrefix("cut-"):
      return refuse(String(repeating: "x ", count: 996) + (echoed[String(way.dropFirst(4))] ?? ""))
    default: return refuse(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(CharacterSet(charactersIn: "!"..."~"))) ?? ""
  }

  private static func ascii(_ text: String) -> String {
    text.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + String(Int($0) + 0x10000, radix: 16).dropFirst() }
      .joined()
  }

  private func connection(_ api: UnrulyAPI) throws -> Connection {
    let manifest = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/secrets.yaml")
    func secret(_ name: String) -> JSONValue { .string(Self.secrets[name] ?? "") }
    return try Connection(
      to: api, manifest: String(contentsOf: manifest, encoding: .utf8),
      config: [
        "ways": .array(Self.ways.map { .string($0) }), "key": secret("key"), "password": secret("password"),
        "mode": ["code": secret("code")], "nested": ["deep": secret("deep")], "list": [["pin": secret("pin")]],
        "whole": ["inner": secret("inner")],
      ])
  }

  /// The texts in which `secret` would be recognised: its marker, and what base64 makes of the marker at each place in a group.
  private func traces(of secret: String) -> [String] {
    let marker = Self.marker(secret)
    return [String(marker.prefix(7))]
      + (0..<3).map { shift in
        let text = Data((String(repeating: "_", count: shift) + marker).utf8).base64EncodedString()
        return String(text.dropFirst(shift == 0 ? 0 : 4).prefix(marker.utf8.count / 3 * 4 - 4))
      }
  }

  /// Were it not for the masking, the checks of this suite would fail.
  @Test(arguments: ways)
  func whatIsEchoedWouldBeRecognised(way: String) throws {
    let request = UnrulyAPI.Request(
      method: "GET", target: "/echo/\(way)?session=", text: "Authorization: Bearer ", headerValues: [])
    guard case .json(_, let body) = Self.answer(request) else { throw CancellationError() }
    for (name, secret) in Self.secrets where !way.hasPrefix("cut-") || way == "cut-\(name)" {
      #expect(traces(of: secret).contains { body.contains($0) }, "\(name)")
    }
  }

  private func expectNoSecret(in run: Tool.Outcome) {
    for (name, secret) in Self.secrets {
      for trace in traces(of: secret) {
        for line in (run.stdout + run.stderr).split(separator: "\n") where line.contains(trace) {
          Issue.record("\(name) is shown as \(trace): \(line)")
        }
      }
    }
  }

  @Test(arguments: ["keys", "basic", "oauth", "refused", "session"], [[], ["--debug"]])
  func aReadShowsNone(stream: String, flags: [String]) async throws {
    let api = try UnrulyAPI(Self.answer)
    let run = try await connection(api).read([stream], flags)
    expectNoSecret(in: run)
    #expect(run.stdout.contains("****"))
    #expect(try run.errors().count >= 2)
    #expect(run.status == 1)
  }

  @Test(arguments: ways)
  func aCheckShowsNone(way: String) async throws {
    let api = try UnrulyAPI { request in
      request.path.hasPrefix("/echo")
        ? Self.answer(
          .init(method: request.method, target: "/echo/\(way)", text: request.text, headerValues: request.headerValues))
        : Self.answer(request)
    }
    let run = try await connection(api).run(
      "check", "--debug", "--manifest", "manifest.yaml", "--config", "config.json")
    expectNoSecret(in: run)
    #expect(try run.messages("CONNECTION_STATUS", "connectionStatus").count == 1)
    #expect(run.status == 0)
  }

  /// What a template makes of a secret is one as well, where a request carries it.
  @Test func aComputedCredentialIsNotShown() async throws {
    let api = try UnrulyAPI { request in
      .json(400, JSONValue.object(["message": .string(request.headerValues.joined(separator: " "))]).jsonText)
    }
    let manifest = Manifests.streams(
      ["ok"], authenticator: "{type: BearerAuthenticator, api_token: \"{{ config['token'] | hash('md5') }}\"}")
    let run = try await Connection(to: api, manifest: manifest).read(["ok"], ["--debug"])
    let digest = "7c89823a2c8422efa239a948fb13da31"
    #expect(!run.stdout.contains(digest))
    #expect(try run.errors().first?["message"]?.string?.contains("Bearer ****") == true || run.stdout.contains("****"))
    #expect(run.status == 1)
  }

  /// An API that sets a cookie, answers a login with a text, and leads to other places shows none of it later.
  @Test(arguments: ["cookie", "login", "redirect", "location", "quota"])
  func whatAnAPIGivesIsNotShown(way: String) async throws {
    let token = "tOken5nine99/x"
    let sensitive = "sEnsitive5ten1"
    let api = try UnrulyAPI { request in
      func answer(_ status: Int, _ headers: [String], _ body: String) -> UnrulyAPI.Answer {
        let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
        return .bytes(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
      }
      switch (way, request.path) {
      case (_, "/login"): return answer(200, ["X-Session-Token: \(sensitive)"], "session is \(token)")
      case ("cookie", "/ok") where !request.text.contains("Cookie"):
        return answer(
          200, ["Set-Cookie: Path=/; sid=\(token)", "Set-Cookie: a=\(sensitive)"], #"{"items": [{"id": 1}, {"id": 2}]}"#)
      case ("redirect", "/ok"):
        return answer(302, ["Location: http://u:\(sensitive)@127.0.0.1:1/x?api_key=\(token)"], "")
      case ("location", "/ok"): return answer(302, ["Location: http://[" + String(repeating: "x", count: 485) + token], "")
      default: return answer(400, [], "no \(token) and \(sensitive) here")
      }
    }
    let session = """
      {type: SessionTokenAuthenticator, session_token_path: [session], request_authentication: {type: Bearer}, login_requester: {type: \
      HttpRequester, url: "{{ config['base_url'] }}/login", http_method: POST}}
      """
    let manifest = Manifests.streams(["ok"], authenticator: way == "login" ? session : Manifests.bearer)
    let config: JSONObject = way == "location" ? ["token": .string(token)] : [:]
    let run = try await Connection(to: api, manifest: manifest, config: config).read(["ok"], ["--debug"])
    // An answer that only quotes what nobody gave out is no secret.
    if way != "quota" {
      for piece in ["tOken5", "oken5nine99"] { #expect(!(run.stdout + run.stderr).contains(piece), "\(run.stdout)") }
    }
    if way == "cookie" || way == "redirect" { #expect(!(run.stdout + run.stderr).contains(sensitive)) }
    #expect(run.status == 1)
  }

  @Test func secretsThatAreTooShortAreNamedOnce() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api, config: ["token": "a"]).read(["ok", "refused"])
    let warning = "The secret `token` of the config has fewer than 4 characters, so it is not masked in logs."
    #expect(try run.logs("WARN") == [warning])
    #expect(!run.stdout.contains("****"))
  }

  /// What a config's rules make of a secret is one too.
  @Test func aSecretThatIsMovedIsNotShown() async throws {
    let api = try UnrulyAPI { request in .json(400, JSONValue.object(["message": .string(request.text)]).jsonText) }
    let spec = """
      {type: object, properties: {base_url: {type: string}, token: {type: string, airbyte_secret: true}}}
        config_normalization_rules:
          type: ConfigNormalizationRules
          transformations:
            - type: ConfigAddFields
              fields: [{type: AddedFieldDefinition, path: [plain], value: "{{ config['token'][3:] | upper }}-v2"}]
      """
    let manifest = Manifests.streams(
      ["ok"], authenticator: "{type: ApiKeyAuthenticator, api_token: x, header: \"X-{{ config['plain'] }}\"}", spec: spec)
    let run = try await Connection(to: api, manifest: manifest, config: ["token": "kEy5secret1"]).read(["ok"], ["--debug"])
    #expect(!run.stdout.lowercased().contains("5secret1"), "\(run.stdout)")
    #expect(run.stdout.contains("X-****"))
  }

  /// A key that belongs to the Connector Builder, of which nothing says what it holds.
  @Test func aCommandInAConfigIsNamedWithoutItsValue() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api, config: ["__command": "kEy5secret1"]).read(["ok"])
    #expect(
      try run.logs("WARN").contains { $0.hasPrefix("The config has a `__command` for the Connector Builder") }, "\(run.stdout)")
    #expect(!(run.stdout + run.stderr).contains("kEy5secret1"))
    #expect(try run.recordCount(of: "ok") == 3)
  }

  @Test func aConfigThatDoesNotFitShowsNone() async throws {
    let connection = try Connection(
      config: ["token": .array([.string("kEy5secret1'\"\\")])])
    let run = try await connection.read(["ok"])
    expectNoSecret(in: run)
    #expect(try run.errors().first?["message"]?.string?.contains("`token`: expected a string, found an array") == true)
    #expect(try run.errors().first?["internal_message"]?.string?.contains("****") == true)
    #expect(run.status == 1)
  }
}

extension String {
  /// The text with `escape` in lower case.
  fileprivate func lowercased(of escape: String) -> String { replacing(escape.uppercased(), with: escape) }
}
