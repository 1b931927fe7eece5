import Foundation
import Testing

@testable import ConnectorModel
@testable import HTTP

/// A TLS server with a certificate that nobody has signed, by the `openssl` command.
private final class OpenSSLServer {
  static let command = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first { FileManager.default.isExecutableFile(atPath: $0) }

  let folder: URL
  let port: Int
  private let process = Process()

  var certificate: String { folder.appending(path: "cert.pem").path }

  init() async throws {
    let command = URL(filePath: try #require(Self.command))
    folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let make = Process()
    make.executableURL = command
    make.currentDirectoryURL = folder
    make.arguments =
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem"]
      + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    make.standardError = FileHandle.nullDevice
    // Waiting for an exit would need a run loop.
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      make.terminationHandler = { _ in continuation.resume() }
      do { try make.run() } catch { continuation.resume(throwing: error) }
    }
    process.executableURL = command
    process.currentDirectoryURL = folder
    process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-www"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var text = ""
    // "ACCEPT 127.0.0.1:41234"
    while !text.contains(/ACCEPT .*:\d+\n/) {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { break }
      text += String(decoding: data, as: UTF8.self)
    }
    port = Int(try #require(text.firstMatch(of: /ACCEPT .*:(\d+)\n/)?.1)) ?? 0
  }

  func stop() {
    kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }
}

/// A proxy that opens tunnels to wherever it is asked to.
private func tunnelProxy() throws -> LoopbackServer {
  try LoopbackServer { connection, request in
    guard let target = request.firstMatch(of: #/CONNECT localhost:(\d+) /#), let port = UInt16(target.1) else {
      connection.send("HTTP/1.1 405 Tunnels only\r\nContent-Length: 0\r\n\r\n")
      return
    }
    let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(far) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        connect(far, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { return }
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n")
    var ends = [
      pollfd(fd: far, events: Int16(POLLIN), revents: 0), pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    var bytes = [UInt8](repeating: 0, count: 16_384)
    while poll(&ends, 2, -1) > 0 {
      for (from, to) in [(0, 1), (1, 0)] where ends[from].revents != 0 {
        let count = recv(ends[from].fd, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        send(ends[to].fd, bytes, count, Int32(MSG_NOSIGNAL))
      }
    }
  }
}

@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: OpenSSLServer.command != nil)) struct TLSTests {
  private static let bundleNames = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]

  private func answer(_ url: String, _ environment: [String: String], inParts: Bool = false) async throws -> HTTPResponse {
    var request = HTTPRequest(method: "GET", url: url)
    request.receivesInParts = inParts
    return try await NetworkTransport(environment: environment).send(request).whole()
  }

  private func failure(_ url: String, _ environment: [String: String], inParts: Bool = false) async -> TransportError? {
    do {
      _ = try await answer(url, environment, inParts: inParts)
      return nil
    } catch { return error as? TransportError }
  }

  /// Bodies in parts have a way to the network of their own.
  @Test(arguments: [false, true]) func certificatesAreVerified(inParts: Bool) async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let url = "https://localhost:\(server.port)/path?key=s3cret"
    let unknown = try #require(await failure(url, [:], inParts: inParts))
    #expect(unknown.kind == .tls)
    #expect(unknown.message.contains("https://localhost:\(server.port)/path failed: SSL"))
    #expect(unknown.message.contains("REQUESTS_CA_BUNDLE"))
    #expect(!unknown.message.contains("s3cret"))
    for name in Self.bundleNames {
      let response = try await answer("https://localhost:\(server.port)/", [name: server.certificate], inParts: inParts)
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).contains("Cipher"))
    }
    let missing = await failure(url, ["REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"], inParts: inParts)
    #expect(missing?.kind == .tls)
    #expect(missing?.message.contains("/nowhere/ca.pem") == true)
  }

  @Test(arguments: [false, true]) func requestsGoThroughAProxysTunnel(inParts: Bool) async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let proxy = try tunnelProxy()
    defer { proxy.stop() }
    let url = "https://localhost:\(server.port)/"
    let way = ["HTTPS_PROXY": "http://ann:pw@127.0.0.1:\(proxy.port)"]
    for name in Self.bundleNames {
      let response = try await answer(url, way.merging([name: server.certificate]) { $1 }, inParts: inParts)
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).contains("Cipher"))
    }
    let unknown = await failure(url, way, inParts: inParts)
    #expect(unknown?.kind == .tls)
    #expect(unknown?.message.contains("through the proxy") == true)
    // The proxy sees where the tunnels go and nothing of what is in them.
    #expect(proxy.requests.count == 4)
    for request in proxy.requests {
      #expect(request.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
      #expect(request.contains("Proxy-Authorization: Basic \(Data("ann:pw".utf8).base64EncodedString())"))
    }
  }
}
