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
  let environment: RuntimeEnvironment
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

  /// The source, ready for a command.
  /// - Parameter config: the user's config; an empty one where only the specification is asked for.
  func source(
    config: JSONObject, catalog: [ConfiguredStream] = [], state: SourceState = SourceState()
  ) async throws -> any Source {
    let manifest = connector.manifest
    switch manifest.content {
    case .declarative(let loaded):
      guard state.shared == nil else {
        throw ConnectorError(
          .config,
          "The state has something that all streams share, which a declarative manifest never keeps: it is of another source")
      }
      let connector = try await prepared(loaded, config: config, catalog: catalog, states: state.named)
      return DeclarativeSource(connector, writer: writer)
    case .other(let own):
      var input = SourceInput(writer: writer)
      input.config = config
      input.catalog = catalog
      input.state = state
      input.files = manifest.files
      input.kinds = manifest.kinds
      input.updates = updates
      input.part = part
      return try await own.kind.load(own.root, input, runtime: environment)
    }
  }

  /// A declarative connector, ready for a command.
  private func prepared(
    _ manifest: LoadedManifest, config: JSONObject, catalog: [ConfiguredStream], states: ByName<JSONObject>
  ) async throws -> PreparedConnector {
    var input = ConnectorInput()
    input.config = config
    input.catalog = catalog
    input.states = states
    input.files = connector.manifest.files
    input.components = connector.components
    input.updates = updates
    let prepared = try await PreparedConnector.prepare(manifest, input, runtime: environment)
    try prepared.checkConcurrency()
    return prepared
  }

  private var updates: ConfigReport { ConfigReport(writer: writer, changed: connector.configChanged) }

  /// One of several sources that are read as one.
  @Sendable private func part(
    _ source: ManifestSource, _ input: SourceInput, _ runtime: RuntimeEnvironment
  ) async throws -> any Source {
    if let own = try input.kinds.manifest(source) { return try await own.kind.load(own.root, input, runtime: runtime) }
    var given = ConnectorInput()
    given.config = input.config
    given.states = input.state.named
    given.catalog = input.catalog
    given.files = input.files
    given.updates = input.updates
    given.components = connector.components
    return DeclarativeSource(try await PreparedConnector.load(source, given, runtime: runtime), writer: input.writer)
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
