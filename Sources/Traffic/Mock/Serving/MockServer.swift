import AirbyteProtocol
import Concurrency
import ConnectorModel
import FlyingSocks
import Essentials
import Synchronization

/// Serves a mock on the loopback interface, with an access log.
package final class MockServer: Sendable {
  /// A request and what became of it.
  package struct Access: Sendable {
    /// Nil if what came is no request.
    package let request: MockRequest?
    package let answer: MockAnswer
    /// Whether the mock knew the request.
    package let isKnown: Bool
    package let seconds: Double
  }

  private let api: any MockAPI
  private let sleep: @Sendable (Double) async throws -> Void
  private let log: @Sendable (Access) -> Void
  private let socket: Socket
  /// The port that the server listens on.
  package let port: UInt16
  private let all = Atomic<Int>(0)
  /// How many requests came that are neither answered nor in the log.
  private let open = Atomic<Int>(0)
  private let unknown = Atomic<Int>(0)

  /// - Parameters:
  ///   - port: 0 for a free one.
  ///   - api: makes the mock for a port.
  ///   - log: takes a line of the access log.
  /// - Throws: ``ConnectorError`` if the port is taken.
  package init(
    port: UInt16, sleep: @escaping @Sendable (Double) async throws -> Void, log: @escaping @Sendable (Access) -> Void,
    api: (_ port: Int) -> any MockAPI
  ) throws {
    do {
      socket = try Socket(domain: AF_INET)
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: sockaddr_in.inet(ip4: "127.0.0.1", port: port))
      try socket.listen(maxPendingConnection: 512)
      guard case .ip4(_, let chosen) = try socket.sockname() else { throw SocketError.unsupportedAddress }
      self.port = chosen
    } catch {
      throw ConnectorError(.config, Self.words(for: error, port))
    }
    self.sleep = sleep
    self.log = log
    self.api = api(Int(self.port))
  }

  private static func words(for error: any Error, _ port: UInt16) -> String {
    let remedy = "with --port, or leave the option out for a free one"
    return switch error {
    case SocketError.failed(_, EADDRINUSE, _):
      "Another program listens on port \(port) of 127.0.0.1. Choose another port \(remedy)"
    case SocketError.failed(_, EACCES, _):
      "Port \(port) of 127.0.0.1 is kept for the administrator. Choose a port from 1024 \(remedy)"
    default: "The mock cannot listen on port \(port) of 127.0.0.1: \(error). Choose another port \(remedy)"
    }
  }

  /// Where the mock is reached.
  package var address: String { "http://127.0.0.1:\(port)" }
  /// Whether there are requests that are neither answered nor in the log.
  package var isAnswering: Bool { open.load(ordering: .acquiring) > 0 }
  /// How many requests came.
  package var requests: Int { all.load(ordering: .relaxed) }
  /// How many requests the mock did not know.
  package var unknownRequests: Int { unknown.load(ordering: .relaxed) }

  /// Serves until the task is cancelled.
  package func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let pool = SocketPool.make()
    try await pool.prepare()
    let listener = try AsyncSocket(socket: socket, pool: pool)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pool.run() }
      group.addTask {
        try await withThrowingDiscardingTaskGroup { connections in
          for try await connection in listener.sockets {
            connections.addTask { await self.serve(connection) }
          }
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func serve(_ connection: AsyncSocket) async {
    var reader = HTTPRequestReader(connection, origin: address)
    let writer = HTTPAnswerWriter(socket: connection, sleep: sleep)
    do {
      while let (request, staysOpen) = try await reader.next() {
        let began = ContinuousClock.now
        all.add(1, ordering: .relaxed)
        open.add(1, ordering: .relaxed)
        defer { open.subtract(1, ordering: .releasing) }
        let known = await api.answer(request)
        if known == nil { unknown.add(1, ordering: .relaxed) }
        let answer = if let known { known } else { await MockAPIs([]).answerOrRefusal(request) }
        let isOpen = try await writer.write(answer, to: request.method)
        let took = (ContinuousClock.now - began).components
        let seconds = Double(took.seconds) + Double(took.attoseconds) / 1e18
        await tell(Access(request: request, answer: answer, isKnown: known != nil, seconds: seconds))
        if !isOpen || !staysOpen { break }
      }
    } catch let error as HTTPRequestReader.Malformed {
      var answer = MockAnswer(status: error.status, headers: [("Content-Type", "text/plain")], body: Array(error.reason.utf8))
      answer.closesConnection = true
      _ = try? await writer.write(answer, to: "GET")
      await tell(Access(request: nil, answer: answer, isKnown: false, seconds: 0))
    } catch {
      // The client left.
    }
    try? connection.close()
  }

  /// Writes to the log, which may wait for whoever reads it, and must not keep other connections waiting meanwhile.
  private func tell(_ access: Access) async {
    await BlockingExecutor.shared.run { [log] in log(access) }
  }
}
