import Foundation
import Testing

@testable import LowCode

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

@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: OpenSSLServer.command != nil)) struct TLSTests {
  private func failure(_ url: String, _ environment: [String: String]) async -> TransportError? {
    do throws(TransportError) {
      _ = try await NetworkTransport(environment: environment).send(HTTPRequest(method: "GET", url: url))
      return nil
    } catch {
      return error
    }
  }

  @Test func certificatesAreVerified() async throws {
    let server = try await OpenSSLServer()
    defer { server.stop() }
    let url = "https://localhost:\(server.port)/"
    #expect(await failure(url, [:])?.kind == .tls)
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
      let response = try await NetworkTransport(environment: [name: server.certificate]).send(
        HTTPRequest(method: "GET", url: url))
      #expect(response.status == 200)
    }
    let missing = await failure(url, ["REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"])
    #expect(missing?.kind == .tls)
    #expect(missing?.message.contains("/nowhere/ca.pem") == true)
  }
}
