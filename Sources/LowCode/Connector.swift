import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import OrderedCollections

/// A source and its config: a manifest of any kind, or a source in Swift. It can be asked for the specification, checked, asked for its streams, and
/// read.
///
/// ```swift
/// let manifest = try Manifest(contentsOf: "manifest.yaml")
/// let connector = Connector(manifest, config: ["token": "sesame"])
/// for try await message in connector.read(.all) {
///   if case .record(let record) = message { print(record.stream, record["id"] ?? .null) }
/// }
/// ```
///
/// Nothing happens until a command is called: a config that does not fit is an error of the command. Commands are independent of each
/// other, and may run at the same time.
public struct Connector: Sendable {
  /// The manifest.
  public let manifest: Manifest
  /// The user's config, as the specification describes it.
  public let config: JSONObject
  let components: ComponentRegistry
  let runtime: Runtime
  let configChanged: (@Sendable (JSONObject) async -> Void)?

  /// - Parameters:
  ///   - config: the user's config; secrets in it never appear in logs and errors.
  ///   - components: what the manifest may name: the components of the language, and those that were added.
  ///   - runtime: the clock, the network and the other things that the connector takes from its surroundings.
  ///   - configChanged: is called with the whole config when it changed and has to be kept for the next run: after a migration, and
  ///     when a token that is good for one use was renewed.
  public init(
    _ manifest: Manifest, config: JSONObject = [:], components: ComponentRegistry = .standard, runtime: Runtime = .system,
    configChanged: (@Sendable (JSONObject) async -> Void)? = nil
  ) {
    self.manifest = manifest
    self.config = config
    self.components = components
    self.runtime = runtime
    self.configChanged = configChanged
  }

  /// A source that is written in Swift.
  /// - Parameters:
  ///   - config: the user's config; secrets in it never appear in logs and errors.
  ///   - runtime: the clock, the network and the other things that the source takes from its surroundings.
  ///   - configChanged: is called with the whole config when it changed and has to be kept for the next run.
  public init(
    _ source: (some SwiftSource).Type, config: JSONObject = [:], runtime: Runtime = .system,
    configChanged: (@Sendable (JSONObject) async -> Void)? = nil
  ) {
    self.init(Manifest(source), config: config, runtime: runtime, configChanged: configChanged)
  }

  /// The connector's specification as a SPEC message carries it: `connectionSpecification` is the JSON schema of the config.
  /// - Throws: ``ConnectorError`` if the manifest has none.
  public func spec() async throws -> JSONObject {
    let results = Results(log: runtime.log)
    let session = session(results)
    try session.writer.spec(await session.source(config: [:]).spec())
    guard case .spec(let spec)? = results.last else { throw Self.noResult("spec") }
    return spec
  }

  /// Tries the connection as the manifest's `check` says.
  /// - Returns: whether it works, and if not, why. A config that does not fit the specification is such a reason.
  /// - Throws: ``ConnectorError`` if the manifest is wrong or the check cannot be made; `CancellationError`.
  public func check() async throws -> ConnectionStatus {
    let results = Results(log: runtime.log)
    let session = session(results)
    try await session.source(config: config).check(to: session.writer)
    guard case .connectionStatus(let succeeded, let message)? = results.last else { throw Self.noResult("check") }
    return ConnectionStatus(isSuccess: succeeded, message: message)
  }

  /// The streams that can be read, with their schemas. It may make requests, where streams or schemas come from the API.
  /// - Throws: ``ConnectorError`` if the config does not fit, or the streams cannot be found out; `CancellationError`.
  public func discover() async throws -> [AirbyteStream] {
    let results = Results(log: runtime.log)
    let session = session(results)
    try session.writer.catalog(await session.source(config: config).discover())
    guard case .catalog(let streams)? = results.last else { throw Self.noResult("discover") }
    return streams
  }

  /// Reads streams: their records, and states from which a later read continues.
  ///
  /// Each iteration of the sequence is a read of its own, which begins with the iteration and ends with it: when the loop is left or
  /// its task is cancelled, no more requests are made and transfers are given up. A slow loop holds the read back, so that no more than
  /// the pages that are being worked on are in memory.
  ///
  /// - Parameters:
  ///   - catalog: the streams, and how each is read.
  ///   - state: where an earlier read ended; by default, streams are read from their beginning.
  public func read(_ catalog: Catalog = .all, from state: ConnectorState = ConnectorState()) -> ReadMessages {
    ReadMessages(connector: self, catalog: catalog, state: state)
  }

  func session(_ sink: any MessageSink) -> Session { Session(self, sink) }

  private static func noResult(_ command: String) -> ConnectorError {
    ConnectorError(.system, "The command `\(command)` ended without a result")
  }
}
