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

  /// - Parameter options: further ones of `openssl s_server`.
  init(_ options: [String] = []) async throws {
    let command = URL(filePath: try #require(Self.command))
    folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = try await Self.run(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", "key.pem",
        "-out", "cert.pem",
      ]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], in: folder)
    process.executableURL = command
    process.currentDirectoryURL = folder
    process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-www"] + options
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

  /// Runs `openssl` and returns what it prints.
  static func run(_ arguments: [String], in folder: URL) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(command))
    process.currentDirectoryURL = folder
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    // Waiting for an exit would need a run loop.
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  var key: String { folder.appending(path: "key.pem").path }

  /// A file with both.
  func joined() throws -> String {
    let file = folder.appending(path: "both.pem")
    try (Data(contentsOf: URL(filePath: certificate)) + Data(contentsOf: URL(filePath: key))).write(to: file)
    return file.path
  }

  func encryptedKey() async throws -> String {
    _ = try await Self.run(["ec", "-aes256", "-passout", "pass:word", "-in", "key.pem", "-out", "hidden.pem"], in: folder)
    return folder.appending(path: "hidden.pem").path
  }

  func otherKey() async throws -> String {
    _ = try await Self.run(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "other.pem"], in: folder)
    return folder.appending(path: "other.pem").path
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

  private func answer(_ url: String, _ environment: [String: String], _ way: Way) async throws -> HTTPResponse {
    var request = HTTPRequest(method: "GET", url: url)
    request.receivesInParts = way.inParts
    return try await NetworkTransport(way.kind, environment).send(request).whole()
  }

  private func failure(_ url: String, _ environment: [String: String], _ way: Way) async -> TransportError? {
    do {
      _ = try await answer(url, environment, way)
      return nil
    } catch { return error as? TransportError }
  }

  /// Bodies in parts have a way to the network of their own.
  @Test(arguments: Way.all) func certificatesAreVerified(way: Way) async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let url = "https://localhost:\(server.port)/path?key=s3cret"
    let unknown = try #require(await failure(url, [:], way))
    #expect(unknown.kind == .tls)
    #expect(unknown.message.contains("https://localhost:\(server.port)/path failed: SSL"))
    #expect(unknown.message.contains("REQUESTS_CA_BUNDLE"))
    #expect(!unknown.message.contains("s3cret"))
    try await way.kind.expecting(unless: .certificates) {
      for name in Self.bundleNames {
        let response = try await answer("https://localhost:\(server.port)/", [name: server.certificate], way)
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains("Cipher"))
      }
    }
    let missing = await failure(url, ["REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"], way)
    #expect(missing?.kind == .tls)
    #expect(missing?.message.contains("/nowhere/ca.pem") == true)
  }

  @Test(arguments: Way.all) func requestsGoThroughAProxysTunnel(way: Way) async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let proxy = try tunnelProxy()
    defer { proxy.stop() }
    // What is done for a proxy of the environment is in TransportCommandTests.
    if way.kind.hasFaults { return }
    let url = "https://localhost:\(server.port)/"
    let proxied = ["HTTPS_PROXY": "http://ann:pw@127.0.0.1:\(proxy.port)"]
    for name in Self.bundleNames {
      let response = try await answer(url, proxied.merging([name: server.certificate]) { $1 }, way)
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).contains("Cipher"))
    }
    let unknown = await failure(url, proxied, way)
    #expect(unknown?.kind == .tls)
    #expect(unknown?.message.contains("through the proxy") == true)
    // The proxy sees where the tunnels go and nothing of what is in them.
    #expect(proxy.requests.count == 4)
    for request in proxy.requests {
      #expect(request.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
      #expect(request.contains("Proxy-Authorization: Basic \(Data("ann:pw".utf8).base64EncodedString())"))
    }
  }

  @Test("A server that asks for a client's certificate gets the one of the environment", arguments: Way.all)
  func clientCertificates(way: Way) async throws {
    let server = try await OpenSSLServer(["-Verify", "1", "-CAfile", "cert.pem", "-verify_return_error"])
    defer { server.stop() }
    let url = "https://localhost:\(server.port)/"
    let trust = way.kind.hasFaults ? [:] : ["REQUESTS_CA_BUNDLE": server.certificate]
    let certificate = "AIRBYTE_LOWCODE_CLIENT_CERT"
    let pair = [certificate: server.certificate, "AIRBYTE_LOWCODE_CLIENT_KEY": server.key]
    try await way.kind.expecting(unless: .clientCertificates) {
      for files in [pair, [certificate: try server.joined()]] {
        let response = try await answer(url, trust.merging(files) { $1 }, way)
        #expect(response.status == 200)
      }
    }
    #expect(await failure(url, trust, way) != nil)
    for (environment, word) in [
      ([certificate: "/nowhere/cert.pem"], "AIRBYTE_LOWCODE_CLIENT_CERT names /nowhere/cert.pem, which cannot be read"),
      (["AIRBYTE_LOWCODE_CLIENT_KEY": server.key], "AIRBYTE_LOWCODE_CLIENT_KEY without AIRBYTE_LOWCODE_CLIENT_CERT"),
    ] {
      let error = await failure(url, environment, way)
      #expect(error?.kind == .invalidSetting)
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: TransportKind.allCases) func aKeyThatIsEncryptedIsAnError(kind: TransportKind) async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let pair = ["AIRBYTE_LOWCODE_CLIENT_CERT": server.certificate, "AIRBYTE_LOWCODE_CLIENT_KEY": try await server.encryptedKey()]
    let trust = kind.hasFaults ? [:] : ["REQUESTS_CA_BUNDLE": server.certificate]
    let error = await failure(
      "https://localhost:\(server.port)/", trust.merging(pair) { $1 }, Way(kind: kind, inParts: false))
    try await kind.expecting(unless: .clientCertificates) { #expect(error?.kind == .tls || error?.kind == .invalidSetting) }
    #expect(error != nil)
  }

  @Test func aCertificateAndItsKeyArePacked() async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let archive = server.folder.appending(path: "pair.p12")
    try PKCS12.archive(certificate: server.certificate, key: server.key, password: "word").write(to: archive)
    let text = try await OpenSSLServer.run(["pkcs12", "-in", archive.path, "-passin", "pass:word", "-nodes"], in: server.folder)
    #expect(text.contains("BEGIN CERTIFICATE") && text.contains("BEGIN PRIVATE KEY"))
    let certificates = PEMText.certificates(in: Data(text.utf8))
    #expect(certificates == PEMText.certificates(in: try Data(contentsOf: server.folder.appending(path: "cert.pem"))))
    #expect(certificates.count == 1)
    for (certificate, key, word) in [
      (server.key, server.key, "no certificate"), (server.certificate, server.certificate, "no key"),
      (server.certificate, try await server.encryptedKey(), "encrypted"),
      (server.certificate, try await server.otherKey(), "not the one of the certificate"),
    ] {
      let error = #expect(throws: PKCS12Error.self) {
        _ = try PKCS12.archive(certificate: certificate, key: key, password: "word")
      }
      #expect(error?.reason.contains(word) == true, "\(error?.reason ?? "")")
    }
  }
}
