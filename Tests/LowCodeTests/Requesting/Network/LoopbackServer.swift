import Foundation
import Synchronization

/// A server on a free port of the loopback interface that says exactly what a test wants, byte for byte.
final class LoopbackServer: Sendable {
  /// One connection, used by the thread that serves it.
  struct Connection {
    let descriptor: Int32

    /// The next request's head and body; nil where the client has closed.
    func request() -> String? {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
        bytes.append(byte)
      }
      let head = String(decoding: bytes, as: UTF8.self)
      let length = head.split(whereSeparator: \.isNewline)
        .first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
      for _ in 0..<(length ?? 0) {
        guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
      _ = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Closes the connection with a reset.
    func reset() {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    /// Waits until the client closes.
    func waitForClose() {
      var byte: UInt8 = 0
      while recv(descriptor, &byte, 1, 0) > 0 {}
    }
  }

  let port: Int
  private let listener: Int32
  private let isServing: Bool
  private let heads = Mutex<[String]>([])
  private let connections = Mutex(0)

  /// Serves each connection by `serve`, or, without it, takes none.
  init(serve: (@Sendable (Connection, _ request: String) -> Void)?) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    isServing = serve != nil
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, serve == nil ? 0 : 64) == 0
          && getsockname(listener, address, &size) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard let serve else { return }
    Thread.detachNewThread { [self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else {
          // Closed here, so that no other server gets the number while this thread still waits on it.
          close(listener)
          return
        }
        Thread.detachNewThread { [self] in
          let connection = Connection(descriptor: descriptor)
          var isFirst = true
          while let request = connection.request() {
            if isFirst { connections.withLock { $0 += 1 } }
            isFirst = false
            heads.withLock { $0.append(request) }
            serve(connection, request)
          }
          close(descriptor)
        }
      }
    }
  }

  /// Answers each request with these bytes, and closes unless `keepsOpen`.
  convenience init(answering bytes: [UInt8], keepsOpen: Bool = false, resets: Bool = false) throws {
    try self.init { connection, _ in
      connection.send(bytes)
      if resets { connection.reset() }
      if !keepsOpen { shutdown(connection.descriptor, Int32(SHUT_RD)) }
    }
  }

  convenience init(answering text: String, keepsOpen: Bool = false, resets: Bool = false) throws {
    try self.init(answering: Array(text.utf8), keepsOpen: keepsOpen, resets: resets)
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    if !isServing { close(listener) }
  }

  /// The requests as they came, heads and bodies.
  var requests: [String] { heads.withLock { $0 } }
  /// How many connections brought a request.
  var connectionCount: Int { connections.withLock { $0 } }

  func url(_ path: String = "/", host: String = "127.0.0.1") -> String { "http://\(host):\(port)\(path)" }

  /// Takes all places in the queue of a listener that accepts nothing, so that it is silent to everybody else.
  func fillQueue() -> [Int32] {
    (0..<4).map { _ in
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      address.sin_port = UInt16(port).bigEndian
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          _ = connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      return descriptor
    }
  }
}
