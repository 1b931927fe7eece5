import ConnectorModel
import FlyingSocks
import Essentials

/// Reads requests from a connection, one after the other (RFC 9112).
struct HTTPRequestReader {
  private let socket: AsyncSocket
  private var pending: [UInt8] = []
  /// Where the mock is reached.
  private let origin: String

  static let longestHead = 64 * 1024
  static let longestBody = 256 << 20

  init(_ socket: AsyncSocket, origin: String) {
    self.socket = socket
    self.origin = origin
  }

  /// What a client sent that is not a request.
  struct Malformed: Error {
    let status: Int
    let reason: String
  }

  /// The next request, and whether the connection stays open after it; nil at the end of the connection.
  mutating func next() async throws -> (request: MockRequest, staysOpen: Bool)? {
    let end = Array("\r\n\r\n".utf8)
    var place: Int?
    while true {
      // Lines without content before a request are allowed.
      let empty = pending.prefix { $0 == 13 || $0 == 10 }.count
      if empty > 0 { pending.removeFirst(empty) }
      place = pending.firstRange(of: end)?.lowerBound
      if place != nil { break }
      guard pending.count < Self.longestHead else { throw Malformed(status: 431, reason: "The head of the request is too long") }
      guard try await receive() else {
        if pending.isEmpty { return nil }
        throw Malformed(status: 400, reason: "The request ends within its head")
      }
    }
    guard let place else { return nil }
    let lines = String(decoding: pending[..<place], as: UTF8.self).components(separatedBy: "\r\n")
    pending.removeFirst(place + end.count)
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
      throw Malformed(status: 400, reason: "This is not a request of HTTP/1.1")
    }
    var headers: [(name: String, value: String)] = []
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { throw Malformed(status: 400, reason: "A line of the head has no colon") }
      headers.append((String(line[..<colon]), line[colon...].dropFirst().trimmed(.whitespaces)))
    }
    if headers.value(of: "Expect")?.lowercased() == "100-continue" {
      try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    let body = try await body(headers)
    let target = String(words[1])
    // A client that takes the mock for its proxy names the host as well.
    let isComplete = target.contains("://")
    var request = MockRequest(method: String(words[0]), url: isComplete ? target : origin + target, headers: headers, body: body)
    request.isLocal = !isComplete
    let connection = (headers.value(of: "Connection")?.lowercased() ?? "").split(separator: ",").map {
      $0.trimmed(.whitespaces)
    }
    return (request, words[2] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive"))
  }

  private mutating func receive() async throws -> Bool {
    do {
      let bytes = try await socket.read(atMost: 16 * 1024)
      pending += bytes
      return !bytes.isEmpty
    } catch SocketError.disconnected {
      return false
    }
  }

  private mutating func body(_ headers: [(name: String, value: String)]) async throws -> [UInt8] {
    if headers.value(of: "Transfer-Encoding")?.lowercased().contains("chunked") == true { return try await chunks() }
    guard let text = headers.value(of: "Content-Length") else { return [] }
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw Malformed(status: 400, reason: "The length of the body is not a number")
    }
    guard let length = Int(text), length <= Self.longestBody else {
      throw Malformed(status: 413, reason: "The body of the request is too long")
    }
    return try await take(length)
  }

  private mutating func take(_ count: Int) async throws -> [UInt8] {
    while pending.count < count {
      guard try await receive() else { throw Malformed(status: 400, reason: "The request ends within its body") }
    }
    defer { pending.removeFirst(count) }
    return Array(pending.prefix(count))
  }

  private mutating func line() async throws -> String {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeFirst(end + 1) }
        return String(decoding: pending[..<end], as: UTF8.self).trimmed(.whitespacesAndNewlines)
      }
      guard pending.count < Self.longestHead, try await receive() else {
        throw Malformed(status: 400, reason: "The request ends within its body")
      }
    }
  }

  private mutating func chunks() async throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let head = try await line()
      guard let size = Int(head.prefix { $0 != ";" }.trimmed(.whitespaces), radix: 16), size >= 0,
        body.count + size <= Self.longestBody
      else { throw Malformed(status: 400, reason: "A chunk of the body has no size") }
      if size == 0 {
        while try await !line().isEmpty {}
        return body
      }
      body += try await take(size)
      _ = try await line()
    }
  }
}

/// Writes answers to a connection, damaged where that is wanted.
struct HTTPAnswerWriter {
  let socket: AsyncSocket
  let sleep: @Sendable (Double) async throws -> Void

  private static let reasons = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
    307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 406: "Not Acceptable",
    409: "Conflict", 413: "Content Too Large", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout",
  ]

  /// - Returns: whether the connection stays open.
  func write(_ answer: MockAnswer, to method: String) async throws -> Bool {
    if answer.delay > 0 { try await sleep(answer.delay) }
    switch answer.damage {
    case .noAnswer?: return false
    case .bytes(let bytes)?:
      try await socket.write(Data(bytes))
      return false
    default: break
    }
    var head = "HTTP/1.1 \(answer.status) \(answer.reason ?? Self.reasons[answer.status] ?? "Status")\r\n"
    for (name, value) in answer.headers where !HeaderName.isSame(name, "Content-Length") { head += "\(name): \(value)\r\n" }
    let isBodiless = answer.status == 204 || answer.status == 304 || (100..<200).contains(answer.status)
    let isChunked = answer.chunkSize != nil && !isBodiless
    if isChunked {
      head += "Transfer-Encoding: chunked\r\n"
    } else if !answer.hidesLength, !isBodiless {
      head += "Content-Length: \(answer.announcedLength ?? answer.body.count)\r\n"
    }
    let staysOpen = !answer.closesConnection && !(answer.hidesLength && !isChunked) && answer.damage == nil
    head += staysOpen ? "\r\n" : "Connection: close\r\n\r\n"
    if answer.damage == .cutHead {
      try await socket.write(Data(head.utf8.prefix(head.utf8.count / 2)))
      return false
    }
    guard method != "HEAD", !isBodiless else {
      try await socket.write(Data(head.utf8))
      return staysOpen
    }
    try await write(body: answer, head, isChunked: isChunked)
    return staysOpen && answer.announcedLength.map { $0 == answer.body.count } ?? true
  }

  private func write(body answer: MockAnswer, _ head: String, isChunked: Bool) async throws {
    switch answer.damage {
    case .cutBody(let part)?:
      try await socket.write(Data(head.utf8) + Data(answer.body.prefix(answer.body.count * part / 1000)))
    case .slow(let pause)?:
      try await socket.write(Data(head.utf8))
      let size = max(answer.body.count / 10, 1)
      for start in stride(from: 0, to: answer.body.count, by: size) {
        try await sleep(pause)
        try await socket.write(Data(answer.body[start..<min(start + size, answer.body.count)]))
      }
    default:
      guard isChunked, let size = answer.chunkSize else { return try await socket.write(Data(head.utf8) + Data(answer.body)) }
      var bytes = Data(head.utf8)
      for start in stride(from: 0, to: answer.body.count, by: max(size, 1)) {
        let part = answer.body[start..<min(start + max(size, 1), answer.body.count)]
        bytes += Data("\(String(part.count, radix: 16))\r\n".utf8) + Data(part) + Data("\r\n".utf8)
      }
      try await socket.write(bytes + Data("0\r\n\r\n".utf8))
    }
  }
}
