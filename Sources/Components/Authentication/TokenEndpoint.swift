import AirbyteProtocol
import ConnectorModel
import Essentials
import HTTP
import JSON
import Jinja
import Secrets

/// Why a token endpoint gave no token.
struct TokenRequestFailure: Error {
  /// The status of its answer; nil if there was none.
  var status: Int?
  var error: ConnectorError

  /// Whether the endpoint refused the credentials rather than failing for the moment.
  var isRejection: Bool { status.map { (400..<500).contains($0) && $0 != 429 } ?? false }
}

/// Sends requests to a token endpoint: repeats what may succeed later, and distinguishes a refused refresh token from other
/// failures.
struct TokenEndpoint: Sendable {
  /// The answers that say that the user has to authenticate again.
  struct Rejection: Sendable {
    var statusCodes: Set<Int> = [400]
    var key = "error"
    var values: Set<String> = ["invalid_grant", "invalid_permissions"]
  }

  let rejection: Rejection
  /// What a lost connection counts as, after all repetitions.
  let networkFailure: FailureType
  /// Those of logins: see ``RuntimeEnvironment/loggingIn``.
  let runtime: RuntimeEnvironment
  /// What hides secrets in the reason of a rejection.
  let secrets: any Secrets

  /// Seconds after which a request is not repeated any more.
  private static let maxTime = 300.0

  /// - Returns: the JSON of the first successful answer.
  /// - Throws: ``TokenRequestFailure``.
  func send(_ request: HTTPRequest) async throws -> TokenResponse {
    let start = runtime.now()
    var number = 0
    while true {
      let elapsed = Double(runtime.now() - start) / 1_000_000
      let failure: TokenRequestFailure
      do {
        let response = try await runtime.transport.send(request, secrets: runtime.secrets, log: log)
        runtime.trial?.observer.answered(response, to: response.request ?? request, .success)
        return try answer(response, request)
      } catch let error as TransportError {
        try Task.checkCancellation()
        failure = networkError(error, request)
        guard error.kind != .invalidURL else { throw failure }
      } catch let error as TokenRequestFailure {
        guard let status = error.status, status == 429 || status >= 500 else { throw logged(error) }
        failure = error
      }
      guard elapsed < Self.maxTime else { throw logged(failure) }
      // Anything between nothing and 1, 2, 4 … seconds, so that many clients do not return at once.
      let wait = min(
        runtime.random() * Double(sign: .plus, exponent: min(number, 62), significand: 1), Self.maxTime - elapsed)
      number += 1
      try await runtime.wait(
        wait, reason: "token endpoint",
        APIAnswer.sentences(
          failure.error.sentence, "Trying again in \(PythonStrings.wait(wait)), after \(number) attempts."))
    }
  }

  private var log: ExchangeLog { ExchangeLog(name: "token endpoint", runtime: runtime) }

  private func logged(_ failure: TokenRequestFailure) -> TokenRequestFailure {
    runtime.log.log(.error, failure.error.internalMessage ?? failure.error.sentence)
    return failure
  }

  private func answer(_ response: HTTPResponse, _ request: HTTPRequest) throws -> TokenResponse {
    guard response.isSuccess else { throw refused(response) }
    try response.checkJSONEnd()
    do {
      return TokenResponse(body: try response.document().root, words: { quoted(response).sentence })
    } catch {
      let message = "The token endpoint's answer is not JSON"
      throw TokenRequestFailure(
        status: nil,
        error: ConnectorError(
          .system, quoted(response).added(to: message), internalMessage: "\(Self.place(request)): \(error)"))
    }
  }

  private func networkError(_ error: TransportError, _ request: HTTPRequest) -> TokenRequestFailure {
    TokenRequestFailure(
      status: nil,
      error: ConnectorError(
        error.kind == .invalidURL ? .system : networkFailure, "The token endpoint \(Self.place(request)) could not be reached",
        internalMessage: error.message))
  }

  private func refused(_ response: HTTPResponse) -> TokenRequestFailure {
    let answer = quoted(response)
    let detail = "Status \(response.status): \(answer.detail ?? "no reason is known")"
    guard isConfigError(response) else {
      return TokenRequestFailure(
        status: response.status,
        error: ConnectorError(
          .system, answer.added(to: "The token endpoint answered with HTTP status \(response.status)"), internalMessage: detail))
    }
    var message =
      "The refresh token is not accepted: it is wrong, has expired or was used before. Authenticate this source again"
    if let reason = reason(response) { message += ". The provider says: \(reason)" }
    return TokenRequestFailure(status: response.status, error: ConnectorError(.config, message, internalMessage: detail))
  }

  private func isConfigError(_ response: HTTPResponse) -> Bool {
    guard rejection.statusCodes.contains(response.status), let body = response.json, body.kind == .object,
      let value = body[rejection.key]?.string
    else { return false }
    return rejection.values.contains(value)
  }

  /// The error's name (RFC 6749 §5.2) and the code that its description begins with: what is the same at each attempt.
  private func reason(_ response: HTTPResponse) -> String? {
    var parts: [String] = []
    if let error = response.json?["error"]?.string {
      let words = error.split { $0.isWhitespace }.joined(separator: " ")
      if !words.isEmpty { parts.append(words) }
    }
    if let code = (response.json?["error_description"]?.string).flatMap(Self.code) { parts.append(code) }
    guard !parts.isEmpty else { return nil }
    let text = secrets.masked(parts.joined(separator: ": "))
    return text.count <= 64 ? text : text.prefix(64) + "..."
  }

  /// The code that a description begins with, three letters or more and four digits or more, as in `AADSTS70008`.
  private static func code(of description: String) -> String? {
    let text = description.trimmed(.whitespacesAndNewlines)
    let letters = text.prefix { $0.isASCII && $0.isLetter }
    let digits = text[letters.endIndex...].prefix { $0.isASCII && $0.isNumber }
    guard letters.count >= 3, digits.count >= 4 else { return nil }
    if let next = text[digits.endIndex...].first, next.isLetter || next.isNumber || next == "_" { return nil }
    return String(text[..<digits.endIndex])
  }

  private func quoted(_ response: HTTPResponse) -> APIAnswer { APIAnswer(response, hiding: runtime.secrets) }

  private static func place(_ request: HTTPRequest) -> String { RequestURL(request.url).publicText }
}
