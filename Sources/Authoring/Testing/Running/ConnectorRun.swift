import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Secrets
import Traffic

/// A command of the protocol that a test runs in this process, and what it is run with.
struct ConnectorRun: Sendable {
  enum Command: String, Sendable {
    case spec, check, discover, read
  }

  /// What a read reads.
  enum Streams: Sendable {
    case selected(StreamSelection)
    case configured([ConfiguredStream])
  }

  var command: Command
  var config: JSONObject = [:]
  var states: ByName<JSONObject> = [:]
  var streams = Streams.selected(StreamSelection())
  var limit: Int?
  /// Whether the config is made up, because the test gives none.
  var makesConfigUp = false
  /// What keeps the config where the API changes it; nil for nothing.
  var updates: (any ConfigUpdating)?

  /// Runs the command.
  /// - Parameters:
  ///   - now: what the clock shows first, in microseconds since the epoch; nil for a recording's own time, or the usual one.
  ///   - coverage: learns what of the manifest is made use of.
  ///   - watcher: is told what happens.
  /// - Throws: ``ConnectorError`` or another error of the files that the run is given; what goes wrong in the run is in its messages.
  func observed(
    of connector: TestedConnector, with traffic: TestTraffic, now: Int64?, coverage: (any RunCoverage)? = nil,
    watcher: (any TestWatcher)? = nil
  ) async throws -> ObservedRun {
    let mask = SecretMask()
    let log = RequestLog()
    let stage = try TestStage(traffic, log: log, now: now, hiding: mask)
    let output = CollectedLines()
    let now = stage.surroundings.now
    let writer = MessageWriter(output: output, mask: mask, now: now)
    var runtime = RuntimeEnvironment(
      now: now, sleep: stage.surroundings.sleep, random: stage.surroundings.random, transport: stage.surroundings.transport,
      log: RunLog(writer: writer, isDebugging: false), secrets: mask, environment: connector.environment)
    runtime.coverage = coverage
    if let watcher { runtime.events = WatchedEvents(inner: runtime.events, watcher: watcher) }
    try await stage.run { [self, runtime] in
      var input = connector.input(config: config, states: states)
      if makesConfigUp, command != .spec { input.config = ManifestMock.config(for: connector.manifest, now: now()) }
      let control = ConfigControl(writer: writer, file: nil)
      input.updates = updates ?? control
      input.migrations = control
      try await stage.prepare(connector, input, runtime)
      do {
        input.custom = try connector.custom(input, runtime)
        try await perform(connector, input, runtime, writer)
      } catch {
        writer.report(error)
      }
    }
    return ObservedRun(
      messages: try output.messages(), requests: log.requests, waited: stage.waited, mask: mask, now: stage.start)
  }

  private func perform(
    _ tested: TestedConnector, _ input: ConnectorInput, _ runtime: RuntimeEnvironment, _ writer: MessageWriter
  ) async throws {
    var connector = try await Connector.prepare(tested.manifest, input, runtime: runtime)
    try connector.checkConcurrency()
    switch command {
    case .spec: try connector.writeSpec(to: writer)
    case .check: try await connector.check(to: writer)
    case .discover: try await connector.discover(to: writer)
    case .read:
      let wanted: [ConfiguredStream]
      switch streams {
      case .configured(let catalog): wanted = catalog
      case .selected(let selection):
        let (config, now) = (connector.config, runtime.now())
        // A state may keep a stream from being built, too.
        let isSound = states.isEmpty && tested.builds.hold(beyond: selection.names, config: config, now: now)
        if isSound { connector = connector.building(only: selection.names) }
        let all = try await connector.listedStreams(nil).map { ConfiguredStream($0) }
        if !isSound, states.isEmpty { tested.builds.note(all.map(\.descriptor.name), config: config, now: now) }
        wanted = try selection.applied(to: all, of: "the connector")
      }
      connector = connector.reading(wanted, states: states)
      _ = try await connector.readValidated(wanted, limit: limit, to: writer)
    }
  }
}
