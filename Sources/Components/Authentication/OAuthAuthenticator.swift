import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Sends an access token as `Authorization: Bearer …`, which it gets from a token endpoint and renews (RFC 6749).
package struct OAuthAuthenticator: Component, Authenticator {
  let request: RefreshRequest
  private let endpoint: TokenEndpoint
  private let login: SharedByDefinition<TokenLogin>
  private let accessTokenName: InterpolatedString
  private let expiresInName: InterpolatedString
  private let refreshTokenName: Result<String, any Error>
  /// Whether the tokens are in the config, which a refresh writes to.
  private let isSingleUse: Bool
  /// Whether the endpoint names the moment at which a token ends, rather than its seconds.
  private let expiresAtMoment: Bool
  private let evaluation: EvaluationContext
  private let runtime: RuntimeEnvironment

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let parameters = node.parameters
    func template(_ property: String, default fallback: String) throws -> InterpolatedString {
      guard let value = node[property], value.string != "" else { return InterpolatedString(fallback) }
      return InterpolatedString(value, parameters: parameters)
    }
    accessTokenName = try template("access_token_name", default: "access_token")
    expiresInName = try template("expires_in_name", default: "expires_in")
    expiresAtMoment = try node.optionalString("token_expiry_date_format").map { !$0.isEmpty } ?? false
    evaluation = EvaluationContext(config: scope.templateConfig)
    runtime = scope.runtime
    isSingleUse = node["refresh_token_updater"] != nil

    if let updater = node["refresh_token_updater"] {
      let single = try Self.singleUse(node, updater, scope)
      (request, refreshTokenName) = (single.request, single.refreshTokenName)
      login = SharedByDefinition(node.node, in: scope) { TokenLogin(store: single.store) }
      // As in the reference, for this kind all templates are evaluated at once.
      try request.tryTemplates()
      for name in [accessTokenName, expiresInName] { _ = try name.evaluate(evaluation) }
    } else {
      let name = try template("refresh_token_name", default: "refresh_token")
      let evaluation = evaluation
      refreshTokenName = Result { try name.string(evaluation) }
      request = try Self.reusableRequest(node, scope, refreshTokenName)
      let store = try Self.reusableStore(node, scope)
      login = SharedByDefinition(node.node, in: scope) { TokenLogin(store: store) }
      let grantType = try request.evaluatedGrantType()
      if grantType == "refresh_token", node["refresh_token"] == nil {
        throw ConnectorError(
          .system, "`OAuthAuthenticator` needs `refresh_token`, as its `grant_type` is refresh_token", at: node.node,
          cause: .missing(["refresh_token", "grant_type"]))
      }
    }
    endpoint = TokenEndpoint(
      rejection: try Self.rejection(node), networkFailure: isSingleUse ? .system : .transient,
      runtime: scope.runtime.loggingIn, secrets: scope.runtime.secrets)
  }

  package func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    do {
      parts.headers["Authorization"] = .string("Bearer " + (try await accessToken()))
    } catch let failure as TokenRequestFailure {
      throw failure.error
    }
    return parts
  }

  package func refresh(after request: HTTPRequest) async throws -> Bool {
    do {
      let current = "Bearer " + (try await accessToken())
      // Another request has renewed it in the meantime.
      if let sent = request.header("Authorization"), sent != current { return true }
      let login = login.value
      let known = try login.store.accessToken()
      _ = try await login.token({ $0 == known ? nil : $0 }, renew: renew)
      return true
    } catch let failure as TokenRequestFailure {
      guard failure.isRejection, failure.error.failureType != .config else { throw failure.error }
      var error = failure.error
      error.failureType = .config
      error.message = "The token endpoint refuses to give a new access token. \(error.message)"
      throw error
    }
  }

  /// What the endpoint's answers call the tokens and when they end, and whether that is a moment rather than a number of seconds.
  func answerNames() throws -> (accessToken: String, refreshToken: String, expiry: String, expiresAtMoment: Bool) {
    (
      try accessTokenName.string(evaluation), try refreshTokenName.get(), try expiresInName.string(evaluation), expiresAtMoment
    )
  }

  private func accessToken() async throws -> String {
    // As in the reference, without an address nothing is sent, even where there is a token that is still good.
    if !isSingleUse, request.hasEndpoint { _ = try request.url() }
    let login = login.value
    if let token = try login.store.accessToken(), !request.hasEndpoint || !token.hasExpired(at: runtime.now()) {
      return token.text
    }
    guard request.hasEndpoint else {
      throw ConnectorError(
        .system, "`OAuthAuthenticator` has neither an `access_token_value` nor a `token_refresh_endpoint` to get one from")
    }
    return try await login.token({ $0.hasExpired(at: runtime.now()) ? nil : $0 }, renew: renew).text
  }

  /// Gets new tokens and keeps them.
  private func renew(_ store: any TokenStore) async throws -> AccessToken {
    let response = try await endpoint.send(try request.request(refreshToken: try store.refreshToken()))
    let name = try accessTokenName.string(evaluation)
    let value = try response.value(of: name)
    // As in the reference, what a refresh for one use gave is sent, whatever it is, and the API decides about it.
    guard isSingleUse || value?.isTruthy == true else {
      let message = "The token endpoint's answer has no access token: `\(name)` is missing in it"
      throw ConnectorError(.system, response.words().map { APIAnswer.sentences(message, $0) } ?? message)
    }
    let token = AccessToken(value: value?.value ?? .null, expiry: try expiry(response, store))
    if value?.isTruthy == true { runtime.secrets.hidePassing(token.text) }
    let refreshToken = isSingleUse ? try response.value(of: try refreshTokenName.get())?.value : nil
    try await store.save(token, refreshToken: refreshToken)
    return token
  }

  private func expiry(_ response: TokenResponse, _ store: any TokenStore) throws -> Int64 {
    let now = runtime.now()
    let name = try expiresInName.string(evaluation)
    guard let value = try response.value(of: name) else {
      if let known = try store.accessToken(), !known.hasExpired(at: now) { return known.expiry }
      return now + 3_600_000_000
    }
    let text = PythonStrings.str(value.value)
    if expiresAtMoment {
      if let moment = TokenExpiry.parse(text) { return moment }
      throw ConnectorError(.system, "The token endpoint's `\(name)` is not a date and time")
    }
    if let moment = TokenExpiry.after(seconds: text, now: now) { return moment }
    throw ConnectorError(.system, "The token endpoint's `\(name)` is not a number of seconds")
  }
}

extension OAuthAuthenticator {
  /// The request of an authenticator whose refresh token can be used again.
  private static func reusableRequest(
    _ node: ComponentNode, _ scope: BuildScope, _ refreshTokenName: Result<String, any Error>
  ) throws -> RefreshRequest {
    func credential(_ property: String) throws -> RefreshRequest.Credential {
      guard let value = node[property] else { return .absent }
      if value.string == "" { return property == "client_id" ? .absent : .value(.string("")) }
      return .template(InterpolatedString(value, parameters: node.parameters))
    }
    var assertion: JwtAuthenticator?
    if try node.bool("use_profile_assertion", default: false) {
      guard let profile = node["profile_assertion"] else {
        throw ConnectorError(
          .system, "`OAuthAuthenticator` needs `profile_assertion`, as `use_profile_assertion` is true", at: node.node,
          cause: .missing(["profile_assertion"]))
      }
      assertion = try scope.build(profile, as: JwtAuthenticator.self)
    } else {
      for property in ["client_id", "client_secret"] where node[property] == nil {
        throw ConnectorError(.system, "`OAuthAuthenticator` needs `\(property)`", at: node.node, cause: .missing([property]))
      }
    }
    return try RefreshRequest(
      from: node, in: scope, refreshTokenName: refreshTokenName, clientID: credential("client_id"),
      clientSecret: credential("client_secret"), assertion: assertion)
  }

  private static func reusableStore(_ node: ComponentNode, _ scope: BuildScope) throws -> MemoryTokenStore {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    var token: AccessToken?
    if let value = node["access_token_value"], value.string != "" {
      let text = try InterpolatedString(value, parameters: node.parameters).string(evaluation)
      scope.runtime.secrets.hide(text)
      var expiry = scope.runtime.now() - 86_400_000_000
      if let moment = try self.expiryDate(node, evaluation) { expiry = moment }
      token = AccessToken(text: text, expiry: expiry)
    } else {
      _ = try self.expiryDate(node, evaluation)
    }
    let refreshToken = node["refresh_token"].map { InterpolatedString($0, parameters: node.parameters) }
    return MemoryTokenStore(token) { try refreshToken.map { .string(try $0.string(evaluation)) } ?? .null }
  }

  private static func expiryDate(_ node: ComponentNode, _ evaluation: EvaluationContext) throws -> Int64? {
    guard let date = node["token_expiry_date"], date.string != "" else { return nil }
    let text = try InterpolatedString(date, parameters: node.parameters).string(evaluation)
    guard let moment = TokenExpiry.parse(text) else {
      throw ConnectorError(.system, "`token_expiry_date` should give a date and time, but gives `\(text)`", at: date)
    }
    return moment
  }

  /// The parts of an authenticator whose refresh token can be used once: all its tokens are in the config.
  private static func singleUse(
    _ node: ComponentNode, _ updater: ManifestNode, _ scope: BuildScope
  ) throws -> (request: RefreshRequest, store: ConfigTokenStore, refreshTokenName: Result<String, any Error>) {
    let updater = try ComponentNode(updater)
    let config = scope.run.shared(AuthenticationState.self).config
    func path(_ property: String, default name: String) throws -> [String] {
      guard updater[property] != nil else { return ["credentials", name] }
      return try updater.strings(property)
    }
    let store = ConfigTokenStore(
      config: config, accessTokenPath: try path("access_token_config_path", default: "access_token"),
      refreshTokenPath: try path("refresh_token_config_path", default: "refresh_token"),
      expiryPath: try path("token_expiry_date_config_path", default: "token_expiry_date"), secrets: scope.runtime.secrets)
    if let token = try store.accessToken() { scope.runtime.secrets.hide(token.text) }
    scope.runtime.secrets.hide(PythonStrings.str(store.refreshToken()))

    let evaluation = EvaluationContext(config: scope.templateConfig)
    func credential(_ property: String) throws -> RefreshRequest.Credential {
      // As in the reference, the config's own place goes before the manifest's.
      if let value = config.value(at: ["credentials", property]) { return .value(value) }
      guard let value = node[property] else { return .value(.string("")) }
      let evaluated = try InterpolatedString(value, parameters: node.parameters).evaluate(evaluation).json()
      return .value(evaluated == .null ? .string("") : evaluated)
    }
    // This name is not a template.
    let name = Result<String, any Error>.success(try updater.optionalString("refresh_token_name") ?? "refresh_token")
    let request = try RefreshRequest(
      from: node, in: scope, refreshTokenName: name, clientID: credential("client_id"),
      clientSecret: credential("client_secret"), assertion: nil)
    guard request.hasEndpoint else {
      throw ConnectorError(
        .system, "`OAuthAuthenticator` needs `token_refresh_endpoint` for its `refresh_token_updater`", at: node.node,
        cause: .missing(["token_refresh_endpoint"]))
    }
    return (request, store, name)
  }

  /// Which answers say that the user has to authenticate again. An older place is the updater.
  private static func rejection(_ node: ComponentNode) throws -> TokenEndpoint.Rejection {
    func own(_ node: ComponentNode) throws -> TokenEndpoint.Rejection? {
      let codes = try node.nodes("refresh_token_error_status_codes").compactMap(\.int)
      let key = try node.optionalString("refresh_token_error_key") ?? ""
      let values = try node.strings("refresh_token_error_values")
      if codes.isEmpty, key.isEmpty, values.isEmpty { return nil }
      return TokenEndpoint.Rejection(statusCodes: Set(codes), key: key, values: Set(values))
    }
    let inner = try node["refresh_token_updater"].flatMap { try own(ComponentNode($0)) }
    let outer = try own(node)
    if inner != nil, outer != nil {
      throw ConnectorError(
        .system,
        "The `refresh_token_error_…` properties belong in `OAuthAuthenticator` or in its `refresh_token_updater`, not in both",
        at: node.node)
    }
    return inner ?? outer ?? TokenEndpoint.Rejection()
  }
}
