import Concurrency
import ConnectorModel
import Foundation
import HTTP
import JSON
import Synchronization
import Testing

@testable import Traffic

/// The server of mocks, asked by the transport that connectors use.
@Suite struct MockServerTests {
  private struct Scripted: MockAPI {
    let answers: [String: MockAnswer]
    func answer(_ request: MockRequest) async -> MockAnswer? {
      if request.path == "/echo" { return MockAnswer(body: request.body) }
      return answers[request.path]
    }
  }

  private static let large = [UInt8](repeating: 0x61, count: 200_000)

  private static func damaged(_ damage: MockAnswer.Damage) -> MockAnswer {
    var answer = MockAnswer(body: large)
    answer.damage = damage
    return answer
  }

  private func serve<Result: Sendable>(
    _ answers: [String: MockAnswer], _ body: @Sendable @escaping (String) async throws -> Result
  ) async throws -> (result: Result, log: [String]) {
    let log = Mutex<[String]>([])
    let server = try MockServer(
      port: 0, sleep: { _ in },
      log: { access in
        log.withLock { $0.append("\(access.request?.method ?? "") \(access.request?.path ?? "") \(access.isKnown)") }
      }
    ) { _ in Scripted(answers: answers) }
    // On a thread of its own: other tests may keep those of the pool busy for longer than a client waits.
    let thread = try #require(BlockingThread())
    let result = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: thread) { try await server.run() }
      defer { group.cancelAll() }
      return try await body(server.address)
    }
    return (result, log.withLock { $0 })
  }

  @Test func answersComeAsTheyAre() async throws {
    var chunked = MockAnswer(body: Self.large)
    chunked.chunkSize = 1000
    let (bodies, log) = try await serve(["/a": MockAnswer(json: ["k": 1]), "/chunked": chunked]) { address in
      let transport = NetworkTransport()
      var bodies: [String] = []
      for path in ["/a", "/chunked", "/none"] {
        let response = try await transport.exchange(HTTPRequest(method: "GET", url: address + path))
        bodies.append("\(response.status) \(response.body.count)")
      }
      let sent = HTTPRequest(method: "POST", url: address + "/echo", headers: [("Content-Type", "text/plain")], body: Self.large)
      bodies.append("\(try await transport.exchange(sent).body == Data(Self.large))")
      return bodies
    }
    #expect(bodies.dropLast(2) == ["200 7", "200 200000"])
    #expect(bodies[2].hasPrefix("404 ") && bodies[3] == "true")
    #expect(Array(log.prefix(3)) == ["GET /a true", "GET /chunked true", "GET /none false"])
  }

  @Test(arguments: [MockAnswer.Damage.noAnswer, .cutHead, .cutBody(400), .bytes(Array("no answer at all".utf8))])
  func damagedAnswersAreTransferErrors(damage: MockAnswer.Damage) async throws {
    let (kind, _) = try await serve(["/a": Self.damaged(damage)]) { address -> String in
      do {
        let response = try await NetworkTransport().exchange(HTTPRequest(method: "GET", url: address + "/a"))
        return "\(response.status) \(response.body.count)"
      } catch { return (error as? TransportError)?.kind.words ?? "\(error)" }
    }
    #expect(["broken transfer", "failed request"].contains(kind))
  }

  @Test func slowBytesComeWhole() async throws {
    let (count, _) = try await serve(["/a": Self.damaged(.slow(1))]) { address in
      try await NetworkTransport().exchange(HTTPRequest(method: "GET", url: address + "/a")).body.count
    }
    #expect(count == Self.large.count)
  }
}
