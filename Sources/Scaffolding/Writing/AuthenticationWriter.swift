import JSON

extension AuthenticationDescription {
  /// The config fields that it needs.
  package var fields: [ConfigField] {
    switch self {
    case .none: []
    case .bearer: [Self.secret("api_token", "API token")]
    case .basic(let hasPassword):
      hasPassword
        ? [ConfigField("username", title: "User name"), Self.secret("password", "Password")]
        : [Self.secret("api_key", "API key", "It is sent as the user name, without a password.")]
    case .keys(let keys):
      keys.map { key in
        let field = Self.field(of: key, among: keys)
        return Self.secret(field, field == "api_key" ? "API key" : nil)
      }
    case .oauth(let oauth): Self.fields(of: oauth)
    case .session: [ConfigField("username", title: "User name"), Self.secret("password", "Password")]
    }
  }

  private static func fields(of oauth: OAuthDescription) -> [ConfigField] {
    let client = [secret("client_id", "Client ID"), secret("client_secret", "Client secret")]
    switch oauth.grant {
    case .clientCredentials: return client
    case .refreshToken: return client + [secret("refresh_token", "Refresh token")]
    case .password: return client + [ConfigField("username", title: "User name"), secret("password", "Password")]
    }
  }

  private static func secret(_ key: String, _ title: String?, _ explanation: String? = nil) -> ConfigField {
    ConfigField(key, title: title, explanation: explanation, isSecret: true)
  }

  /// The config field of a key.
  static func field(of key: APIKey, among keys: [APIKey]) -> String {
    if let field = key.field { return field }
    let name = ConnectorNames.snake(key.name)
    return keys.count == 1 || name.isEmpty ? "api_key" : name
  }
}

/// Writes how requests are authenticated.
struct AuthenticationWriter: Sendable {
  let authentication: AuthenticationDescription
  let config: ConfigKeys
  /// The address that paths begin at.
  let baseAddress: String

  /// The authenticator; nil if there is none.
  var component: CommentedYAML? {
    switch authentication {
    case .none: return nil
    case .bearer:
      var yaml = CommentedYAML(type: "BearerAuthenticator")
      yaml.add("api_token", .string(config.template("api_token")))
      return yaml
    case .basic(let hasPassword):
      var yaml = CommentedYAML(type: "BasicHttpAuthenticator")
      yaml.add("username", .string(config.template(hasPassword ? "username" : "api_key")))
      if hasPassword { yaml.add("password", .string(config.template("password"))) }
      return yaml
    case .keys(let keys): return Self.ordered(keys).first.map { key($0, among: keys) }
    case .oauth(let oauth): return component(of: oauth)
    case .session(let session): return component(of: session)
    }
  }

  /// A key in the address comes first: the authenticator keeps it out of logs, and there is one authenticator.
  private static func ordered(_ keys: [AuthenticationDescription.APIKey]) -> [AuthenticationDescription.APIKey] {
    keys.filter { $0.place == .query } + keys.filter { $0.place != .query }
  }

  private func key(_ key: AuthenticationDescription.APIKey, among keys: [AuthenticationDescription.APIKey]) -> CommentedYAML {
    var yaml = CommentedYAML(type: "ApiKeyAuthenticator")
    yaml.add("api_token", .string(value(of: key, among: keys)))
    let name = key.place == .cookie ? "Cookie" : key.name
    yaml.add("inject_into", RequestOptionText.component(RequestPlace(key.place == .query ? .query : .header, name)))
    return yaml
  }

  private func value(of key: AuthenticationDescription.APIKey, among keys: [AuthenticationDescription.APIKey]) -> String {
    let value = config.template(AuthenticationDescription.field(of: key, among: keys))
    return (key.place == .cookie ? "\(key.name)=" : "") + key.prefix + value
  }

  /// What requests send besides, where there are several keys.
  var parameters: [RequestParameter] {
    guard case .keys(let keys) = authentication else { return [] }
    return Self.ordered(keys).dropFirst().map { key in
      let place = RequestPlace(key.place == .query ? .query : .header, key.place == .cookie ? "Cookie" : key.name)
      return RequestParameter(place, .template(value(of: key, among: keys)))
    }
  }

  private func component(of oauth: AuthenticationDescription.OAuthDescription) -> CommentedYAML {
    var yaml = CommentedYAML(type: "OAuthAuthenticator")
    yaml.add("token_refresh_endpoint", .string(config.filled(oauth.tokenAddress)))
    yaml.add("grant_type", .string(oauth.grant.rawValue))
    yaml.add("client_id", .string(config.template("client_id")))
    yaml.add("client_secret", .string(config.template("client_secret")))
    if oauth.grant == .refreshToken { yaml.add("refresh_token", .string(config.template("refresh_token"))) }
    var body: JSONObject = [:]
    if oauth.grant == .password {
      body["username"] = .string(config.template("username"))
      body["password"] = .string(config.template("password"))
    }
    // RFC 6749 §3.3: one text. The component's own `scopes` are sent as a list by another name.
    if !oauth.scopes.isEmpty, oauth.grant != .refreshToken { body["scope"] = .string(oauth.scopes.joined(separator: " ")) }
    if !body.isEmpty { yaml.add("refresh_request_body", .object(body)) }
    return yaml
  }

  private func component(of session: AuthenticationDescription.SessionDescription) -> CommentedYAML {
    var login = CommentedYAML(type: "HttpRequester")
    login.add("url", .string(config.filled(baseAddress + session.path)))
    login.add("http_method", "POST")
    var body = CommentedYAML(type: "RequestBodyJsonObject")
    body.add("value", ["username": .string(config.template("username")), "password": .string(config.template("password"))])
    login.add("request_body", body)
    var yaml = CommentedYAML(type: "SessionTokenAuthenticator")
    yaml.add("login_requester", login)
    yaml.add("session_token_path", .array(session.tokenPath.map { .string($0) }))
    yaml.add("expiration_duration", "PT1H", comments: ["How long a session lasts."])
    if let header = session.header {
      var use = CommentedYAML(type: "ApiKey")
      use.add("inject_into", RequestOptionText.component(RequestPlace(.header, header)))
      yaml.add("request_authentication", use)
    } else {
      yaml.add("request_authentication", ["type": "Bearer"])
    }
    return yaml
  }

  // MARK: Signing in

  /// How users sign in, where a browser does that; nil otherwise.
  var flow: CommentedYAML? {
    guard case .oauth(let oauth) = authentication, oauth.grant == .refreshToken, let consent = oauth.consentAddress else {
      return nil
    }
    // Here, the fields of the config have names of their own.
    func address(_ text: String) -> String { TemplateText.filled(text) { "{{ \($0) }}" } }
    let inputs = TemplateText.placeholders(of: consent + oauth.tokenAddress)
    var steps = CommentedYAML()
    let separator = consent.contains("?") ? "&" : "?"
    let scope = oauth.scopes.isEmpty ? "" : "&{{ scope_param }}"
    steps.add(
      "consent_url",
      .string(
        "\(address(consent))\(separator)response_type=code&{{ client_id_param }}&{{ redirect_uri_param }}&{{ state_param }}\(scope)"
      ))
    if !oauth.scopes.isEmpty { steps.add("scope", .string(oauth.scopes.joined(separator: " "))) }
    steps.add("access_token_url", .string(address(oauth.tokenAddress)))
    steps.add("access_token_headers", ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"])
    steps.add(
      "access_token_params",
      [
        "grant_type": "authorization_code", "code": "{{ auth_code_value }}", "client_id": "{{ client_id_value }}",
        "client_secret": "{{ client_secret_value }}", "redirect_uri": "{{ redirect_uri_value }}",
      ])
    steps.add("extract_output", ["refresh_token"])
    var specification = CommentedYAML()
    if !inputs.isEmpty {
      specification.add(
        "oauth_user_input_from_connector_config_specification", Self.fields(inputs.map { ($0, $0) }, isRequired: false))
    }
    specification.add("oauth_connector_input_specification", steps)
    specification.add("complete_oauth_output_specification", Self.fields([("refresh_token", "refresh_token")]))
    specification.add(
      "complete_oauth_server_input_specification", Self.fields([("client_id", nil), ("client_secret", nil)]))
    specification.add(
      "complete_oauth_server_output_specification",
      Self.fields([("client_id", "client_id"), ("client_secret", "client_secret")]))
    var flow = CommentedYAML()
    flow.add("auth_flow_type", "oauth2.0")
    flow.add("oauth_config_specification", specification)
    return flow
  }

  /// A schema of texts, each with the field of the config that it is.
  private static func fields(_ fields: [(name: String, path: String?)], isRequired: Bool = true) -> CommentedYAML {
    var properties: JSONObject = [:]
    for (name, path) in fields where properties[name] == nil {
      var property: JSONObject = ["type": "string"]
      if let path { property["path_in_connector_config"] = [.string(path)] }
      properties[name] = .object(property)
    }
    var yaml = CommentedYAML()
    yaml.add("type", "object")
    if isRequired { yaml.add("required", .array(properties.keys.map { .string($0) })) }
    yaml.add("properties", .object(properties))
    return yaml
  }
}
