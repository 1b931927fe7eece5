import Foundation

/// A server on a free loopback port that does what an API should not.
///
/// It lasts as long as the process: were its socket closed while a thread still accepts on it, the number could be another
/// server's by then.
final class UnrulyAPI: Sendable {
  struct Request: Sendable {
    let method: String
    let target: String
    /// The request's head and body as they came.
    let text: String
    /// The values of its headers.
    let headerValues: [String]

    var path: String { String(target.prefix { $0 != "?" }) }
  }

  enum Answer: Sendable {
    case json(Int, String)
    case bytes([UInt8])
    /// The beginning of a body that was announced to be longer.
    case cut(String)
    /// Closes the connection without a word.
    case none
    /// Says nothing until the client has gone.
    case silence
  }

  private struct Failed: Error { let call: String }

  let address: String

  /// - Parameter isListening: false for an address that refuses connections.
  init(isListening: Bool = true, _ answer: @escaping @Sendable (Request) -> Answer = { _ in .none }) throws {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(server, pointer, length) == 0 && getsockname(server, pointer, &length) == 0
      }
    }
    guard bound else { throw Failed(call: "bind") }
    address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    guard isListening else { return }
    guard listen(server, 64) == 0 else { throw Failed(call: "listen") }
    Thread.detachNewThread {
      while true {
        let connection = accept(server, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { Self.serve(connection, answer) }
      }
    }
  }

  /// Answers one request; each has a connection of its own.
  private static func serve(_ connection: Int32, _ answer: (Request) -> Answer) {
    defer { close(connection) }
    guard let request = request(from: connection) else { return }
    switch answer(request) {
    case .json(let status, let body): send(head(status, body.utf8.count) + Array(body.utf8), to: connection)
    case .bytes(let bytes): send(bytes, to: connection)
    case .cut(let body): send(head(200, body.utf8.count + 100) + Array(body.utf8), to: connection)
    case .none: break
    case .silence:
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    }
  }

  private static func head(_ status: Int, _ length: Int) -> [UInt8] {
    Array(
      """
      HTTP/1.1 \(status) Scripted\r
      Content-Type: application/json\r
      Connection: close\r
      Content-Length: \(length)\r
      \r\n
      """.utf8)
  }

  private static func request(from connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let headers = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map { String($0) } }
        let length = headers.first { $0.first?.lowercased() == "content-length" }?.last
        let words = lines[0].split(separator: " ")
        let announced = length.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) } ?? 0
        if text[end.upperBound...].utf8.count >= announced, words.count > 1 {
          return Request(
            method: String(words[0]), target: String(words[1]), text: text,
            headerValues: headers.compactMap { $0.last?.trimmingCharacters(in: .whitespaces) })
        }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
  }

  private static func send(_ bytes: [UInt8], to connection: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
