import Foundation
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import HTTP

/// What an API may send, whether its bodies are received wholly or in parts.
@Suite(.serialized, .timeLimit(.minutes(15))) struct TransferTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  private func request(_ server: LoopbackServer, _ path: String = "/", inParts: Bool, cookie: String? = nil) -> HTTPRequest {
    var request = HTTPRequest(method: "GET", url: server.url(path))
    if let cookie { request.setHeader("Cookie", cookie) }
    request.receivesInParts = inParts
    return request
  }

  private func failure(_ body: () async throws -> HTTPResponse) async -> TransportError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? TransportError
    }
  }

  private func cookies(_ request: String) -> String? {
    request.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("cookie:") }
      .map { $0.dropFirst(7).trimmingCharacters(in: .whitespaces) }
  }

  @Test("Cookies are kept and sent, and belong to all requests", arguments: Way.all, [true, false])
  func cookies(way: Way, second: Bool) async throws {
    let server = try LoopbackServer(
      answering: "HTTP/1.1 200 OK\r\nSet-Cookie: session=s1; Path=/\r\nContent-Length: 2\r\n\r\nok", keepsOpen: true)
    defer { server.stop() }
    let transport = NetworkTransport(way.kind)
    _ = try await transport.send(request(server, inParts: way.inParts)).whole()
    _ = try await transport.send(request(server, inParts: second)).whole()
    // What a request brings along goes before.
    _ = try await transport.send(request(server, inParts: second, cookie: "own=1")).whole()
    #expect(server.requests.map(cookies) == [nil, "session=s1", "own=1"])
  }

  @Test("A redirect's cookies go to where it leads, in the place of those that the request brought", arguments: Way.all)
  func redirectedCookies(way: Way) async throws {
    let server = try LoopbackServer { connection, request in
      connection.send(
        request.hasPrefix("GET /there")
          ? Self.ok
          : "HTTP/1.1 302 Found\r\nLocation: /there\r\nSet-Cookie: new=2; HttpOnly; Max-Age=60\r\nContent-Length: 4\r\n\r\ngone")
    }
    defer { server.stop() }
    let transport = NetworkTransport(way.kind)
    let response = try await transport.send(request(server, inParts: way.inParts, cookie: "own=1")).whole()
    #expect(response.body == Data("ok".utf8))
    _ = try await transport.send(request(server, "/there", inParts: way.inParts)).whole()
    #expect(server.requests.map(cookies) == ["own=1", "new=2", "new=2"])
    #expect(server.connectionCount == 1)
  }

  @Test(arguments: Way.all) func interimResponsesAndTrailersArePassedOver(way: Way) async throws {
    // URLSession on Linux ends the process: see URLSessionProcessTests.
    let trailer = way.kind.hasFaults ? "" : "X-A: 3\r\n"
    let server = try LoopbackServer(
      answering: "HTTP/1.1 100 Continue\r\nX-A: 0\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"
        + "Content-Encoding: gzip\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\(trailer)\r\n",
      keepsOpen: true)
    defer { server.stop() }
    let response = try await NetworkTransport(way.kind).send(request(server, inParts: way.inParts)).whole()
    #expect(response.body == Data("ok".utf8))
    #expect(response.headers["X-A"] == "1, 2")
    #expect(response.headers["Link"] == nil)
  }

  @Test(
    "A compressed body that ends too early was not transferred", arguments: Way.all, [("gzip", 31), ("deflate", 15)])
  func truncated(way: Way, encoding: (name: String, bits: Int)) async throws {
    let text = Array((0..<2_000).map { "{\"id\": \($0)}\n" }.joined().utf8)
    let packed = try encoding.bits == 31 ? Packing.gzip(text) : Packing.zlib(text)
    for count in [packed.count, packed.count - 1, packed.count / 2, 1] {
      let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding.name)\r\nContent-Length: \(count)\r\n\r\n"
      let server = try LoopbackServer(answering: Array(head.utf8) + packed.prefix(count))
      defer { server.stop() }
      let error = await failure { try await NetworkTransport(way.kind).send(request(server, inParts: way.inParts)).whole() }
      try await way.kind.expecting(unless: .compression) {
        #expect(error?.kind == (count == packed.count ? nil : .truncated), "\(count)")
      }
    }
  }

  @Test(arguments: TransportKind.allCases) func aPageIsBoundedAndABodyInPartsIsNot(kind: TransportKind) async throws {
    let server = try LoopbackServer(
      answering: "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "x", count: 5_000), keepsOpen: true)
    defer { server.stop() }
    let transport = NetworkTransport(kind, ["AIRBYTE_LOWCODE_MAX_PAGE_BYTES": "4999"])
    let error = await failure { try await transport.send(request(server, inParts: false)) }
    #expect(error?.kind == .tooLarge)
    #expect(error?.message.contains("larger than 4999 bytes. AIRBYTE_LOWCODE_MAX_PAGE_BYTES") == true)
    let response = try await transport.send(request(server, inParts: true))
    var (parts, count) = (response.parts, 0)
    while let part = try await parts.next() { count += part.count }
    #expect(count == 5_000)
    let wanted = await failure { try await transport.send(request(server, inParts: true)).whole() }
    #expect(wanted?.kind == .tooLarge)
    #expect(wanted?.message.contains("AIRBYTE_LOWCODE_MAX_PAGE_BYTES") == true)
    let wide = NetworkTransport(kind, ["AIRBYTE_LOWCODE_MAX_PAGE_BYTES": "5000"])
    #expect(try await wide.send(request(server, inParts: false)).body.count == 5_000)
  }

  @Test("The beginning of an error's body is enough", arguments: Way.all, [400, 503, 302])
  func errors(way: Way, status: Int) async throws {
    // URLSession on Linux waits for the whole body of a redirect.
    if way.kind.hasFaults, status == 302 { return }
    // The rest of the body never comes.
    let server = try LoopbackServer { connection, _ in
      connection.send("HTTP/1.1 \(status) No\r\nContent-Length: 5000000\r\n\r\n" + String(repeating: "x", count: 3_000))
      connection.waitForClose()
    }
    defer { server.stop() }
    let transport = NetworkTransport(way.kind, ["AIRBYTE_LOWCODE_MAX_ERROR_BYTES": "1000"])
    let response = try await transport.send(request(server, inParts: way.inParts))
    #expect(response.status == status)
    #expect(response.body == Data(repeating: UInt8(ascii: "x"), count: 1_000))
  }

  @Test(arguments: TransportKind.allCases) func whatComesOutOfCompressedBodiesIsBounded(kind: TransportKind) async throws {
    // Less dense than the ratio that is allowed without a variable.
    var text = Array(repeating: UInt8(ascii: "x"), count: 20 << 20)
    for place in stride(from: 0, to: text.count, by: 1_000) { text[place] = UInt8(truncatingIfNeeded: place / 1_000) }
    let packed = try Packing.gzip(text)
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
    let server = try LoopbackServer(answering: Array(head.utf8) + packed, keepsOpen: true)
    defer { server.stop() }
    for (variable, value, inParts) in [
      ("AIRBYTE_LOWCODE_MAX_PAGE_BYTES", "1000000", false), ("AIRBYTE_LOWCODE_MAX_INFLATED_BYTES", "1000000", true),
      ("AIRBYTE_LOWCODE_MAX_INFLATED_BYTES", "1000000", false), ("AIRBYTE_LOWCODE_MAX_INFLATION_RATIO", "50", true),
    ] {
      let transport = NetworkTransport(kind, [variable: value])
      let error = await failure { try await transport.send(request(server, inParts: inParts)).whole() }
      #expect(error?.kind == .tooLarge)
      #expect(error?.message.contains(variable) == true, "\(error?.message ?? "")")
    }
    #expect(try await NetworkTransport(kind).send(request(server, inParts: false)).body.count == 20 << 20)
  }

  @Test(
    "Heads are bounded", arguments: Way.all,
    [
      ("HTTP/1.1 200 OK\r\n" + (0..<40_000).map { "x\($0): y\r\n" }.joined() + "Content-Length: 0\r\n\r\n", "head"),
      ("HTTP/1.1 200 OK\r\nX-A: " + String(repeating: "y", count: 200_000) + "\r\nContent-Length: 0\r\n\r\n", "header line"),
      (String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n", count: 20_000) + ok, "head"),
    ])
  func heads(way: Way, given: (answer: String, word: String)) async throws {
    // URLSession on Linux takes seconds for so many lines, and bounds neither them nor interim responses.
    if way.kind.hasFaults, given.word == "head" { return }
    let server = try LoopbackServer(answering: given.answer)
    defer { server.stop() }
    let error = await failure { try await NetworkTransport(way.kind).send(request(server, inParts: way.inParts)).whole() }
    try await way.kind.expecting(unless: .headSizes) {
      #expect(error?.kind == .tooLarge)
      #expect(error?.message.contains(given.word) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: TransportKind.allCases) func manyHeadersAreFound(kind: TransportKind) async throws {
    let count = kind.hasFaults ? 1_000 : 10_000
    let lines = (0..<count).map { "x\($0): \($0)\r\n" }.joined()
    let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\n\(lines)X7: again\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let response = try await NetworkTransport(kind).send(request(server, inParts: false))
    #expect(response.headers.count == count + 1)
    #expect(response.header("X999") == "999")
    try await kind.expecting(unless: .repeatedNames) { #expect(response.header("x7") == "7, again") }
  }

  @Test("A head that does not end is given up", arguments: Way.all)
  func slowHeads(way: Way) async throws {
    let server = try LoopbackServer { connection, _ in
      connection.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\n")
      connection.waitForClose()
    }
    defer { server.stop() }
    var limits = TransferLimits()
    limits.headSeconds = 0.1
    let transport = way.kind.carrier(limits: limits)
    let error = await failure { try await transport.exchange(request(server, inParts: way.inParts)) }
    #expect(error?.kind == .timedOut)
    #expect(error?.message.contains("head") == true)
  }

  @Test(arguments: TransportKind.allCases) func oneConnectionIsEnoughForABodyThatIsReadMeanwhile(kind: TransportKind) async throws
  {
    let server = try LoopbackServer { connection, request in
      let text = request.hasPrefix("GET /long") ? String(repeating: "x", count: 2_000_000) : "ok"
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n" + text)
    }
    defer { server.stop() }
    let transport = kind.carrier(connections: 1)
    let first = try await transport.exchange(request(server, "/long", inParts: true))
    var parts = first.parts
    var count = try await parts.next()?.count ?? 0
    #expect(try await transport.exchange(request(server, inParts: true)).whole().body == Data("ok".utf8))
    #expect(try await transport.exchange(request(server, inParts: false)).body == Data("ok".utf8))
    while let part = try await parts.next() { count += part.count }
    #expect(count == 2_000_000)
  }

  @Test(arguments: TransportKind.allCases) func aVariableThatIsNoNumberIsAnError(kind: TransportKind) async throws {
    let transport = NetworkTransport(kind, ["AIRBYTE_LOWCODE_MAX_PAGE_BYTES": "10 MB"])
    let error = await failure { try await transport.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/")) }
    #expect(error?.kind == .invalidSetting)
    #expect(error?.message.contains("AIRBYTE_LOWCODE_MAX_PAGE_BYTES should be a positive integer, not `10 MB`") == true)
  }

  /// Two of the bodies do not fit at a time.
  @Test(arguments: TransportKind.allCases) func largeBodiesWaitForEachOther(kind: TransportKind) async throws {
    let body = "[" + String(repeating: "\"0123456789abcdef0123456789abcdef\",", count: 120_000) + "0]"
    let server = try LoopbackServer { connection, _ in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
    }
    defer { server.stop() }
    var limits = TransferLimits()
    limits.memoryBytes.value = 8 << 20
    let transport = kind.carrier(limits: limits)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await ResponseRoom.$holder.withValue(ResponseRoom.Holder()) {
            try await transport.exchange(request(server, inParts: false)).json?.count ?? 0
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 120_001, count: 8))
    // One that is held while another is wanted cannot be waited for.
    let held = try await transport.exchange(request(server, inParts: false))
    let error = await failure { try await transport.exchange(request(server, inParts: false)) }
    #expect(error?.message.contains("AIRBYTE_LOWCODE_MAX_RESPONSE_MEMORY") == true)
    #expect(held.json?.count == 120_001)
  }

  /// To the byte, but for the part that is received before the memory is looked at: steps in which memory is taken do not count.
  @Test(
    "A body beyond the memory is not asked for again", arguments: TransportKind.allCases,
    [(-100_000, false), (100_000, true), (4 << 20, true)])
  func bodiesAtTheLimit(kind: TransportKind, given: (excess: Int, isTooLarge: Bool)) async throws {
    var limits = TransferLimits()
    limits.memoryBytes.value = 9_000_000
    // Of each element: its text, a word of the index, and a look at it.
    let element = "\"" + String(repeating: "x", count: 100) + "\","
    let count = (limits.memoryBytes.value + ResponseMemory.small + given.excess) / (element.utf8.count + 8 + 16)
    let body = "[" + String(repeating: element, count: count) + "0]"
    let server = try LoopbackServer { connection, _ in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
    }
    defer { server.stop() }
    let transport = kind.carrier(limits: limits)
    let error = await failure {
      try await ResponseRoom.$holder.withValue(ResponseRoom.Holder()) {
        try await transport.exchange(request(server, inParts: false))
      }
    }
    #expect(error?.kind == (given.isTooLarge ? .tooLarge : nil), "\(error?.message ?? "")")
    guard let error else { return }
    #expect(error.message.contains("9000000 bytes") && error.message.contains("AIRBYTE_LOWCODE_MAX_RESPONSE_MEMORY"))
    #expect(DefaultErrorMapping.resolution(for: .failure(error)).action == .fail)
  }
}
