import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// How long each strategy waits; it is 2025-03-01T12:00:00Z, and chance gives a half.
@Suite struct BackoffStrategyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let strategy: String
    var number = 1
    var headers: [(String, String)] = []
    var body = "{}"
    /// Seconds; nil where the next strategy decides.
    let wait: Double?

    var testDescription: String { "\(strategy), attempt \(number), \(headers), \(body)" }
  }

  private static let epoch = "1740830460"  // A minute from now.

  static let cases: [Case] = [
    Case(strategy: #""ConstantBackoffStrategy", "backoff_time_in_seconds": 5"#, wait: 5),
    Case(strategy: #""ConstantBackoffStrategy", "backoff_time_in_seconds": 0.5"#, number: 3, wait: 0.5),
    Case(strategy: #""ConstantBackoffStrategy", "backoff_time_in_seconds": "{{ config['wait'] }}""#, wait: 7),
    Case(strategy: #""ConstantBackoffStrategy", "backoff_time_in_seconds": 5, "jitter_range_in_seconds": 2"#, wait: 7),
    Case(strategy: #""ExponentialBackoffStrategy""#, wait: 10),
    Case(strategy: #""ExponentialBackoffStrategy""#, number: 3, wait: 40),
    Case(strategy: #""ExponentialBackoffStrategy", "factor": 2"#, number: 2, wait: 8),
    Case(strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, headers: [("retry-after", "30")], wait: 30),
    Case(strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, headers: [("Retry-After", "0")], wait: 0),
    Case(
      strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, headers: [("Retry-After", "Sat, 01 Mar 2025 12:00:10 GMT")],
      wait: 10),
    Case(
      strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, headers: [("Retry-After", "Sat, 01 Mar 2025 11:00:00 GMT")],
      wait: 0),
    Case(strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, wait: nil),
    Case(strategy: #""WaitTimeFromHeader", "header": "Retry-After""#, headers: [("Retry-After", "soon")], wait: nil),
    Case(
      strategy: #""WaitTimeFromHeader", "header": "X-Wait", "regex": "[0-9]+""#, headers: [("X-Wait", "12 seconds")], wait: 12),
    Case(strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset""#, headers: [("X-Reset", epoch)], wait: 60),
    Case(strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset""#, headers: [("X-Reset", "1740830340")], wait: nil),
    Case(
      strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset", "min_wait": 90"#, headers: [("X-Reset", epoch)], wait: 90),
    Case(strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset", "min_wait": 90"#, wait: 90),
    Case(strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset""#, wait: nil),
    Case(
      strategy: #""WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}""#, body: #"{"wait": 4}"#, wait: 4),
    Case(strategy: #""WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}""#, wait: nil),
    Case(
      strategy: #""WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}""#, body: #"{"wait": -4}"#, wait: nil),
    Case(
      strategy: #""WaitTimeFromResponse", "wait_time_in_seconds": "{{ headers['x-wait'] }}""#, headers: [("X-Wait", "9")],
      wait: 9),
  ]

  private static func response(_ tested: Case) -> HTTPResponse {
    HTTPResponse(
      status: 429, headers: HTTPHeaders(tested.headers.map { (name: $0.0, value: $0.1) }), body: Data(tested.body.utf8),
      url: "https://api.test")
  }

  @Test(arguments: cases) func theWait(_ tested: Case) async throws {
    let strategy: any BackoffStrategy = try TestWorld([]).build("{\"type\": \(tested.strategy)}", config: ["wait": 7])
    #expect(try await strategy.delay(after: .response(Self.response(tested)), number: tested.number) == tested.wait)
  }

  @Test(arguments: [
    Case(
      strategy: #""WaitTimeFromHeader", "header": "Retry-After", "max_waiting_time_in_seconds": 30"#,
      headers: [("Retry-After", "30")], wait: nil),
    Case(
      strategy: #""WaitUntilTimeFromHeader", "header": "X-Reset", "max_waiting_time_in_seconds": 60"#,
      headers: [("X-Reset", epoch)], wait: nil),
    Case(
      strategy: #""WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}", "max_waiting_time_in_seconds": 4"#,
      body: #"{"wait": 4}"#, wait: nil),
  ])
  func aWaitThatIsTooLongIsRefused(_ tested: Case) async throws {
    let strategy: any BackoffStrategy = try TestWorld([]).build("{\"type\": \(tested.strategy)}")
    let error = await #expect(throws: ConnectorError.self) {
      _ = try await strategy.delay(after: .response(Self.response(tested)), number: 1)
    }
    #expect(error?.failureType == .transient)
  }

  /// A request that got no answer has no header to go by.
  @Test(
    arguments: [
      (#""ConstantBackoffStrategy", "backoff_time_in_seconds": 5"#, 5), (#""WaitTimeFromHeader", "header": "Retry-After""#, nil),
      (#""WaitUntilTimeFromHeader", "header": "X-Reset""#, nil),
      (#""WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}""#, nil),
    ] as [(String, Double?)])
  func withoutAnAnswer(strategy: String, wait: Double?) async throws {
    let strategy: any BackoffStrategy = try TestWorld([]).build("{\"type\": \(strategy)}")
    #expect(try await strategy.delay(after: .failure(TransportError(.connectionLost, "lost")), number: 1) == wait)
  }
}
