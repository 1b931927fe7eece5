import FlyingFox
import FlyingSocks
import Foundation
import JSON
import enum JSON.JSONValue
import Synchronization

/// A server on a free loopback port that answers by written routes; `scripted_api.py` is the same server for the recorder.
final class ScriptedAPI: Sendable {
  /// The address that stands in the files of cases for the one a server has.
  static let placeholder = "127.0.0.1:18200"

  let address: String
  private let script: Script
  private let log = Mutex<[JSONValue]>([])

  private init(script: Script, address: String) {
    self.script = script
    self.address = address
  }

  /// As many at a time as keep the processors busy: each has a port, and a connector that reads from it.
  private static let turns = Turns(2 * ProcessInfo.processInfo.activeProcessorCount)

  /// Serves an API, by the text of its routes, while `body` runs; waits until it is its turn.
  static func serving<Result>(_ api: String, _ body: (ScriptedAPI) async throws -> Result) async throws -> Result {
    await turns.take()
    defer { turns.give() }
    let handler = LateHandler()
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), timeout: 60, logger: .disabled, handler: handler)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await server.run() }
      try await server.waitUntilListening(timeout: 300)
      guard case .ip4(_, let port) = await server.listeningAddress else { throw SocketError.unsupportedAddress }
      let address = "127.0.0.1:\(port)"
      let script = Script(try JSONValue(parsing: api.replacing(placeholder, with: address)))
      let api = ScriptedAPI(script: script, address: address)
      handler.api.withLock { $0 = api }
      let outcome: Swift.Result<Result, any Error>
      do { outcome = .success(try await body(api)) } catch { outcome = .failure(error) }
      await server.stop()
      group.cancelAll()
      return try outcome.get()
    }
  }

  /// The requests received since it was asked last, as in `requests.json`.
  func takeRequests() -> [JSONValue] {
    log.withLock { log in
      defer { log = [] }
      return log
    }
  }

  /// The requests that no route fitted since it was asked last.
  func takeUnanswered() -> Set<String> { script.takeUnanswered() }

  /// Text with the placeholder address replaced by the server's.
  func localise(_ text: String) -> String { text.replacing(Self.placeholder, with: address) }

  /// Text with the server's address replaced by the placeholder.
  func restore(_ text: String) -> String { text.replacing(address, with: Self.placeholder) }

  fileprivate func respond(to request: HTTPRequest) async throws -> HTTPResponse {
    let request = try await ScriptedRequest(request)
    let entry = try JSONValue(parsing: restore(request.entry.jsonText))
    log.withLock { $0.append(entry) }
    let answer = script.answer(request)
    var headers = HTTPHeaders()
    for (name, value) in answer.headers { headers[HTTPHeader(name)] = value }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: "Scripted"), headers: headers,
      body: answer.cut.map { HTTPBodySequence(from: CutBody(answer.body.prefix($0)), count: answer.body.count) }
        ?? HTTPBodySequence(data: request.method == "HEAD" ? Data() : answer.body))
  }
}

/// Hands requests on to an API that is known only when the server's port is.
private final class LateHandler: HTTPHandler, Sendable {
  let api = Mutex<ScriptedAPI?>(nil)

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let api = api.withLock({ $0 }) else { throw HTTPUnhandledError() }
    return try await api.respond(to: request)
  }
}

/// A body that ends in an error, at which the server closes the connection.
private struct CutBody: AsyncBufferedSequence {
  typealias Element = UInt8

  struct Broken: Error {}

  struct AsyncIterator: AsyncBufferedIteratorProtocol {
    var rest: Data?

    mutating func nextBuffer(suggested count: Int) async throws -> Data? {
      guard let data = rest, !data.isEmpty else { throw Broken() }
      rest = nil
      return data
    }

    mutating func next() async throws -> UInt8? {
      guard let data = rest, let byte = data.first else { throw Broken() }
      rest = data.dropFirst()
      return byte
    }
  }

  private let data: Data

  init(_ data: Data) { self.data = data }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: data) }
}
