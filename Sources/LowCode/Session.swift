import AirbyteProtocol
import ConnectorModel
import Engine
import HTTP
import JSON
import Manifest
import Secrets
import Synchronization

/// One run of a command: its surroundings, and where its messages go.
struct Session: Sendable {
  private let connector: Connector
  private let environment: RuntimeEnvironment
  let writer: MessageWriter

  init(_ connector: Connector, _ sink: any MessageSink) {
    self.connector = connector
    let runtime = connector.runtime
    let mask = SecretMask()
    writer = MessageWriter(sink: sink, mask: mask, now: runtime.now)
    environment = RuntimeEnvironment(
      now: runtime.now, sleep: runtime.sleep, random: runtime.random,
      transport: runtime.transport ?? NetworkTransport(environment: runtime.environment, secrets: mask),
      log: RunLog(writer: writer, isDebugging: runtime.isDebugging), secrets: mask, environment: runtime.environment)
  }

  /// The connector, ready for a command.
  func prepared(
    config: JSONObject, catalog: [ConfiguredStream] = [], states: [String: JSONObject] = [:]
  ) async throws -> PreparedConnector {
    var input = ConnectorInput()
    input.config = config
    input.catalog = catalog
    input.states = states
    input.files = connector.manifest.files
    input.components = connector.components
    input.updates = ConfigReport(writer: writer, changed: connector.configChanged)
    let prepared = try await PreparedConnector.prepare(connector.manifest.loaded, input, runtime: environment)
    try prepared.checkConcurrency()
    return prepared
  }
}

/// Tells of a changed config in a message, and the application by a call.
private struct ConfigReport: ConfigUpdating {
  let writer: MessageWriter
  let changed: (@Sendable (JSONObject) async -> Void)?

  func configChanged(_ config: JSONObject) async {
    try? writer.control(config: config)
    await changed?(config)
  }
}

/// Takes the messages of a command that has one result, and passes on those of the log.
final class Results: MessageSink {
  private let result = Mutex<Message?>(nil)
  private let log: (@Sendable (LogMessage) -> Void)?

  init(log: (@Sendable (LogMessage) -> Void)?) { self.log = log }

  var last: Message? { result.withLock { $0 } }

  func put(_ message: Message) throws {
    switch message {
    case .spec, .connectionStatus, .catalog: result.withLock { $0 = message }
    case .log(let level, let text, let data): log?(LogMessage(level: level, text: text, data: data))
    case .state, .globalState, .status, .error, .control: break
    }
  }

  func put(_ records: [Record], of stream: StreamDescriptor, emittedAt time: Int) throws {}
  func drain() async throws {}
}
