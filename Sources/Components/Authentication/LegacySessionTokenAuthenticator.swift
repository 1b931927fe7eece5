import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Secrets
import Synchronization
import Templating

/// Sends a session's token in a header: the config's one while the API accepts it, else one from a login by user name and
/// password.
package struct LegacySessionTokenAuthenticator: Component, Authenticator {
  private let apiURL: InterpolatedString
  private let header: InterpolatedString
  private let sessionToken: InterpolatedString
  private let responseKey: InterpolatedString
  private let username: InterpolatedString
  private let password: InterpolatedString
  private let loginURL: InterpolatedString
  private let validationURL: InterpolatedString
  private let evaluation: EvaluationContext
  private let authentication: AuthenticationState
  private let runtime: RuntimeEnvironment

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    func template(_ property: String) throws -> InterpolatedString {
      guard let value = node[property] else { return InterpolatedString("") }
      return InterpolatedString(value, parameters: node.parameters)
    }
    // As in the reference, without a base, the addresses for login and validation have to be whole.
    apiURL = RequesterAddress.base(of: scope.exchange.requester)
    header = try InterpolatedString(node.required("header"), parameters: node.parameters)
    loginURL = try InterpolatedString(node.required("login_url"), parameters: node.parameters)
    validationURL = try InterpolatedString(node.required("validate_session_url"), parameters: node.parameters)
    responseKey = try template("session_token_response_key")
    sessionToken = try template("session_token")
    username = try template("username")
    password = try template("password")
    evaluation = EvaluationContext(config: scope.templateConfig)
    authentication = scope.run.shared()
    runtime = scope.runtime.loggingIn
  }

  package func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    parts.headers[try header.string(evaluation)] = .string(try await token())
    return parts
  }

  private func token() async throws -> String {
    let value = try sessionToken.evaluate(evaluation).json()
    if !Self.isEmpty(value) {
      let given = PythonStrings.str(value)
      runtime.secrets.hide(given)
      if try await isValid(given) { return given }
    }
    let login = SessionLogin(
      url: try apiURL.string(evaluation) + loginURL.string(evaluation), username: try username.evaluate(evaluation).json(),
      password: try password.evaluate(evaluation).json(), key: try responseKey.string(evaluation))
    guard !Self.isEmpty(login.username), !Self.isEmpty(login.password) else {
      throw ConnectorError(
        .system, "The config has no session token that the API accepts, and no user name and password to request one")
    }
    return try await authentication.shared(by: login.identity) { SessionTokenCache() }.token(of: login, runtime: runtime)
  }

  private static func isEmpty(_ value: JSONValue) -> Bool { value == .null || value == "" }

  /// Whether the API accepts the config's token: it does not where it answers with status 401.
  private func isValid(_ token: String) async throws -> Bool {
    var parts = RequestParts()
    parts.headers[try header.string(evaluation)] = .string(token)
    let request = try RequestPreparation.request(
      method: "GET", url: try apiURL.string(evaluation) + validationURL.string(evaluation), parts: parts)
    let response = try await runtime.sendOnce(request, for: "check the session token")
    if response.isSuccess { return true }
    guard response.status == 401 else {
      throw runtime.refusal("The API answered with HTTP status \(response.status) when the session token was checked", response)
    }
    runtime.log.log(.info, "The API does not accept the config's session token.")
    return false
  }
}

/// What a session's token is got with.
struct SessionLogin: Sendable {
  var url: String
  var username: JSONValue
  var password: JSONValue
  var key: String

  /// Equal for those that give the same token.
  var identity: String { JSONValue.array([.string(url), username, password, .string(key)]).jsonText }
}

/// Keeps the token of a login for a day, for all streams.
final class SessionTokenCache: Sendable {
  private static let lifetime: Int64 = 86_400_000_000

  private let fetch = SharedFetch()
  private let kept = Mutex<AccessToken?>(nil)

  /// - Throws: ``ConnectorError`` if the login fails or its answer has no token.
  func token(of login: SessionLogin, runtime: RuntimeEnvironment) async throws -> String {
    try await fetch.value({ kept.withLock { $0 }.flatMap { $0.expiry > runtime.now() ? $0 : nil } }) {
      var parts = RequestParts()
      parts.headers["Content-Type"] = "application/json"
      parts.bodyJSON = ["username": login.username, "password": login.password]
      let request = try RequestPreparation.request(method: "POST", url: login.url, parts: parts)
      let response = try await runtime.sendOnce(request, for: "log in")
      guard response.isSuccess else {
        throw runtime.refusal("The login was answered with HTTP status \(response.status)", response)
      }
      guard let value = response.json?[login.key] else {
        throw runtime.refusal("The answer to the login has no session token: `\(login.key)` is missing in it", response)
      }
      let token = AccessToken(text: PythonStrings.str(value.value), expiry: runtime.now() + Self.lifetime)
      runtime.secrets.hidePassing(token.text)
      kept.withLock { $0 = token }
      return token
    }.text
  }
}

extension RuntimeEnvironment {
  /// Sends a request that is not repeated, unless its answer breaks off.
  /// - Throws: ``ConnectorError`` if no answer came.
  fileprivate func sendOnce(_ request: HTTPRequest, for purpose: String) async throws -> HTTPResponse {
    var breaks = 0
    while true {
      do throws(TransportError) {
        let response = try await transport.send(
          request, secrets: secrets, log: ExchangeLog(name: "request to \(purpose)", runtime: self))
        if response.isSuccess { try response.checkJSONEnd() }
        return response
      } catch {
        try Task.checkCancellation()
        let isBroken = error.kind == .brokenOff || error.kind == .truncated
        guard isBroken, breaks < 4 else {
          throw ConnectorError(isBroken ? .transient : .system, "The request to \(purpose) failed: \(error.message)")
        }
        try await sleep(Double(1 << breaks))
        breaks += 1
      }
    }
  }
}
