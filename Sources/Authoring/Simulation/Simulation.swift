import AirbyteProtocol
import Components
import Concurrency
import ConnectorModel
import Engine
import JSON
import Jinja
import Manifest
import Secrets
import Synchronization
import Traffic

/// Reads a manifest's streams by the engine on a virtual clock, against an API that is made up: how many requests a read makes, how long
/// it takes, and what bounds it.
package struct Simulation: Sendable {
  private let source: ManifestSource
  private let input: ConnectorInput
  private let settings: SimulationSettings
  private let start: Int64
  private let environment: [String: String]
  private let meter: SimulationMeter?

  /// - Parameters:
  ///   - start: the moment at which the read begins, in microseconds since the epoch.
  ///   - meter: says how far the simulation is; nil if nobody asks.
  package init(
    _ source: ManifestSource, _ input: ConnectorInput, _ settings: SimulationSettings, start: Int64,
    environment: [String: String],
    meter: SimulationMeter? = nil
  ) {
    self.source = source
    self.input = input
    self.settings = settings
    self.start = start
    self.environment = environment
    self.meter = meter
  }

  /// - Parameters:
  ///   - comparesAlternatives: whether the read is simulated again with each thing changed that may bound it.
  ///   - workers: for each of these numbers, the read is simulated in as many parts.
  /// - Throws: ``ConnectorError`` if nothing of the manifest can be read.
  package func run(
    _ selection: StreamSelection, comparesAlternatives: Bool = false, workers: [Int] = []
  ) async throws -> SimulationReport {
    let slices = try await run(selection, counted: nil).slices
    meter?.expect(runs: 1 + workers.count + (comparesAlternatives ? 3 : 0))
    var report = try await run(selection, counted: slices).report
    for number in workers {
      if let prediction = try await run(selection, counted: slices, workers: number).prediction {
        report.parts.append(prediction)
      }
    }
    guard comparesAlternatives else { return report }
    var alternatives: [Alternative] = [.concurrency(2 * report.concurrency), .latency(settings.latency / 2)]
    if report.budgetPlace != nil { alternatives.append(.noCallRates) }
    for alternative in alternatives {
      let duration = try await run(selection, counted: slices, if: alternative).report.duration
      report.alternatives.append((alternative.words, duration))
    }
    return report
  }

  /// What a run gives: how many slices streams have, or the report.
  private struct Outcome: Sendable {
    var slices: [String: Double] = [:]
    var report = SimulationReport()
    var prediction: PartsPrediction?
  }

  /// - Parameters:
  ///   - counted: how many slices the streams have; nil to count them.
  ///   - alternative: what is otherwise than the manifest and the settings say.
  ///   - workers: how many workers share the read; nil for a read by one that is not divided.
  private func run(
    _ selection: StreamSelection, counted: [String: Double]?, if alternative: Alternative? = nil, workers: Int? = nil
  ) async throws -> Outcome {
    guard let executor = OrderedExecutor(time: start, onSettled: {}) else {
      throw ConnectorError(.system, "Nothing can be simulated here: the system gives no further thread")
    }
    return try await executor.run {
      let log = SimulationLog()
      let late = LateTransport()
      var runtime = RuntimeEnvironment(
        now: { executor.time },
        sleep: { seconds in
          // As short as a wait may be, so that whoever asks again and again comes to an end.
          let time = Int64(min(max(seconds, 0.000_001), 1e9) * 1_000_000)
          _ = try await executor.waitAdmission { OrderedExecutor.Moment(time: $0.time + time, order: $0.order) }
        },
        random: { 0.5 }, transport: late, log: log, secrets: NoSecrets(), environment: environment)
      // Templates see one moment, so that a stream has as many slices each time.
      runtime.templates = TemplateRuntime(now: { [start] in start }, random: { 0.5 })
      let given = try ManifestPipeline(validator: ManifestValidator()).run(source)
      let manifest = alternative?.applied(to: given) ?? given
      let simulation = SimulationState(
        alternative?.applied(to: settings) ?? settings, needs: MadeUpRecords.needs(in: manifest.root), isCounting: counted == nil,
        slices: counted ?? [:], meter: meter)
      log.simulation = simulation
      log.now = { executor.time }
      let api = try await ManifestMock.api(
        for: source, input, options: ManifestAPIOptions(seed: nil, pages: 1, records: 1, knowsCredentials: false),
        runtime: runtime)
      return try await SimulationState.$current.withValue(simulation) {
        var input = input
        input.components = input.components.replacing(SimpleRetriever.typeName, by: SimulatedRetriever.self)
        let connector = try await Connector.prepare(manifest, input, runtime: runtime)
        let statics = try connector.staticStreamNodes()
        let chosen = ChosenTransport(
          late, api: api, executor: executor, simulation: simulation, limits: LimitHeaders(manifest.apiBudget, start: start))
        chosen.become(statics)
        let nodes = try await statics + connector.generatedStreamNodes().map(\.node)
        chosen.become(nodes)
        let catalog = try await self.catalog(of: connector, selection, parents: simulation.needs.keys)
        if let workers, let counted {
          let names = catalog.map(\.descriptor.name).filter { !Self.streamsOfJobs(nodes).contains($0) }
          let begun = executor.time
          let dealt = try await DealtSlices(of: connector, Set(names), workers: workers)
          var prediction = PartsPrediction(workers: workers, listing: executor.time - begun)
          // The last one is the slowest: it has the smallest share, and begins latest.
          runtime.share = RunShare(workers - 1, of: workers) ?? .all
          for streams in dealt.partsToRead(of: names, workers: workers) {
            let part = SimulationState(settings, needs: simulation.needs, isCounting: false, slices: counted, meter: meter)
            log.simulation = part
            ChosenTransport(
              late, api: api, executor: executor, simulation: part, limits: LimitHeaders(manifest.apiBudget, start: start)
            ).become(nodes)
            let report = try await SimulationState.$current.withValue(part) {
              let worker = try await Connector.prepare(manifest, input, runtime: runtime)
              let own = catalog.filter { streams.contains($0.descriptor.name) }
              return try await read(worker, own, nodes, manifest, part, log, executor, dealt: dealt)
            }
            prediction.take(report)
          }
          return Outcome(prediction: prediction)
        }
        if counted == nil {
          return Outcome(slices: try await count(connector, catalog, nodes, simulation))
        }
        return Outcome(report: try await read(connector, catalog, nodes, manifest, simulation, log, executor))
      }
    }
  }

  /// Sets the transport up once the streams are known.
  private struct ChosenTransport {
    private let transport: LateTransport
    private let make: (StreamPaths) -> SimulatedTransport

    init(
      _ transport: LateTransport, api: any MockAPI, executor: OrderedExecutor, simulation: SimulationState, limits: LimitHeaders
    ) {
      self.transport = transport
      make = { SimulatedTransport(api, executor, simulation, $0, limits) }
    }

    func become(_ nodes: [ManifestNode]) { transport.become(make(StreamPaths(nodes))) }
  }

  /// - Parameter parents: the names of streams that others read.
  private func catalog(
    of connector: Connector, _ selection: StreamSelection, parents: some Sequence<String>
  ) async throws -> [ConfiguredStream] {
    // Checks the config first.
    _ = try await connector.listedStreams([])
    let names = try await connector.streamsOrErrors().map(\.name)
    let known = names + parents.filter { !names.contains($0) }.sorted()
    for name in settings.recordsOfStreams.keys.sorted() where !known.contains(name) {
      let nearest = NameSuggestion.nearest(to: name, among: known)
      throw ConnectorError(
        .config,
        "--records names the stream `\(name)`, which the connector does not have"
          + (nearest.map { ": did you mean `\($0)`?" } ?? ""))
    }
    let all = names.map { ConfiguredStream(descriptor: StreamDescriptor(name: $0), syncMode: .incremental, jsonSchema: [:]) }
    return try selection.applied(to: all, of: "the connector")
  }

  /// The streams whose records come by jobs.
  private static func streamsOfJobs(_ nodes: [ManifestNode]) -> Set<String> {
    Set(nodes.filter { $0["retriever"]?["type"]?.string == "AsyncRetriever" }.compactMap { $0["name"]?.string })
  }

  /// The class of a custom component of a stream that is no Swift of this program's; nil if there is none.
  private static func customClass(in nodes: [ManifestNode], of stream: String) -> String? {
    var open = nodes.filter { $0["name"]?.string == stream }
    while let node = open.popLast() {
      if let name = node["class_name"]?.string, node["type"]?.string?.hasPrefix("Custom") == true { return name }
      open += node.sequence ?? []
      open += (node.mapping ?? [:]).map { $0.value }
    }
    return nil
  }

  // MARK: Counting slices

  /// More slices than these are not counted.
  private static let mostSlices = 200_000

  private struct Enough: Error {}

  private func count(
    _ connector: Connector, _ catalog: [ConfiguredStream], _ nodes: [ManifestNode], _ simulation: SimulationState
  ) async throws -> [String: Double] {
    let wanted = Set(catalog.map(\.descriptor.name))
    var counts: [String: Double] = [:]
    let jobs = Self.streamsOfJobs(nodes)
    for (name, stream) in try await connector.streamsOrErrors() where !jobs.contains(name) {
      guard let stream = try? stream.get() else { continue }
      guard wanted.contains(name) || simulation.needs[name] != nil else { continue }
      let counter = Counter()
      do {
        try await stream.cursor.slices { _ in
          let number = counter.next()
          meter?.counted(number)
          if number >= Self.mostSlices { throw Enough() }
        }
      } catch {}
      let given = simulation.takeParentRecords()
      let parents = stream.parentStreams.map(\.name)
      // Each parent gave one record a slice; it has more.
      let records = parents.reduce(0.0) { $0 + Double(given[$1] ?? 0) }
      let real = parents.reduce(0.0) { $0 + Double(settings.records(of: $1)) }
      counts[name] = Double(counter.count) * (records > 0 ? real / records : 1)
    }
    return counts
  }

  private final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .relaxed) }
    func next() -> Int { number.add(1, ordering: .relaxed).newValue }
  }

  // MARK: Reading

  private func read(
    _ connector: Connector, _ catalog: [ConfiguredStream], _ nodes: [ManifestNode], _ manifest: LoadedManifest,
    _ simulation: SimulationState, _ log: SimulationLog, _ executor: OrderedExecutor, dealt: DealtSlices? = nil
  ) async throws -> SimulationReport {
    let writer = MessageWriter(sink: NoMessages(log), mask: SecretMask(), now: { executor.time })
    let begun = executor.time
    let jobs = Self.streamsOfJobs(nodes)
    // Nobody divides jobs among workers.
    let read = dealt == nil ? catalog : catalog.filter { !jobs.contains($0.descriptor.name) }
    meter?.begin(
      .init(
        streams: read.map(\.descriptor.name), slices: simulation.slices, isWhole: dealt == nil, begun: begun,
        now: { executor.time }))
    _ = try await connector.reading(read, states: [:]).read(read, to: writer) { stream in
      dealt?.slices[stream.name].map { DealtCursor(own: stream.cursor, dealt: $0) }
    }
    let concurrency = try connector.concurrency()
    var report = SimulationReport()
    report.duration = executor.time - begun
    report.concurrency = concurrency
    report.logins = simulation.logins
    report.latency = settings.latency
    report.budgetPlace = manifest.apiBudget?.mark.map { "\($0)" }
    report.concurrencyPlace = manifest.concurrencyLevel?.mark.map { "\($0)" }
    let measures = simulation.measures
    report.streams = catalog.map { entry in
      let name = entry.descriptor.name
      var measure = measures[name] ?? SimulationState.Measure()
      if jobs.contains(name), measure.isComplete { measure.records = settings.records(of: name) }
      if measure.failure == nil, !measure.isComplete, let custom = Self.customClass(in: nodes, of: name) {
        measure.failure = "it has the custom component `\(custom)`, and a simulation runs no Python"
      }
      if measure.failure == nil, !measure.isComplete { measure.failure = log.failure(of: name) ?? "it was not read completely" }
      return SimulationReport.Stream(name, measure, begun: begun, concurrency: concurrency, isOfJobs: jobs.contains(name))
    }
    return report
  }
}

/// Follows the streams of a simulated read.
private final class SimulationLog: Log, RunEvents {
  private struct State {
    var simulation: SimulationState?
    var now: @Sendable () -> Int64 = { 0 }
    var failures: [String: String] = [:]
  }

  private let state = Mutex(State())

  var simulation: SimulationState? {
    get { state.withLock { $0.simulation } }
    set { state.withLock { $0.simulation = newValue } }
  }
  var now: @Sendable () -> Int64 {
    get { state.withLock { $0.now } }
    set { state.withLock { $0.now = newValue } }
  }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  func report(_ error: ConnectorError) {}

  func note(_ event: RunEvent) {
    guard let simulation else { return }
    switch event {
    case .streamStarted(let name): simulation.started(name, at: now())
    case .streamEnded(let name, let isComplete): simulation.ended(name, at: now(), isComplete: isComplete)
    case .waiting(let stream?, let seconds, "call rate"): simulation.change(stream) { $0.throttled += seconds }
    default: break
    }
  }

  func failed(_ stream: String, _ message: String) {
    state.withLock { if $0.failures[stream] == nil { $0.failures[stream] = message } }
  }
  func failure(of stream: String) -> String? { state.withLock { $0.failures[stream] } }
}

/// Takes messages and keeps nothing but the errors of streams.
private struct NoMessages: MessageSink {
  private let log: SimulationLog

  init(_ log: SimulationLog) { self.log = log }

  func put(_ message: Message) {
    if case .error(let trace, _) = message, let stream = trace.stream { log.failed(stream.name, trace.message) }
  }

  func put(_ records: [Record], of stream: StreamDescriptor, emittedAt time: Int) {}
  func drain() async {}
}
