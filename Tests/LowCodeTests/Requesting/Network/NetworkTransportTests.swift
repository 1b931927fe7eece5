import Foundation
import Synchronization
import Testing

@testable import Concurrency
@testable import ConnectorModel
@testable import HTTP
@testable import Secrets

/// The network against servers that do as they like.
@Suite(.serialized, .timeLimit(.minutes(15))) struct NetworkTransportTests {
  private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok"

  private func failure(_ request: HTTPRequest, _ transport: NetworkTransport) async -> TransportError? {
    do throws(TransportError) {
      _ = try await transport.send(request)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: TransportKind.allCases) func aRequestIsAnswered(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: Self.answer, keepsOpen: true)
    defer { server.stop() }
    let transport = NetworkTransport(kind)
    for method in ["GET", "POST", "HEAD"] {
      var request = HTTPRequest(method: method, url: server.url("/a?b=c"), headers: [("X-B", "2")])
      if method == "POST" { request.body = Array("body".utf8) }
      if method == "HEAD" { continue }
      let response = try await transport.send(request)
      #expect(response.status == 200)
      #expect(response.body == Data("ok".utf8))
      #expect(response.header("x-a") == "1")
      #expect(response.url == server.url("/a?b=c"))
    }
    #expect(server.requests.map { String($0.prefix { $0 != "\r\n" }) } == ["GET /a?b=c HTTP/1.1", "POST /a?b=c HTTP/1.1"])
    #expect(server.requests.allSatisfy { $0.contains("X-B: 2\r\n") && !$0.lowercased().contains("content-type") })
    #expect(server.requests[1].hasSuffix("\r\n\r\nbody"))
    #expect(server.connectionCount == 1, "The connection is kept")
  }

  @Test(arguments: TransportKind.allCases) func aHeadRequestHasNoBody(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n", keepsOpen: true)
    defer { server.stop() }
    let response = try await NetworkTransport(kind).send(HTTPRequest(method: "HEAD", url: server.url()))
    #expect(response.status == 200)
    #expect(response.body.isEmpty)
  }

  @Test(arguments: TransportKind.allCases) func aGetRequestMayHaveABody(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: Self.answer)
    defer { server.stop() }
    let request = HTTPRequest(
      method: "GET", url: server.url(), headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
    #expect(try await NetworkTransport(kind).send(request).status == 200)
    #expect(server.requests.first?.hasPrefix("GET / HTTP/1.1\r\n") == true)
    #expect(server.requests.first?.hasSuffix("\r\n\r\n{}") == true)
  }

  @Test(
    "What breaks off counts as lost",
    arguments: TransportKind.allCases,
    [
      ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", .brokenOff),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", .brokenOff),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", .brokenOff),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", .brokenOff),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip", .connectionLost),
      ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost),
      ("", .connectionLost),
    ] as [(String, TransportError.Kind)])
  func lost(kind: TransportKind, given: (answer: String, kind: TransportError.Kind)) async throws {
    // URLSession on Linux ends the process: see URLSessionProcessTests.
    if kind.hasFaults, given.answer.hasSuffix("Content-Le") { return }
    let server = try LoopbackServer(answering: given.answer)
    defer { server.stop() }
    let error = await failure(HTTPRequest(method: "GET", url: server.url()), NetworkTransport(kind))
    #expect(error?.kind == given.kind)
  }

  @Test(arguments: TransportKind.allCases) func aResetCountsAsLost(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", resets: true)
    defer { server.stop() }
    let error = await failure(HTTPRequest(method: "GET", url: server.url()), NetworkTransport(kind))
    #expect(error?.kind == .brokenOff)
  }

  @Test(
    "Silence ends a request, before the head and in the body",
    arguments: TransportKind.allCases, ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
  func silence(kind: TransportKind, answer: String) async throws {
    let server = try LoopbackServer { connection, _ in
      connection.send(answer)
      connection.waitForClose()
    }
    defer { server.stop() }
    var request = HTTPRequest(method: "GET", url: server.url())
    request.readTimeout = 1
    #expect(await failure(request, NetworkTransport(kind))?.kind == .timedOut)
  }

  @Test(arguments: TransportKind.allCases) func aHostThatIsSilentIsGivenUp(kind: TransportKind) async throws {
    let server = try LoopbackServer(serve: nil)
    let waiting = server.fillQueue()
    defer {
      waiting.forEach { close($0) }
      server.stop()
    }
    var request = HTTPRequest(method: "GET", url: server.url())
    request.connectTimeout = 0.2
    #expect(await failure(request, NetworkTransport(kind))?.kind == .timedOut)
  }

  @Test(arguments: TransportKind.allCases) func nobodyListens(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: Self.answer)
    server.stop()
    let error = await failure(HTTPRequest(method: "GET", url: server.url()), NetworkTransport(kind))
    #expect(error?.kind == .connectFailed)
    #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
  }

  /// Also where its thread waits for the answer itself.
  @Test(arguments: TransportKind.allCases, [nil, BlockingThread()])
  func aCancelledRequestEnds(kind: TransportKind, on thread: BlockingThread?) async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try LoopbackServer { connection, _ in
      arrived.yield()
      connection.waitForClose()
    }
    defer { server.stop() }
    let transport = NetworkTransport(kind)
    let request = HTTPRequest(method: "GET", url: server.url())
    let task = Task(executorPreference: thread) { await failure(request, transport) }
    for await _ in arrivals { break }
    task.cancel()
    #expect(await task.value != nil)
  }

  @Test("Credentials stay with their host", arguments: TransportKind.allCases)
  func redirectToAnotherHost(kind: TransportKind) async throws {
    let server = try LoopbackServer { connection, request in
      let port = request.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Host:") }?.split(separator: ":").last ?? ""
      connection.send(
        request.hasPrefix("GET /there")
          ? Self.answer : "HTTP/1.1 302 Found\r\nLocation: http://localhost:\(port)/there\r\nContent-Length: 0\r\n\r\n")
    }
    defer { server.stop() }
    let request = HTTPRequest(method: "GET", url: server.url(), headers: [("Authorization", "Bearer t"), ("X-A", "b")])
    let response = try await NetworkTransport(kind).send(request)
    #expect(response.status == 200)
    #expect(response.url == server.url("/there", host: "localhost"))
    #expect(server.requests.map { $0.contains("Authorization: Bearer t") } == [true, false])
    #expect(server.requests.allSatisfy { $0.contains("X-A: b") })
  }

  @Test(arguments: TransportKind.allCases) func redirectsEnd(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", keepsOpen: true)
    defer { server.stop() }
    let error = await failure(HTTPRequest(method: "GET", url: server.url()), NetworkTransport(kind))
    #expect(error?.kind == .tooManyRedirects)
    #expect(error?.message.contains("redirects more than 30 times") == true)
    #expect(server.requests.count == 31)
  }

  @Test(arguments: TransportKind.allCases) func aProxyGetsTheWholeURL(kind: TransportKind) async throws {
    let proxy = try LoopbackServer(answering: Self.answer)
    defer { proxy.stop() }
    let transport = NetworkTransport(kind, ["HTTP_PROXY": "http://ann:word@127.0.0.1:\(proxy.port)"])
    try await kind.expecting(unless: .proxies) {
      let response = try await transport.send(HTTPRequest(method: "GET", url: "http://api.example/a?b=1"))
      #expect(response.status == 200)
      let request = try #require(proxy.requests.first)
      #expect(request.hasPrefix("GET http://api.example/a?b=1 HTTP/1.1\r\n"))
      #expect(request.contains("Proxy-Authorization: Basic " + Data("ann:word".utf8).base64EncodedString()))
    }
  }

  @Test(arguments: TransportKind.allCases) func aProxyTunnelsHTTPS(kind: TransportKind) async throws {
    let proxy = try LoopbackServer(answering: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    defer { proxy.stop() }
    let transport = NetworkTransport(kind, ["https_proxy": "127.0.0.1:\(proxy.port)"])
    let error = await failure(HTTPRequest(method: "GET", url: "https://api.example/a?secret=1"), transport)
    try await kind.expecting(unless: .proxies) {
      #expect(error?.kind == .connectionLost)
      #expect(error?.message.contains("through the proxy") == true)
      #expect(proxy.requests.first?.hasPrefix("CONNECT api.example:443 HTTP/1.1\r\n") == true)
    }
    #expect(proxy.requests.first?.contains("secret") != true)
  }

  @Test(arguments: TransportKind.allCases) func noProxyIsUsedForExceptions(kind: TransportKind) async throws {
    let proxy = try LoopbackServer(answering: Self.answer)
    let server = try LoopbackServer(answering: Self.answer)
    defer {
      proxy.stop()
      server.stop()
    }
    let transport = NetworkTransport(kind, ["HTTP_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": "127.0.0.1"])
    _ = try await transport.send(HTTPRequest(method: "GET", url: server.url()))
    #expect(proxy.requests.isEmpty)
    #expect(server.requests.count == 1)
  }

  @Test(arguments: TransportKind.allCases) func onlyTheCheckedAddressIsConnectedTo(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: Self.answer)
    defer { server.stop() }
    let request = HTTPRequest(method: "GET", url: server.url("/", host: "pinned.invalid"))
    // URLSession has no way to do so on any system.
    if kind == .urlsession {
      let error = await #expect(throws: TransportError.self) {
        _ = try await kind.carrier().send(request, by: Route(addresses: ["127.0.0.1"]))
      }
      #expect(error?.kind == .unsupported)
      return
    }
    let response = try await kind.carrier().send(request, by: Route(addresses: ["127.0.0.1"]))
    #expect(response.status == 200)
    #expect(server.requests.first?.contains("Host: pinned.invalid:\(server.port)\r\n") == true)
  }

  @Test(
    "In the cloud, only public addresses and https",
    arguments: TransportKind.allCases,
    [
      ("http://api.example/", ["8.8.8.8"], TransportError.Kind.unsupportedScheme),
      ("https://api.example/", ["10.1.2.3"], .forbiddenAddress),
      ("https://api.example/", ["8.8.8.8", "127.0.0.1"], .forbiddenAddress),
      ("https://api.example/", ["fd00::1"], .forbiddenAddress), ("https://api.example/", [], .nameNotResolved),
      ("https:///x", [], .invalidURL), ("https://[::1/", [], .invalidURL), ("ftp://a.test/", [], .unsupportedScheme),
      ("file:///etc/passwd", [], .unsupportedScheme),
    ])
  func cloud(kind: TransportKind, given: (url: String, addresses: [String], kind: TransportError.Kind)) async throws {
    let found = given.addresses.compactMap { IPAddress($0) }
    let transport = NetworkTransport(
      kind, ["DEPLOYMENT_MODE": "Cloud"], resolver: HostResolver { _, _ in found })
    #expect(await failure(HTTPRequest(method: "GET", url: given.url), transport)?.kind == given.kind)
  }

  @Test(
    "The host that is looked up is what any spelling of it comes to",
    arguments: TransportKind.allCases,
    [
      ("https://１２７．０．０．１/", "127.0.0.1"), ("https://127。0。0。1/", "127.0.0.1"), ("https://%EF%BC%91127.0.0.1/", "1127.0.0.1"),
      ("https://①⓪.0.0.1/", "10.0.0.1"), ("https://ⓛｏｃａｌhost/", "localhost"), ("https://LOCALHOST/", "localhost"),
      ("https://local\u{AD}host/", "localhost"), ("https://127%2E0.0.1/", "127.0.0.1"),
      ("https://ok.test\\@localhost/", "ok.test"),
      ("https://ok.test@localhost/", "localhost"), ("https://metadata.google.internal./", "metadata.google.internal."),
      ("https://[::FFFF:7f00:1]/", "::ffff:7f00:1"), ("https://MÜNCHEN.example/", "xn--mnchen-3ya.example"),
    ])
  func cloudSpellings(kind: TransportKind, given: (url: String, host: String)) async throws {
    let asked = Mutex<[String]>([])
    let transport = NetworkTransport(
      kind, ["DEPLOYMENT_MODE": "cloud"],
      resolver: HostResolver { host, _ in
        asked.withLock { $0.append(host) }
        return [IPAddress("10.0.0.1")].compactMap(\.self)
      })
    #expect(await failure(HTTPRequest(method: "GET", url: given.url), transport)?.kind == .forbiddenAddress)
    #expect(asked.withLock { $0 } == [given.host])
  }

  @Test(
    "The request goes to the host in ASCII, whatever it was written as",
    arguments: TransportKind.allCases, ["１２７．０．０．１", "%31%32%37.0.0.1", "u:p@127.0.0.1"])
  func spellings(kind: TransportKind, host: String) async throws {
    let server = try LoopbackServer(answering: Self.answer)
    defer { server.stop() }
    let response = try await NetworkTransport(kind).send(HTTPRequest(method: "GET", url: "http://\(host):\(server.port)/x"))
    #expect(response.url == server.url("/x"))
    #expect(server.requests.first?.contains("Host: 127.0.0.1:\(server.port)\r\n") == true)
    #expect(server.requests.first?.contains("Authorization") == false)
  }

  @Test(arguments: TransportKind.allCases) func aNameOfAnotherScriptIsAskedOfAProxyInASCII(kind: TransportKind) async throws {
    let proxy = try LoopbackServer(answering: Self.answer)
    defer { proxy.stop() }
    let transport = NetworkTransport(kind, ["HTTP_PROXY": "http://127.0.0.1:\(proxy.port)"])
    try await kind.expecting(unless: .proxies) {
      _ = try await transport.send(HTTPRequest(method: "GET", url: "http://MÜNCHEN.example/x"))
      #expect(
        proxy.requests.first?.hasPrefix("GET http://xn--mnchen-3ya.example/x HTTP/1.1\r\nHost: xn--mnchen-3ya.example\r\n")
          == true)
    }
  }

  @Test(arguments: TransportKind.allCases) func aRedirectIntoAPrivateNetworkIsRefusedInTheCloud(kind: TransportKind) async throws
  {
    // The first host is public by the resolver's word; the proxy, which its operator trusts, answers in its place.
    let proxy = try LoopbackServer(
      answering: "HTTP/1.1 302 Found\r\nLocation: https://inside.example/\r\nContent-Length: 0\r\n\r\n")
    defer { proxy.stop() }
    let next = try RedirectRules.next(
      after: HTTPRequest(method: "GET", url: "https://api.example/"), status: 302, location: "https://inside.example/")
    let transport = NetworkTransport(
      kind, ["DEPLOYMENT_MODE": "cloud"],
      resolver: HostResolver { host, _ in [IPAddress(host == "inside.example" ? "10.0.0.1" : "8.8.8.8")].compactMap(\.self) })
    #expect(await failure(try #require(next), transport)?.kind == .forbiddenAddress)
  }

  @Test(arguments: TransportKind.allCases) func netrcGivesCredentialsWhereThereAreNone(kind: TransportKind) async throws {
    let server = try LoopbackServer(answering: Self.answer, keepsOpen: true)
    let file = FileManager.default.temporaryDirectory.appending(path: "netrc-\(UUID().uuidString)")
    try Data("machine 127.0.0.1 login ann password word".utf8).write(to: file)
    defer {
      server.stop()
      try? FileManager.default.removeItem(at: file)
    }
    let mask = SecretMask()
    let transport = NetworkTransport(kind, ["NETRC": file.path], secrets: mask)
    _ = try await transport.send(HTTPRequest(method: "GET", url: server.url()))
    _ = try await transport.send(HTTPRequest(method: "GET", url: server.url(), headers: [("authorization", "Bearer t")]))
    #expect(server.requests[0].contains("Authorization: Basic " + Data("ann:word".utf8).base64EncodedString()))
    #expect(server.requests[1].lowercased().contains("authorization: bearer t"))
    #expect(mask.masked("the word") == "the ****")
  }
}
