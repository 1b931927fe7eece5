import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Scaffolding
import Secrets
import Synchronization
import Traffic

@testable import OpenAPI

/// The documents of this suite, and what connectors made from them read of their own mocks.
enum Documents {
  /// 2025-03-01T12:00:00Z in microseconds.
  static let now: Int64 = 1_740_830_400_000_000

  static let all = [
    "bookshop.yaml", "payments.json", "cluster.json", "servers/api.yaml", "tracker.yaml", "tasks.yaml", "files.yaml",
    "calls.yaml",
  ]

  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
  }

  static func document(_ name: String) throws -> OpenAPIDocument { try OpenAPIDocument(path: path(name)) }

  static func found(_ name: String) throws -> FoundAPI { StreamFinder.find(in: try document(name)) }

  /// A document of a text.
  static func document(text: String) throws -> OpenAPIDocument { try OpenAPIDocument(Array(text.utf8), name: "api.yaml") }

  static func manifest(_ name: String) throws -> String {
    ManifestWriter(OpenAPIOrigin.description(of: try found(name), origin: "a document")).text
  }

  /// What a read gave.
  struct Outcome {
    var records: [String: [JSONValue]] = [:]
    var states: ByName<JSONObject> = [:]
    var failures: [String] = []
  }

  /// Reads all streams of the connector that is made from a document, from the mock of the same document.
  static func read(_ name: String, states: ByName<JSONObject> = [:], now: Int64 = now) async throws -> Outcome {
    let mock = DocumentMock(try document(name), now: now)
    return try await read(manifest: manifest(name), mock, states: states, now: now)
  }

  static func read(
    manifest: String, _ mock: any MockAPI, states: ByName<JSONObject> = [:], now: Int64 = now
  ) async throws -> Outcome {
    let output = Lines()
    let mask = SecretMask()
    let writer = MessageWriter(output: output, mask: mask, now: { now })
    let runtime = RuntimeEnvironment(
      now: { now }, sleep: { _ in }, random: { 0.5 }, transport: MockTransport(mock, sleep: { _ in }),
      log: RunLog(writer: writer, isDebugging: false), secrets: mask)
    let source = ManifestSource.text(Array(manifest.utf8), name: "manifest.yaml")
    var input = ConnectorInput()
    input.config = try await ManifestMock.config(for: source, input, now: now)
    let connector = try await Connector.load(source, input, runtime: runtime)
    let catalog = ManifestMock.catalog(of: try await connector.listedStreams(nil))
    _ = try await connector.reading(catalog, states: states).read(catalog, to: writer)
    var outcome = Outcome()
    for line in try output.text.split(separator: "\n").map({ try JSONValue(parsing: String($0)) }) {
      switch line["type"]?.string {
      case "RECORD"?:
        outcome.records[line["record"]?["stream"]?.string ?? "", default: []].append(line["record"]?["data"] ?? .null)
      case "STATE"?:
        let stream = line["state"]?["stream"]
        outcome.states[stream?["stream_descriptor"]?["name"]?.string ?? ""] = stream?["stream_state"]?.object ?? [:]
      case "TRACE"? where line["trace"]?["type"] == "ERROR":
        outcome.failures.append(line["trace"]?["error"]?["message"]?.string ?? "")
      default: break
      }
    }
    return outcome
  }

  private final class Lines: LineOutput {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    func write(_ lines: UnsafeRawBufferPointer) throws { bytes.withLock { $0.append(contentsOf: lines) } }
  }
}
