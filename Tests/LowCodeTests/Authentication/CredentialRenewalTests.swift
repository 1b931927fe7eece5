import AirbyteProtocol
import Foundation
import JSON
import Synchronization
import Testing

@testable import ConnectorModel
@testable import HTTP

/// What becomes of a request whose answer asks for fresh credentials.
@Suite struct CredentialRenewalTests {
  /// Asks for fresh credentials at status 401, and takes every other answer.
  private struct Handler: ErrorHandler {
    func interpret(_ attempt: Attempt) -> ErrorResolution {
      attempt.response?.status == 401 ? ErrorResolution(.refreshTokenThenRetry, .transient, "refused") : .success
    }
  }

  /// Counts renewals, each of which may fail.
  private final class Credentials: Authenticator {
    private let version = Mutex(1)
    private let results: Mutex<[Result<Bool, ConnectorError>]>
    init(_ results: [Result<Bool, ConnectorError>]) { self.results = Mutex(results) }

    func credentials() async throws -> RequestParts {
      var parts = RequestParts()
      parts.headers["Authorization"] = .string("v\(version.withLock { $0 })")
      return parts
    }

    func refresh(after request: HTTPRequest) async throws -> Bool {
      guard try results.withLock({ $0.isEmpty ? .success(false) : $0.removeFirst() }).get() else { return false }
      version.withLock { $0 += 1 }
      return true
    }
  }

  private func send(
    _ statuses: [Int], _ results: [Result<Bool, ConnectorError>]
  ) async throws -> (sent: [String], failure: FailureType?) {
    let world = TestWorld(statuses.map { .status($0, "{}") })
    let client = HTTPClient(name: "s", authenticator: Credentials(results), errorHandler: Handler(), runtime: world.runtime)
    let request = HTTPRequest(method: "GET", url: "https://a.test", headers: [("Authorization", "v1")])
    let error = await connectorError { _ = try await client.send(request) }
    return (world.transport.requests.map { $0.header("Authorization") ?? "" }, error?.failureType)
  }

  private static let transient = ConnectorError(.transient, "not now")
  private static let config = ConnectorError(.config, "never")

  @Test func sendsFreshCredentials() async throws {
    let outcome = try await send([401, 200], [.success(true)])
    #expect(outcome.sent == ["v1", "v2"])
    #expect(outcome.failure == nil)
  }

  /// What the API says of fresh credentials is quoted within a sentence: a secret in it is hidden before it is cut.
  @Test(arguments: [0, 1_970, 1_985, 1_990, 1_996, 1_999, 2_000]) func ofARefusalNoSecretIsShown(length: Int) async throws {
    let body = JSONValue.object(["message": .string(String(repeating: "y", count: length) + "KEY-Zx81Qpl0 is old")]).jsonText
    let world = TestWorld([.status(401, body), .status(401, body)])
    world.hide("KEY-Zx81Qpl0")
    let client = HTTPClient(
      name: "s", authenticator: Credentials([.success(true)]), errorHandler: Handler(), runtime: world.runtime)
    let error = await connectorError { _ = try await client.send(HTTPRequest(method: "GET", url: "https://a.test")) }
    let shown = ([error?.message, error?.internalMessage].compactMap { $0 } + world.lines).map(world.masked).joined()
    for piece in ["KEY", "Zx8", "Qpl"] { #expect(!shown.contains(piece)) }
    #expect(error != nil)
  }

  @Test(arguments: [
    (
      [Result<Bool, ConnectorError>.success(true)],
      "The API refuses a fresh access token as well. The API says: the grant was revoked"
    ),
    (
      [.failure(transient)],
      "The API refuses the access token, and a fresh one could not be obtained. The API says: the grant was revoked"
    ),
  ])
  func theAPIsWordsAreSaid(results: [Result<Bool, ConnectorError>], message: String) async throws {
    let body = #"{"message": "the grant was revoked"}"#
    let world = TestWorld([.status(401, body), .status(401, body)])
    let client = HTTPClient(name: "s", authenticator: Credentials(results), errorHandler: Handler(), runtime: world.runtime)
    let error = await connectorError { _ = try await client.send(HTTPRequest(method: "GET", url: "https://a.test")) }
    #expect(error?.message == message)
    #expect(
      error?.internalMessage
        == "GET https://a.test was answered with status 401: the grant was revoked. Its body: \(body). refused")
  }

  @Test func renewsOnceOnly() async throws {
    let outcome = try await send([401, 401, 200], [.success(true), .success(true)])
    #expect(outcome.sent == ["v1", "v2"])
    #expect(outcome.failure == .config)
  }

  @Test func tellsThatOnlyTheUserHelps() async throws {
    let outcome = try await send([401, 200], [.failure(Self.config)])
    #expect(outcome.sent == ["v1"])
    #expect(outcome.failure == .config)
  }

  @Test(arguments: [([401, 200], nil), ([401, 401, 200], FailureType.transient)] as [([Int], FailureType?)])
  func repeatsWithThePresentOnes(statuses: [Int], expected: FailureType?) async throws {
    let outcome = try await send(statuses, [.failure(Self.transient)])
    #expect(outcome.sent == ["v1", "v1"])
    #expect(outcome.failure == expected)
  }

  @Test func repeatsWhatCannotBeRenewed() async throws {
    let outcome = try await send([401, 401, 401, 200], [])
    #expect(outcome.sent == ["v1", "v1", "v1", "v1"])
    #expect(outcome.failure == nil)
  }
}
