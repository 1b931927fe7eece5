import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Synchronization
import YAML

@testable import Singer

/// A folder with small programs that behave as taps do, well or badly. It goes with its last reference.
final class TapFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "taps-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a program.
  @discardableResult
  func program(_ name: String, _ script: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(("#!/bin/sh\n" + script + "\n").utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    return file
  }

  /// Writes a tap that prints a catalog when it discovers, and runs `read` otherwise.
  func tap(_ name: String = "tap-fake", catalog: String = TapFolder.catalog, read: String) throws {
    try Data(catalog.utf8).write(to: URL(fileURLWithPath: "\(path)/catalog.txt"))
    try program(
      name,
      """
      echo "$*" >> "\(path)/calls"
      case "$*" in
        *--about*) echo 'unknown option' >&2; exit 2 ;;
        *--discover*) cat "\(path)/catalog.txt"; exit 0 ;;
      esac
      while [ $# -gt 0 ]; do
        case "$1" in
          --catalog) cp "$2" "\(path)/given-catalog" ;;
          --state) cp "$2" "\(path)/given-state" ;;
          --config) config="$2" ;;
        esac
        shift
      done
      \(read)
      """)
  }

  /// A JSON file that a tap was given; nil if it was given none.
  func given(_ name: String) -> JSONValue? {
    FileManager.default.contents(atPath: "\(path)/given-\(name)").flatMap { try? JSONValue(parsing: $0) }
  }

  /// Two streams: `orders`, which can be read incrementally, and `pages`, which cannot.
  static let catalog = """
    {"streams": [
      {"tap_stream_id": "orders", "stream": "orders", "key_properties": ["id"],
       "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "at": {"type": ["null", "string"], "format": "date-time"}}},
       "metadata": [{"breadcrumb": [], "metadata": {"inclusion": "available", "valid-replication-keys": ["at"]}},
                    {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
                    {"breadcrumb": ["properties", "at"], "metadata": {"inclusion": "available"}}]},
      {"tap_stream_id": "pages", "stream": "pages", "key_properties": [],
       "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}, "metadata": []}]}
    """
}

/// The messages of a run of a source, in memory.
final class TapRun: Sendable {
  private struct Lines: LineOutput {
    let bytes = Collected()
    func write(_ lines: UnsafeRawBufferPointer) throws { bytes.text.withLock { $0.append(contentsOf: lines) } }
  }

  private final class Collected: Sendable { let text = Mutex<[UInt8]>([]) }

  private final class Updates: ConfigUpdating {
    let configs = Mutex<[JSONObject]>([])
    func configChanged(_ config: JSONObject) async { configs.withLock { $0.append(config) } }
  }

  private struct NoNetwork: Transport {
    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      throw TransportError(.other, "There is no network here")
    }
  }

  let mask = SecretMask()
  let writer: MessageWriter
  let runtime: RuntimeEnvironment
  private let lines = Lines()
  private let updates = Updates()
  private let folder: TapFolder

  init(_ folder: TapFolder, environment: [String: String] = [:]) {
    self.folder = folder
    writer = MessageWriter(output: lines, mask: mask, now: { 1_700_000_000_000_000 })
    runtime = RuntimeEnvironment(
      now: { 1_700_000_000_000_000 }, sleep: { _ in }, random: { 0 }, transport: NoNetwork(),
      log: RunLog(writer: writer, isDebugging: true), secrets: mask,
      environment: ["PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 })
  }

  /// The source of a manifest.
  func source(_ manifest: String, config: JSONObject = ["token": "s3cret-token"]) async throws -> any Source {
    let kinds = SourceKinds([SingerKind()])
    guard let own = try kinds.manifest(.text(Array(manifest.utf8), name: "manifest.yaml")) else {
      throw ConnectorError(.config, "It is no manifest of a tap")
    }
    var input = SourceInput(writer: writer)
    input.config = config
    input.files = .folder(folder.path)
    input.updates = updates
    return try await own.kind.load(own.root, input, runtime: runtime)
  }

  /// Reads all streams, or some, and gives the messages.
  /// - Returns: also the error that ended the read, if one did.
  func read(
    _ manifest: String, config: JSONObject = ["token": "s3cret-token"], streams: [String]? = nil,
    state: SourceState = SourceState(),
    limit: Int? = nil, change: (inout [ConfiguredStream]) -> Void = { _ in }
  ) async throws -> (outcome: ReadOutcome?, error: ConnectorError?) {
    let source = try await source(manifest, config: config)
    var configured = try await source.discover().map { ConfiguredStream($0) }
    if let streams { configured = configured.filter { streams.contains($0.descriptor.name) } }
    change(&configured)
    do {
      return (try await source.run(ReadRequest(configured, from: state, limit: limit), writer: writer, runtime: runtime), nil)
    } catch let error as ConnectorError {
      return (nil, error)
    }
  }

  /// Everything that was written.
  var text: String { lines.bytes.text.withLock { String(decoding: $0, as: UTF8.self) } }

  /// The configs that were reported as changed.
  var changes: [JSONObject] { updates.configs.withLock { $0 } }

  func messages() throws -> [JSONValue] { try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }

  /// The messages but for LOG, in short: `orders started`, `orders {"id":1}`, `state orders {…}`.
  func story() throws -> [String] {
    try messages().compactMap { message in
      switch message["type"]?.string {
      case "RECORD":
        return "\(message["record"]?["stream"]?.string ?? "") \(message["record"]?["data"]?.jsonText ?? "")"
      case "STATE":
        let state = message["state"]
        let count = state?["sourceStats"]?["recordCount"]?.double ?? -1
        if let global = state?["global"] {
          let streams = (global["stream_states"]?.array ?? []).map {
            "\($0["stream_descriptor"]?["name"]?.string ?? "")=\($0["stream_state"]?.jsonText ?? "")"
          }
          return "state all \(global["shared_state"]?.jsonText ?? "") \(streams.joined(separator: " ")) \(Int(count))"
        }
        let stream = state?["stream"]
        return
          "state \(stream?["stream_descriptor"]?["name"]?.string ?? "") \(stream?["stream_state"]?.jsonText ?? "") \(Int(count))"
      case "TRACE":
        guard let status = message["trace"]?["stream_status"] else { return nil }
        return "\(status["stream_descriptor"]?["name"]?.string ?? "") \(status["status"]?.string?.lowercased() ?? "")"
      default: return nil
      }
    }
  }

  /// The messages of the log at a level.
  func logs(_ level: String) throws -> [String] {
    try messages().compactMap { $0["log"] }.filter { $0["level"]?.string == level }.compactMap { $0["message"]?.string }
  }
}

/// The manifest of a tap in its folder.
let fakeTap = """
  version: 1.0.0
  type: SingerSource
  tap: {command: [tap-fake]}
  timeouts: {silence: 30, end: 10}
  """
