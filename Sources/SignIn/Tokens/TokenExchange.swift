import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Secrets

/// Asks a token endpoint, once: a code is good for one request.
struct TokenExchange: Sendable {
  let runtime: RuntimeEnvironment

  /// What an authorization server answers, where it refuses (RFC 6749 §5.2).
  struct Refusal: Error {
    /// As in `invalid_grant`; nil if the answer has no name for it.
    let name: String?
    let error: ConnectorError
  }

  /// The JSON of the answer.
  /// - Throws: ``Refusal`` if the endpoint refuses, ``ConnectorError`` if there is no answer that can be read.
  func send(_ request: HTTPRequest, to what: String = "token endpoint") async throws -> JSONObject {
    let runtime = runtime.loggingIn
    runtime.secrets.hide(credentialsOf: request)
    let place = RequestURL(request.url).publicText
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await runtime.transport.send(
        request, secrets: runtime.secrets, log: ExchangeLog(name: what, runtime: runtime))
    } catch {
      try Task.checkCancellation()
      let type: FailureType = error.kind == .invalidURL || error.kind == .unsupportedScheme ? .config : .transient
      throw ConnectorError(type, "The \(what) \(place) could not be reached: \(error.cause ?? error.message)")
    }
    let body = Self.object(of: response)
    let name = body?["error"]?.string
    if let body, response.isSuccess, name == nil, body["ok"] != .bool(false) { return body }
    let answer = APIAnswer(response, hiding: runtime.secrets)
    if response.isSuccess, body == nil {
      let kind = response.header("Content-Type").map { " but \($0.prefix { $0 != ";" })" } ?? ""
      let mistake = response.json == nil ? "is not JSON\(kind)" : "is JSON, but not an object"
      throw ConnectorError(.system, answer.added(to: "The answer of the \(what) \(place) \(mistake)"))
    }
    let said = Self.words(body).map { runtime.secrets.quotation.words.masked($0) }
    let status = response.isSuccess ? "" : " (HTTP status \(response.status))"
    let message = "The \(what) \(place) refuses\(status)"
    let sentence = said.map { "\(message): \($0)" } ?? answer.added(to: message)
    let type: FailureType = response.status == 429 || response.status >= 500 ? .transient : .config
    throw Refusal(name: name, error: ConnectorError(type, sentence))
  }

  /// What the error's name and its description say (RFC 6749 §5.2).
  private static func words(_ body: JSONObject?) -> String? {
    guard let body else { return nil }
    let parts = ["error", "error_description"].compactMap { body[$0]?.string }
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter { !$0.isEmpty }
    guard !parts.isEmpty else { return nil }
    var text = parts.joined(separator: ", ")
    // What follows is no sentence of ours.
    while text.last == "." { text.removeLast() }
    return text
  }

  /// The members of an answer that is JSON, or a form, as some endpoints answer whatever they are asked for.
  private static func object(of response: HTTPResponse) -> JSONObject? {
    if let json = response.json { return json.value.object }
    guard response.header("Content-Type")?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else { return nil }
    let fields = QueryText(String(decoding: response.body, as: UTF8.self)).fields
    return JSONObject(fields.map { ($0.name, .string($0.value ?? "")) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Secrets {
  /// Hides every token of an answer.
  func hide(tokensOf answer: JSONObject) {
    var open: [(name: String, value: JSONValue)] = answer.map { ($0.key, $0.value) }
    while let (name, value) = open.popLast() {
      switch value {
      case .object(let members): open += members.map { ($0.key, $0.value) }
      case .array(let elements): open += elements.map { (name, $0) }
      default: if CredentialName.isCredential(name) { hide(credential: value) }
      }
    }
  }
}
