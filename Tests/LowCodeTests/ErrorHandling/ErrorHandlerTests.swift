import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What handlers decide about answers.
@Suite struct ErrorHandlerTests {
  private static func response(_ status: Int, _ body: String = "{}") -> Attempt {
    .response(HTTPResponse(status: status, headers: [], body: Data(body.utf8), url: "https://api.test"))
  }

  private func resolution(_ handler: String, _ attempt: Attempt) async throws -> ErrorResolution {
    let handler: any ErrorHandler = try TestWorld([]).build(handler)
    return try await handler.interpret(attempt)
  }

  @Test(
    arguments: [
      (200, .success, nil), (304, .success, nil), (400, .fail, .system), (401, .fail, .config), (403, .fail, .config),
      (404, .fail, .system), (408, .retry, .transient), (429, .rateLimited, .transient), (500, .retry, .transient),
      (503, .retry, .transient), (504, .retry, .transient),
    ] as [(Int, ResponseAction, FailureType?)])
  func theDefaultForAStatus(status: Int, action: ResponseAction, type: FailureType?) async throws {
    let resolution = try await resolution(#"{"type": "DefaultErrorHandler"}"#, Self.response(status))
    #expect(resolution.action == action && resolution.failureType == type)
  }

  @Test(arguments: [TransportError.Kind.connectFailed, .timedOut, .connectionLost, .nameNotResolved])
  func aRequestWithoutAnAnswerIsTriedAgain(kind: TransportError.Kind) async throws {
    let resolution = try await resolution(#"{"type": "DefaultErrorHandler"}"#, .failure(TransportError(kind, "lost")))
    #expect(resolution.action == .retry && resolution.failureType == .system)
  }

  @Test(
    arguments: [
      (#""action": "IGNORE", "http_codes": [404]"#, 404, "{}", .ignore),
      (#""action": "IGNORE", "http_codes": [404]"#, 400, "{}", .fail),
      (#""action": "RETRY", "error_message_contains": "later""#, 400, #"{"error": "come later"}"#, .retry),
      (#""action": "RETRY", "error_message_contains": "later""#, 400, #"{"error": "never"}"#, .fail),
      (#""action": "FAIL", "predicate": "{{ response.ok == false }}""#, 200, #"{"ok": false}"#, .fail),
      (#""action": "FAIL", "predicate": "{{ response.ok == false }}""#, 200, #"{"ok": true}"#, .success),
      (#""action": "RATE_LIMITED", "http_codes": [420]"#, 420, "{}", .rateLimited),
      (#""action": "REFRESH_TOKEN_THEN_RETRY", "http_codes": [401]"#, 401, "{}", .refreshTokenThenRetry),
    ] as [(String, Int, String, ResponseAction)])
  func aFilterDecides(filter: String, status: Int, body: String, action: ResponseAction) async throws {
    let handler = "{\"type\": \"DefaultErrorHandler\", \"response_filters\": [{\"type\": \"HttpResponseFilter\", \(filter)}]}"
    #expect(try await resolution(handler, Self.response(status, body)).action == action)
  }

  @Test func theFirstFilterThatFitsDecides() async throws {
    let handler = #"""
      {"type": "DefaultErrorHandler", "response_filters": [
        {"type": "HttpResponseFilter", "action": "IGNORE", "http_codes": [400], "error_message": "first"},
        {"type": "HttpResponseFilter", "action": "FAIL", "http_codes": [400], "error_message": "second"}]}
      """#
    #expect(try await resolution(handler, Self.response(400)).message == "first")
  }

  @Test(arguments: [(404, ResponseAction.ignore), (409, .retry), (403, .fail)])
  func aCompositeAsksItsHandlersInOrder(status: Int, action: ResponseAction) async throws {
    func handler(_ code: Int, _ action: String) -> String {
      "{\"type\": \"DefaultErrorHandler\", \"response_filters\": [{\"type\": \"HttpResponseFilter\", \"action\": \"\(action)\", \"http_codes\": [\(code)]}]}"
    }
    let composite =
      "{\"type\": \"CompositeErrorHandler\", \"error_handlers\": [\(handler(404, "IGNORE")), \(handler(409, "RETRY"))]}"
    #expect(try await resolution(composite, Self.response(status)).action == action)
  }

  @Test(arguments: [("3", 3), ("\"{{ config['tries'] }}\"", 4), ("\"\"", 5)]) func howOftenARequestIsRepeated(
    value: String, count: Int
  ) async throws {
    let handler: any ErrorHandler = try TestWorld([]).build(
      "{\"type\": \"DefaultErrorHandler\", \"max_retries\": \(value)}", config: ["tries": 4])
    #expect(handler.maxRetries == count)
  }
}
