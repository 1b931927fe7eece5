import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import HTTP
import JSON
import Manifest
import Secrets
import Synchronization

@testable import SignIn

/// A manifest whose `spec` is given, and an `OAuthAuthenticator`.
func manifest(spec: String, authenticator: String = "", schema: String = "{type: object, properties: {}}") throws -> Manifest {
  let text = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [books]}
    streams:
      - type: DeclarativeStream
        name: books
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "https://api.example.com", path: /books, authenticator: \(
            authenticator.isEmpty ? "{type: NoAuth}" : authenticator)}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec:
      type: Spec
      connection_specification: \(schema)
    \(spec)
    """
  return try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(text.utf8), name: "manifest.yaml"))
}

/// `advanced_auth` with these lines in `oauth_connector_input_specification`, and more in `oauth_config_specification`.
func advancedAuth(_ input: String, _ more: String = "") -> String {
  func indented(_ text: String, _ count: Int) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
  }
  return """
      advanced_auth:
        auth_flow_type: oauth2.0
        oauth_config_specification:
          oauth_connector_input_specification:
    \(indented(input, 8))
    \(indented(more, 6))
    """
}

func declaration(_ input: String, _ more: String = "") throws -> ConsentDeclaration {
  guard let found = try ConsentDeclaration.declared(by: manifest(spec: advancedAuth(input, more)).spec) else {
    throw ConnectorError(.system, "nothing is declared")
  }
  return found
}

/// A request's answers, one after the other, and what was asked.
final class ScriptedTransport: Transport {
  private struct State {
    var answers: [(status: Int, type: String, body: String)]
    var requests: [HTTPRequest] = []
  }

  private let state: Mutex<State>
  private let failure: TransportError?

  init(_ answers: [(status: Int, type: String, body: String)], failure: TransportError? = nil) {
    state = Mutex(State(answers: answers))
    self.failure = failure
  }

  convenience init(_ bodies: String...) { self.init(bodies.map { (200, "application/json", $0) }) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  /// The fields of the form that a request carried.
  func form(_ number: Int) -> [String: String] {
    let fields = QueryText(String(decoding: requests[number].body ?? [], as: UTF8.self)).fields
    return Dictionary(fields.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
  }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if let failure { throw failure }
    let answer = state.withLock { state in
      state.requests.append(request)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    guard let answer else { throw TransportError(.other, "there is no answer left") }
    return HTTPResponse(
      status: answer.status,
      headers: HTTPHeaders(
        [("Content-Type", answer.type)]
          + ((300..<400).contains(answer.status) ? [("Location", "https://elsewhere.example.com/")] : [])),
      body: Data(answer.body.utf8), url: request.url
    )
  }
}

struct SilentLog: Log, RunEvents {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
}

/// A clock that only sleeping moves.
final class StillClock: Sendable {
  private let time = Mutex<Int64>(1_800_000_000_000_000)

  var now: Int64 { time.withLock { $0 } }
  func sleep(_ seconds: Double) { time.withLock { $0 += Int64(seconds * 1e6) } }
}

func runtime(
  _ transport: any Transport, mask: SecretMask = SecretMask(), clock: StillClock = StillClock(),
  sleep: (@Sendable (Double) async throws -> Void)? = nil
) -> RuntimeEnvironment {
  RuntimeEnvironment(
    now: { clock.now }, sleep: sleep ?? { clock.sleep($0) }, random: { 0.5 }, transport: transport, log: SilentLog(),
    secrets: mask)
}

/// Waits until its task is cancelled.
@Sendable func forever(_ seconds: Double) async throws {
  let (stream, _) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
  throw CancellationError()
}

/// Random bytes that are the same each time.
@Sendable func counted(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 190) } }

/// What `body` throws as a sentence; nil if it throws nothing.
func sentence(_ body: () async throws -> some Any) async -> String? {
  do {
    _ = try await body()
    return nil
  } catch {
    return ConnectorError(wrapping: error).sentence
  }
}
