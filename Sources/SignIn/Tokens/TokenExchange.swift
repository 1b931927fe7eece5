import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Secrets

/// Asks a token endpoint, once: a code is good for one request.
struct TokenExchange: Sendable {
  let runtime: RuntimeEnvironment
  /// Somebody is waiting: so many seconds an endpoint may be silent.
  var patience = 60.0

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
    var request = request
    request.readTimeout = min(60, patience)
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await UnledTransport(inner: runtime.transport).send(
        request, secrets: runtime.secrets, log: ExchangeLog(name: what, runtime: runtime))
    } catch {
      try Task.checkCancellation()
      let type: FailureType = error.kind == .invalidURL || error.kind == .unsupportedScheme ? .config : .transient
      if error.kind == .tooManyRedirects {
        throw ConnectorError(
          .config, "The \(what) \(place) redirects to another address, and credentials are sent to none but its own",
          remedy: "name the address where tokens come from, in the manifest or by `--token-endpoint`")
      }
      if error.kind == .timedOut {
        throw ConnectorError(type, "The \(what) \(place) did not answer within \(Int(request.readTimeout.rounded())) seconds")
      }
      throw ConnectorError(type, "The \(what) \(place) could not be reached: \(error.cause ?? error.message)")
    }
    let body = Self.object(of: response)
    let name = body?["error"]?.string
    if let body, response.isSuccess, name == nil, body["ok"] != .bool(false) { return body }
    let answer = APIAnswer(response, hiding: runtime.secrets)
    if response.isSuccess, body == nil {
      let mistake = Self.mistake(of: response)
      throw ConnectorError(.system, answer.added(to: "The answer of the \(what) \(place) \(mistake)"))
    }
    let said = Self.words(body).map { runtime.secrets.quotation.words.masked($0) }
    let status = response.isSuccess ? "" : " (HTTP status \(response.status))"
    let message = "The \(what) \(place) refuses\(status)"
    let sentence = said.map { "\(message): \($0)" } ?? answer.added(to: message)
    let type: FailureType = response.status == 429 || response.status >= 500 ? .transient : .config
    throw Refusal(name: name, error: ConnectorError(type, sentence))
  }

  /// What is wrong with an answer that is no object of JSON.
  private static func mistake(of response: HTTPResponse) -> String {
    if response.json != nil { return "is JSON, but not an object" }
    if response.body.isEmpty { return "is empty" }
    let kind = response.header("Content-Type").map { String($0.prefix { $0 != ";" }) }
    if let kind, !kind.lowercased().hasSuffix("json") { return "is not JSON but \(kind)" }
    return "is not valid JSON"
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

/// A transport that lets no answer lead on to another address, which would get the credentials.
private struct UnledTransport: Transport {
  let inner: any Transport

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let response = try await inner.exchange(request)
    guard !RedirectRules.statuses.contains(response.status), response.header("Location") == nil || response.status < 300 else {
      throw TransportError(.tooManyRedirects, "a token endpoint should not redirect")
    }
    return response
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
