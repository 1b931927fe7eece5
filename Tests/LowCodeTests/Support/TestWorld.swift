import AirbyteProtocol
import Foundation
import JSON
import Synchronization

@testable import Components
@testable import ConnectorModel
@testable import Manifest
@testable import Secrets

/// Answers requests from a list, in order, and keeps them.
final class ScriptedTransport: Transport {
  enum Answer: Sendable {
    case status(Int, String)
    case lost(TransportError.Kind)
  }

  private let answers: Mutex<[Answer]>
  private let sent = Mutex<[HTTPRequest]>([])

  init(_ answers: [Answer]) { self.answers = Mutex(answers) }

  var requests: [HTTPRequest] { sent.withLock { $0 } }
  /// The requests as lines: method, URL, and the body if there is one.
  var lines: [String] {
    requests.map { request in
      "\(request.method) \(request.url)" + (request.body.map { " " + String(decoding: $0, as: UTF8.self) } ?? "")
    }
  }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    sent.withLock { $0.append(request) }
    // Others get their turn before the answer comes.
    for _ in 0..<20 { await Task.yield() }
    let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    switch answer {
    case .status(let status, let body)?:
      return HTTPResponse(status: status, headers: [], body: Data(body.utf8), url: request.url)
    case .lost(let kind)?: throw TransportError(kind, "lost")
    case nil: throw TransportError(.invalidURL, "nothing was scripted for \(request.method) \(request.url)")
    }
  }
}

/// A clock that only sleeping moves, and what happened to it.
final class TestWorld: Log, RunEvents, Secrets {
  /// 2025-03-01T12:00:00Z in microseconds.
  static let start: Int64 = 1_740_830_400_000_000

  private let time = Mutex(TestWorld.start)
  private let slept = Mutex<[Double]>([])
  private let known = Mutex<[String]>([])
  private let logged = Mutex<[String]>([])
  private let mask = SecretMask()
  let transport: ScriptedTransport

  init(_ answers: [ScriptedTransport.Answer]) { transport = ScriptedTransport(answers) }

  var sleeps: [Double] { slept.withLock { $0 } }
  /// The log lines, each behind its level.
  var lines: [String] { logged.withLock { $0 } }
  var secrets: [String] { known.withLock { $0 } }
  func pass(seconds: Double) { time.withLock { $0 += Int64(seconds * 1_000_000) } }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    let line = "\(level.rawValue) \(message())"
    logged.withLock { $0.append(line) }
  }
  func hide(_ secret: String) {
    known.withLock { $0.append(secret) }
    mask.hide(secret)
  }
  func hidePassing(_ secret: String) { hide(secret) }
  func masked(_ text: String) -> String { mask.masked(text) }

  var runtime: RuntimeEnvironment {
    RuntimeEnvironment(
      now: { self.time.withLock { $0 } },
      sleep: { seconds in
        self.slept.withLock { $0.append(seconds) }
        self.pass(seconds: seconds)
      },
      random: { 0.5 }, transport: transport, log: self, secrets: self)
  }

  /// Builds an authenticator from JSON.
  func authenticator(_ manifest: String, config: String = TestWorld.config, urlBase: String? = nil) throws -> any Authenticator {
    try scope(config).entering(ExchangeScope(requester: urlBase.map { try TestWorld.requester($0) })).build(node(manifest))
  }

  /// The node of a requester with a base.
  static func requester(_ urlBase: String) throws -> ComponentNode {
    try ComponentNode(ManifestNode(ManifestValue(json: ["type": "HttpRequester", "url_base": .string(urlBase)])))
  }

  func scope(_ config: String = TestWorld.config) throws -> BuildScope {
    let registry = ComponentRegistry([
      ApiKeyAuthenticator.self, BasicHttpAuthenticator.self, BearerAuthenticator.self, ConfigComponentsResolver.self,
      HttpRequester.self, JwtAuthenticator.self,
      LegacySessionTokenAuthenticator.self, NoAuth.self, OAuthAuthenticator.self, RateLimitedMultipleTokenAuthenticator.self,
      RequestOption.self, SelectiveAuthenticator.self,
      SessionTokenAuthenticator.self, StreamConfig.self,
    ])
    return BuildScope(config: try JSONValue(parsing: config).object ?? [:], runtime: runtime, registry: registry)
  }

  /// Builds any component from JSON.
  func build<Role>(_ json: String, config: JSONObject = [:]) throws -> Role {
    try BuildScope(config: config, runtime: runtime, registry: .standard).build(node(json))
  }

  func node(_ json: String) throws -> ManifestNode { ManifestNode(ManifestValue(json: try JSONValue(parsing: json))) }

  static let config = #"{"id": "me", "secret": "s&c", "refresh": "r 1", "empty": "", "end": "2025-03-01T13:00:00Z"}"#
}

extension Authenticator {
  /// The credentials' headers as text.
  func headers() async throws -> [String: String] {
    Dictionary(try await credentials().headers.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }
}

/// The error of an act, where it is one for the user.
func connectorError(_ act: () async throws -> Void) async -> ConnectorError? {
  do {
    try await act()
    return nil
  } catch { return error as? ConnectorError }
}
