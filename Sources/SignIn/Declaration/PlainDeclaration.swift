import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Templating

/// What the command line says of an authorization server, where the manifest does not.
package struct GivenEndpoints: Sendable, Equatable {
  /// The page on which the user agrees.
  package var authorization: String?
  /// Where tokens come from.
  package var token: String?
  /// Where devices begin (RFC 8628).
  package var device: String?
  package var scopes: [String] = []

  package init(authorization: String? = nil, token: String? = nil, device: String? = nil, scopes: [String] = []) {
    (self.authorization, self.token, self.device, self.scopes) = (authorization, token, device, scopes)
  }
}

extension ConsentDeclaration {
  /// A consent by the letter of RFC 6749, for manifests that have an `OAuthAuthenticator` and do not say where users consent.
  /// - Parameter isRefresh: whether only new tokens for a known refresh token are wanted.
  /// - Throws: ``ConnectorError`` that says what is missing.
  package static func plain(
    _ manifest: Manifest, _ config: JSONObject, _ given: GivenEndpoints, runtime: RuntimeEnvironment, isRefresh: Bool = false
  ) throws -> ConsentDeclaration {
    let found = authenticators(of: manifest)
    let auth = manifest.spec?["advanced_auth"]
    guard let authenticator = found.first else {
      throw ConnectorError(
        .config,
        "The manifest has neither a `spec.advanced_auth` with a `consent_url` nor an `OAuthAuthenticator`, so there is "
          + "nothing to sign in to", at: manifest.spec ?? manifest.root)
    }
    let scope = BuildScope(config: config, runtime: runtime, registry: .standard)
    let values = AuthenticatorValues(authenticator, EvaluationContext(config: scope.templateConfig))
    guard let token = given.token ?? values.text("token_refresh_endpoint") else {
      throw ConnectorError(
        .config, "The `OAuthAuthenticator` has no `token_refresh_endpoint`, so that it is unknown where tokens come from",
        at: authenticator, remedy: "name the address with `--token-endpoint`")
    }
    guard isRefresh || given.authorization != nil || given.device != nil else {
      throw ConnectorError(
        .config,
        "The manifest says where tokens are renewed, but not where a user consents: `spec.advanced_auth` has no "
          + "`oauth_connector_input_specification`", at: auth ?? authenticator,
        remedy: "name the provider's page with `--authorization-endpoint`, and what to ask for with `--scope`")
    }
    return ConsentDeclaration(values, auth, given, token)
  }

  private init(_ values: AuthenticatorValues, _ auth: ManifestNode?, _ given: GivenEndpoints, _ token: String) {
    var declared = auth.map { OAuthPlaces($0) }
    if declared?.outputs.isEmpty ?? true { declared = OAuthPlaces(values.synthesized) }
    places = declared ?? OAuthPlaces(values.synthesized)
    keys = ["client_id_key": values.text("client_id_name"), "client_secret_key": values.text("client_secret_name")]
      .compactMapValues { $0 }
    let scopes = given.scopes.isEmpty ? values.scopes : given.scopes
    scope = scopes.isEmpty ? nil : scopes.joined(separator: " ")
    tokenURL = Text(token)
    consentURL = given.authorization.map { address in
      let mark = address.contains("?") ? "&" : "?"
      let rest = "{{ client_id_param }}&{{ redirect_uri_param }}&{{ scope_param }}&{{ state_param }}"
      return Text("\(address)\(mark)response_type=code&\(rest)")
    }
    fields = [
      ("grant_type", "authorization_code"), ("code", "{{ auth_code_value }}"), ("redirect_uri", "{{ redirect_uri_value }}"),
      ("{{ client_id_key }}", "{{ client_id_value }}"), ("{{ client_secret_key }}", "{{ client_secret_value }}"),
    ].map { (Text($0.0), Text($0.1)) }
    headers = [
      (Text("Content-Type"), Text("application/x-www-form-urlencoded")), (Text("Accept"), Text("application/json")),
    ]
    requiredOutputs = ["refresh_token"]
  }

  /// The authenticators by OAuth, each once, those that renew tokens first.
  static func authenticators(of manifest: Manifest) -> [ManifestNode] {
    var found: [ManifestNode] = []
    manifest.root.walk { node in
      guard node["type"]?.string == "OAuthAuthenticator" else { return .into }
      if !found.contains(where: { $0.identity == node.identity }) { found.append(node) }
      return .past
    }
    return found.filter { $0["token_refresh_endpoint"] != nil } + found.filter { $0["token_refresh_endpoint"] == nil }
  }
}

/// What an `OAuthAuthenticator` says with a config.
private struct AuthenticatorValues {
  private let node: ManifestNode
  private let context: EvaluationContext

  init(_ node: ManifestNode, _ context: EvaluationContext) { (self.node, self.context) = (node, context) }

  /// What a property evaluates to; nil if that is nothing, or fails as something is missing that it needs.
  func text(_ property: String) -> String? {
    guard let value = node[property], value.string != nil else { return nil }
    let parameters = node["$parameters"]?.value.object ?? [:]
    let text = try? InterpolatedString(value, parameters: parameters).string(context)
    return text?.isEmpty == true ? nil : text
  }

  var scopes: [String] { (node["scopes"]?.sequence ?? []).compactMap(\.string) }

  /// The places of the config that the authenticator reads, as an `advanced_auth` would name them.
  var synthesized: ManifestNode {
    func property(_ path: [String]) -> JSONValue { ["path_in_connector_config": .array(path.map { .string($0) })] }
    let updater = node["refresh_token_updater"]
    func path(_ name: String, _ usual: String) -> [String]? {
      guard let updater else { return nil }
      return (updater[name]?.sequence?.compactMap(\.string)) ?? ["credentials", usual]
    }
    var outputs: JSONObject = [
      "refresh_token": property(
        path("refresh_token_config_path", "refresh_token") ?? ConfigReference.path(in: node["refresh_token"]) ?? ["refresh_token"]
      )
    ]
    let access = path("access_token_config_path", "access_token") ?? ConfigReference.path(in: node["access_token_value"])
    if let access { outputs["access_token"] = property(access) }
    let expiry = path("token_expiry_date_config_path", "token_expiry_date") ?? ConfigReference.path(in: node["token_expiry_date"])
    if let expiry { outputs["token_expiry_date"] = property(expiry) }
    var client: JSONObject = [:]
    for name in ["client_id", "client_secret"] {
      if let path = ConfigReference.path(in: node[name]) { client[text(name + "_name") ?? name] = property(path) }
    }
    let specification: JSONValue = [
      "complete_oauth_output_specification": ["properties": .object(outputs)],
      "complete_oauth_server_output_specification": ["properties": .object(client)],
    ]
    return ManifestNode(ManifestValue(json: ["oauth_config_specification": specification]))
  }
}

/// A template that is one value of the config, as `{{ config['credentials']['token'] }}` is.
enum ConfigReference {
  /// The keys that lead to the value; nil for any other template.
  static func path(in node: ManifestNode?) -> [String]? {
    guard let text = node?.string, let match = text.wholeMatch(of: /\s*\{\{-?\s*config(?<steps>.*?)\s*-?\}\}\s*/) else {
      return nil
    }
    var path: [String] = []
    var rest = match.steps
    let step =
      /\s*(?:\[\s*(?:'(?<single>[^']*)'|"(?<double>[^"]*)")\s*\]|\.get\(\s*(?:'(?<gotten>[^']*)'|"(?<fetched>[^"]*)")[^)]*\)|\.(?<name>\w+))/
    while let found = rest.prefixMatch(of: step) {
      guard let key = found.single ?? found.double ?? found.gotten ?? found.fetched ?? found.name else { return nil }
      path.append(String(key))
      rest = rest[found.range.upperBound...]
    }
    return path.isEmpty || !rest.allSatisfy(\.isWhitespace) ? nil : path
  }
}
