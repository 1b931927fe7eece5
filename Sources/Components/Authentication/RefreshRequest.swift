import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// The request for a new access token, as the manifest describes it.
struct RefreshRequest: Sendable {
  private let endpoint: InterpolatedString?
  private let clientIDName: InterpolatedString
  private let clientID: Credential
  private let clientSecretName: InterpolatedString
  private let clientSecret: Credential
  private let refreshTokenName: Result<String, any Error>
  private let grantTypeName: InterpolatedString
  private let grantType: InterpolatedString
  private let scopes: [String]
  private let body: InterpolatedMapping?
  private let headers: InterpolatedMapping?
  private let sendsQuery: Bool
  private let assertion: JwtAuthenticator?
  private let context: EvaluationContext
  /// What the templates see where the config has other secrets; nil if that makes no difference.
  private let other: EvaluationContext?
  private let log: any Log
  private let secrets: any Secrets
  private let origin: RequestOrigin.Requester
  private let isExplained: Bool

  /// The properties that it is made of.
  private static let properties = [
    "token_refresh_endpoint", "client_id", "client_secret", "refresh_token", "grant_type", "scopes", "refresh_request_body",
    "refresh_request_headers",
  ]

  /// A client's id or secret: a template, or the value that the config has at its usual place.
  enum Credential: Sendable {
    case absent
    case template(InterpolatedString)
    case value(JSONValue)
  }

  /// - Parameters:
  ///   - refreshTokenName: the field of the refresh token.
  ///   - assertion: what signs the assertion that replaces the client's credentials.
  init(
    from node: ComponentNode, in scope: BuildScope, refreshTokenName: Result<String, any Error>, clientID: Credential,
    clientSecret: Credential, assertion: JwtAuthenticator?
  ) throws {
    let parameters = node.parameters
    func template(_ property: String, default fallback: String) throws -> InterpolatedString {
      guard let value = node[property], value.string != "" else { return InterpolatedString(fallback) }
      return InterpolatedString(value, parameters: parameters)
    }
    endpoint = node["token_refresh_endpoint"].map { InterpolatedString($0, parameters: parameters) }
    clientIDName = try template("client_id_name", default: "client_id")
    clientSecretName = try template("client_secret_name", default: "client_secret")
    grantTypeName = try template("grant_type_name", default: "grant_type")
    grantType =
      assertion == nil
      ? try template("grant_type", default: "refresh_token")
      : InterpolatedString("urn:ietf:params:oauth:grant-type:jwt-bearer")
    scopes = try node.strings("scopes")
    body = try node["refresh_request_body"].map { try InterpolatedMapping($0, parameters: parameters) }
    headers = try node["refresh_request_headers"].map { try InterpolatedMapping($0, parameters: parameters) }
    sendsQuery = try node.bool("send_refresh_request_as_query_params", default: false)
    self.refreshTokenName = refreshTokenName
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.assertion = assertion
    self.context = EvaluationContext(config: scope.templateConfig)
    let templates = ["token_refresh_endpoint", "refresh_request_body", "refresh_request_headers"].compactMap { node[$0] }
    other = scope.run.shadow(for: templates).map { EvaluationContext(config: $0) }
    log = scope.runtime.log
    secrets = scope.runtime.secrets
    origin = RequestOrigin.Requester(
      stream: "", node: node.node, properties: Self.properties, manifest: scope.run.manifest)
    isExplained = scope.runtime.explainsRequests
  }

  /// Whether there is an endpoint to send it to.
  var hasEndpoint: Bool { endpoint != nil }

  /// What the manifest's grant type evaluates to.
  func evaluatedGrantType() throws -> String { try grantType.string(context) }

  /// Evaluates every template once.
  /// - Throws: ``ConnectorError`` if one fails.
  func tryTemplates() throws {
    for template in [endpoint, clientIDName, clientSecretName, grantTypeName, grantType] { _ = try template?.evaluate(context) }
    for mapping in [body, headers] { _ = try mapping?.evaluate(context) }
  }

  /// The request that sends `refreshToken`.
  /// - Throws: ``ConnectorError`` if the manifest's templates do not give what a request needs.
  func request(refreshToken: JSONValue) throws -> HTTPRequest {
    var parts = RequestParts()
    let headers = try evaluated(self.headers)
    parts.headers = headers.filter { $0.value != .null }
    for (name, value) in parts.headers where value.string == nil {
      let found = PythonStrings.str(value)
      throw ConnectorError(
        .system, "`refresh_request_headers` of `OAuthAuthenticator` should give text, but `\(name)` is \(found)")
    }
    for (name, value) in parts.headers where name.lowercased() == "authorization" { secrets.hide(credential: value) }
    var query = ""
    if sendsQuery { query = RequestPreparation.formEncoded(try fields(refreshToken, headers: headers)) }
    if let assertion {
      parts.bodyData = .object([
        try grantTypeName.string(context): .string(try grantType.string(context)), "assertion": .string(try assertion.token()),
      ])
    } else if !sendsQuery {
      parts.bodyData = .object(try fields(refreshToken, headers: headers))
    }
    var request = try RequestPreparation.request(method: "POST", url: Self.adding(query, to: try url()), parts: parts)
    request.origin = RequestOrigin(origin, slice: .whole)
    if isExplained {
      request.origin?.making = RequestMaking(context: context, additions: [], credentials: [], followsLink: false)
    }
    return request
  }

  /// Where it is sent to.
  /// - Throws: ``ConnectorError`` if that evaluates to nothing.
  func url() throws -> String {
    guard let endpoint else {
      throw ConnectorError(.system, "`OAuthAuthenticator` has no `token_refresh_endpoint` to get a token from")
    }
    let url = try endpoint.string(context)
    if let other { secrets.hide(derived: .string(url), insteadOf: (try? endpoint.string(other)).map { .string($0) }) }
    guard !url.isEmpty else {
      throw ConnectorError(.system, "`token_refresh_endpoint` of `OAuthAuthenticator` evaluates to nothing")
    }
    return url
  }

  private func fields(_ refreshToken: JSONValue, headers: JSONObject) throws -> JSONObject {
    var fields: JSONObject = [try grantTypeName.string(context): try grantType.evaluate(context).json()]
    // Credentials in a header must not be in the body too; as in the reference, also if the header gives nothing.
    if headers["Authorization"] == nil {
      fields[try clientIDName.string(context)] = try value(of: clientID, name: "client_id", isRequired: true)
      let secret = try value(of: clientSecret, name: "client_secret", isRequired: false)
      secrets.hide(credential: secret)
      fields[try clientSecretName.string(context)] = secret
    }
    secrets.hide(credential: refreshToken)
    fields[try refreshTokenName.get()] = refreshToken
    if !scopes.isEmpty { fields["scopes"] = .array(scopes.map { .string($0) }) }
    for (key, value) in try evaluated(body) where fields[key] == nil { fields[key] = value }
    secrets.hide(credentialsNamedIn: .object(fields))
    return fields
  }

  /// A mapping of the manifest; what it makes of secrets is hidden.
  private func evaluated(_ mapping: InterpolatedMapping?) throws -> JSONObject {
    guard let mapping else { return [:] }
    let values = try mapping.evaluate(context)
    if let other { secrets.hide(derived: .object(values), insteadOf: (try? mapping.evaluate(other)).map { .object($0) }) }
    return values
  }

  private func value(of credential: Credential, name: String, isRequired: Bool) throws -> JSONValue {
    switch credential {
    case .value(let value): return value
    case .absent:
      if isRequired { throw ConnectorError(.system, "`OAuthAuthenticator` has no `\(name)`") }
      return .null
    case .template(let template):
      let value = try template.evaluate(context).json()
      guard PythonStrings.str(value).isEmpty || value == .null else { return value }
      if isRequired { throw ConnectorError(.system, "`\(name)` of `OAuthAuthenticator` evaluates to nothing") }
      log.log(.warn, "`\(name)` of `OAuthAuthenticator` evaluates to nothing, so an empty one is sent.")
      return value
    }
  }

  /// `url` with more behind its query, repeated or not.
  private static func adding(_ query: String, to url: String) -> String {
    guard !query.isEmpty else { return url }
    var parts = RequestURL(url)
    let present = parts.query ?? ""
    parts.query = present + (present.isEmpty || present.hasSuffix("&") ? "" : "&") + query
    return parts.description
  }
}
