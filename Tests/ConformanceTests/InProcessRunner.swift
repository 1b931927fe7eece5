import AirbyteProtocol
import ConformanceCases
import ConnectorModel
import Engine
import Foundation
import HTTP
import JSON
import Jinja
import PythonComponents
import Secrets
import Synchronization
import Traffic

/// The runner that the suite tests: the library's own entry points, in this process.
enum ConnectorUnderTest {
  static let runner: any CommandRunner = InProcessRunner()
}

/// Runs commands through the library, with a frozen clock and sleeps that only note themselves. Each run stores files of records in a
/// folder of its own.
private struct InProcessRunner: CommandRunner {
  /// Where the reference stores files of records.
  private static let staging = "/tmp/airbyte-file-transfer"

  func run(_ input: CommandInput) async throws -> CommandOutput {
    let staging = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: staging) }
    let output = TextOutput()
    let mask = SecretMask()
    let surroundings = TrafficRun.Surroundings(
      now: { input.sleeps.now }, sleep: { input.sleeps.sleep($0) }, random: { 0.5 },
      transport: NetworkTransport(environment: [TransportKind.variable: input.transport.rawValue]))
    let traffic = try TrafficRun.make(input.traffic, command: input.command.rawValue, in: surroundings, hiding: mask)
    let given = traffic?.surroundings ?? surroundings
    let now = given.now
    let writer = MessageWriter(output: output, mask: mask, now: now)
    let runtime = RuntimeEnvironment(
      now: now, sleep: given.sleep, random: given.random, transport: given.transport,
      log: RunLog(writer: writer, isDebugging: false), secrets: mask,
      environment: ["AIRBYTE_STAGING_DIRECTORY": staging.path].merging(PythonUnderTest.environment) { $1 },
      templates: TemplateRuntime(now: now, randomBytes: { (0..<16).map { UInt8($0) } }))
    var isComplete = false
    do {
      if let traffic {
        isComplete = try await traffic.run { try await run(input, writer: writer, runtime: runtime) }
      } else {
        isComplete = try await run(input, writer: writer, runtime: runtime)
      }
    } catch {
      writer.report(error)
    }
    return CommandOutput(text: output.text.replacing(staging.path, with: Self.staging), exit: isComplete ? 0 : 1)
  }

  private func run(
    _ input: CommandInput, writer: MessageWriter, runtime: RuntimeEnvironment
  ) async throws -> Bool {
    var given = ConnectorInput()
    given.catalog = try input.catalog.map { try ConfiguredStream.catalog(JSONValue(parsing: $0)) } ?? []
    given.states = try input.state.map { try InputState.streams(JSONValue(parsing: $0)) } ?? [:]
    given.config = input.command == .spec ? [:] : try JSONValue(parsing: input.config).object ?? [:]
    given.files = input.files
    given.components = input.components
    given.updates = ConfigControl(writer: writer, file: nil)
    given.custom = input.pythonComponents.map { code in
      PythonComponents(
        .init(ComponentCode([.text(code, name: "components.py")])), runtime: runtime, updates: given.updates)
    }
    let connector = try await Connector.load(
      .text(Array(input.manifest.utf8), name: "manifest.yaml"), given, runtime: runtime)
    switch input.command {
    case .spec: try connector.writeSpec(to: writer)
    case .check: try await connector.check(to: writer)
    case .discover: try await connector.discover(to: writer)
    case .read, .resume:
      if let reading = input.reading { return try await reading(connector, writer) }
      return try await connector.readValidated(given.catalog, to: writer).isComplete
    }
    return true
  }
}

/// Collects what is written.
private final class TextOutput: LineOutput {
  private let bytes = Mutex<[UInt8]>([])

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  func write(_ lines: UnsafeRawBufferPointer) throws { bytes.withLock { $0.append(contentsOf: lines) } }
}
