import JSON
import Synchronization

/// Writes messages to the client, one at a time.
final class ClientOutput: Sendable {
  private let write: @Sendable ([UInt8]) throws -> Void
  private let turn = Mutex(())

  init(_ write: @escaping @Sendable ([UInt8]) throws -> Void) { self.write = write }

  func respond(to id: JSONValue, _ result: JSONValue) { send(["jsonrpc": "2.0", "id": id, "result": result]) }

  func respond(to id: JSONValue?, _ error: RPCError) {
    send([
      "jsonrpc": "2.0", "id": id ?? error.id ?? .null,
      "error": ["code": .int(error.code.rawValue), "message": .string(error.message)],
    ])
  }

  func notify(_ method: String, _ params: JSONValue) {
    send(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  private func send(_ message: JSONValue) {
    let content = Array(message.jsonText.utf8)
    // A client that is gone closes the input too, which ends the server.
    turn.withLock { _ in try? write(Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content) }
  }
}
