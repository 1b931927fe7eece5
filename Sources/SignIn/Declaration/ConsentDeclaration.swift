import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest

/// How a manifest says that a user consents to be read: where to, what is sent for the tokens, and what becomes of the answer.
package struct ConsentDeclaration: Sendable {
  /// A text of the manifest that is a template, and its place.
  struct Text: Sendable {
    let template: ConsentTemplate
    let node: ManifestNode?

    init(_ text: String, at node: ManifestNode? = nil) {
      template = ConsentTemplate(text)
      self.node = node
    }
  }

  /// The page on which the user agrees; nil where only devices and refresh tokens are served.
  var consentURL: Text?
  /// Where the code is redeemed.
  var tokenURL: Text
  /// The headers of that request: names and values are templates. Empty for the usual ones.
  var headers: [(name: Text, value: Text)] = []
  /// Its body: names and values are templates.
  var fields: [(name: Text, value: Text)] = []
  /// Paths into its answer; empty where the manifest names none.
  var extracted: [String] = []
  /// The shortest and the longest state.
  var stateLimits: ClosedRange<Int>?
  /// What the API calls the parts of the requests, by the names that templates have for them, as in `client_id_key`.
  var keys: [String: String] = [:]
  /// What else the manifest gives templates.
  var constants: JSONObject = [:]
  /// The permissions that are asked for, in the API's notation.
  var scope: String?
  var optionalScope: String?
  /// The name of the seconds after which the token ends.
  var expiryKey = "expires_in"
  package var places: OAuthPlaces
  /// The names of the inputs that the manifest requires.
  var requiredInputs: Set<String> = []
  /// The names of what the answer must give, as far as ``extracted`` does not say it.
  var requiredOutputs: Set<String>?

  /// The names of the six parts, and what they are called where the manifest does not say otherwise.
  static let usualKeys = [
    "auth_code_key": "code", "client_id_key": "client_id", "client_secret_key": "client_secret",
    "redirect_uri_key": "redirect_uri", "scope_key": "scope", "state_key": "state",
  ]

  func key(_ name: String) -> String { keys[name] ?? Self.usualKeys[name] ?? name }

  /// What the API calls the client's id and secret.
  package var clientIDName: String { key("client_id_key") }
  package var clientSecretName: String { key("client_secret_key") }

  /// All templates of the request for tokens.
  private var tokenTemplates: [ConsentTemplate] {
    ([tokenURL] + headers.flatMap { [$0.name, $0.value] } + fields.flatMap { [$0.name, $0.value] }).map(\.template)
  }

  /// The same, with tokens from another address.
  package func taking(tokensFrom endpoint: String?) -> ConsentDeclaration {
    guard let endpoint else { return self }
    var declaration = self
    declaration.tokenURL = Text(endpoint)
    return declaration
  }

  /// Whether a template reads one of some variables.
  func reads(_ names: [String]) -> Bool {
    let templates = (consentURL.map { [$0.template] } ?? []) + tokenTemplates
    return templates.contains { template in names.contains { template.mentions($0) } }
  }

  /// Whether the client's secret is sent anywhere.
  package var usesSecret: Bool {
    reads(["client_secret_value", "client_secret_param", clientSecretName])
  }

  /// Whether the manifest makes a code challenge of its own.
  var hasOwnChallenge: Bool {
    guard let source = consentURL?.template.source else { return false }
    return source.contains("code_challenge") || ConsentFilters.challengeNames.contains { source.contains($0) }
  }
}

extension ConsentDeclaration {
  /// What `spec.advanced_auth` declares.
  /// - Returns: nil if the manifest has none that is complete, as where Airbyte's platform has code for it.
  /// - Throws: ``ConnectorError`` if it is not OAuth 2.0, or wrong.
  package static func declared(by spec: ManifestNode?) throws -> ConsentDeclaration? {
    guard let auth = spec?["advanced_auth"], !auth.isNull else { return nil }
    if let kind = auth["auth_flow_type"], kind.string == "oauth1.0" {
      throw ConnectorError(
        .config, "The manifest signs in by OAuth 1.0, and `login` knows OAuth 2.0 alone", at: kind,
        remedy: "get the tokens from the provider's own page, and put them into the config")
    }
    guard let input = auth["oauth_config_specification"]?["oauth_connector_input_specification"], input.isMapping else {
      return nil
    }
    // As Airbyte's documentation of an older form has it, a JSON schema may surround the fields.
    let fields = input["consent_url"] == nil && input["properties"]?.isMapping == true ? input["properties"] ?? input : input
    return try ConsentDeclaration(fields, OAuthPlaces(auth), auth)
  }

  private init(_ input: ManifestNode, _ places: OAuthPlaces, _ auth: ManifestNode) throws {
    func text(_ name: String) throws -> Text {
      guard let node = input[name], let text = node.string, !text.isEmpty else {
        throw ConnectorError(
          .config, "`oauth_connector_input_specification` needs `\(name)` to sign in", at: input, cause: .missing([name]))
      }
      return Text(text, at: node)
    }
    consentURL = try text("consent_url")
    tokenURL = try text("access_token_url")
    self.places = places
    headers = Self.texts(input["access_token_headers"])
    fields = Self.texts(input["access_token_params"])
    extracted = (input["extract_output"]?.sequence ?? []).compactMap(\.string)
    for name in Self.usualKeys.keys { if let key = input[name]?.string, !key.isEmpty { keys[name] = key } }
    expiryKey = input["token_expiry_key"]?.string ?? expiryKey
    for (name, node) in input.entries ?? [] {
      switch node.value {
      case .array, .object, .null: break
      case let value: constants[name] = value
      }
    }
    let separator = [("comma", ","), ("plus", "+")].first { $0.0 == input["scopes_join_strategy"]?.string }?.1 ?? " "
    scope = Self.joined(input["scopes"], separator) ?? constants[key("scope_key")]?.string ?? constants["scope"]?.string
    optionalScope = Self.joined(input["optional_scopes"], separator) ?? constants["optional_scopes"]?.string
    if let state = input["state"], state.isMapping { stateLimits = try Self.limits(state) }
    let specification = auth["oauth_config_specification"]
    func required(_ part: String) -> [String]? { specification?[part]?["required"]?.sequence?.compactMap(\.string) }
    requiredInputs = Set(required("oauth_user_input_from_connector_config_specification") ?? [])
    requiredOutputs = required("complete_oauth_output_specification").map { Set($0) }
  }

  private static func texts(_ node: ManifestNode?) -> [(name: Text, value: Text)] {
    (node?.entries ?? []).compactMap { name, value in
      let text = value.string ?? (value.isNull || value.isMapping || value.sequence != nil ? nil : value.value.jsonText)
      return text.map { (Text(name, at: value), Text($0, at: value)) }
    }
  }

  /// The scopes of a list; nil if it has none.
  private static func joined(_ list: ManifestNode?, _ separator: String) -> String? {
    let names = (list?.sequence ?? []).compactMap { $0["scope"]?.string ?? $0.string }.filter { !$0.isEmpty }
    return names.isEmpty ? nil : names.joined(separator: separator)
  }

  /// No API takes a longer state.
  private static let longestState = 4_096

  private static func limits(_ node: ManifestNode) throws -> ClosedRange<Int> {
    let (least, most) = (node["min"]?.int ?? 7, node["max"]?.int ?? max(node["min"]?.int ?? 24, 24))
    guard least >= 1, least <= most, most <= longestState else {
      throw ConnectorError(
        .config,
        "`state` should have a `min` from 1 to its `max`, which is \(longestState) at most, but has \(least) and \(most)",
        at: node)
    }
    return least...most
  }
}
