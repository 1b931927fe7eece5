import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Synchronization
import Traffic
import Validation

@testable import Scaffolding

/// A folder that goes away with the test.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "scaffolding-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws -> String {
    let path = "\(self.path)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}

/// An API that answers as a closure says, and keeps what it was asked.
final class FakeAPI: Transport {
  struct Answer: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body = "{}"
  }

  private let kept = Mutex<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest) -> Answer

  init(_ answer: @escaping @Sendable (HTTPRequest) -> Answer) { self.answer = answer }

  /// Answers by the paths of the requests; others have 404.
  convenience init(_ bodies: [String: String]) {
    self.init { request in
      let path = String(RequestURL(request.url).path)
      return bodies[path].map { Answer(body: $0) } ?? Answer(status: 404, body: #"{"error": "unknown path"}"#)
    }
  }

  var requests: [HTTPRequest] { kept.withLock { $0 } }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    kept.withLock { $0.append(request) }
    let answer = answer(request)
    return HTTPResponse(
      status: answer.status, headers: HTTPHeaders([("Content-Type", "application/json")] + answer.headers),
      body: Data(answer.body.utf8), url: request.url)
  }
}

enum Scaffold {
  /// The findings of the strictest check.
  static func findings(_ folder: String) async throws -> [String] {
    var options = ManifestChecker.Options()
    options.profile = .strict
    options.isStrict = true
    let report = try await ManifestChecker(options).check(
      .file(path: "\(folder)/manifest.yaml"), name: "manifest.yaml", folder: folder)
    return report.findings.map { "\($0.diagnostic)" }
  }

  /// Writes a described connector, and completes its tests.
  /// - Returns: the names of tests that fail.
  static func write(_ description: ConnectorDescription, to folder: ScratchFolder) async throws -> [String] {
    try ConnectorFolder(description).write(to: folder.path)
    return try await TestPreparation.complete(
      folder.path, components: .standard, environment: [:], clock: { 0 })
  }

  static func look(_ api: FakeAPI, config: JSONObject = [:], hiding mask: SecretMask = SecretMask()) -> Look {
    Look(
      config: config,
      surroundings: .init(now: { 1_735_689_600_000_000 }, sleep: { _ in }, random: { 0.5 }, transport: api), hiding: mask)
  }

  static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
}
