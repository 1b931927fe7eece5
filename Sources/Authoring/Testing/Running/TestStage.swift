import ConnectorModel
import Engine
import JSON
import Secrets
import Traffic

/// The surroundings of a test's run: its clock, its waits, its chance and what answers its requests.
struct TestStage: Sendable {
  /// What the clock of a test shows that says nothing of it: 2025-01-01T00:00:00Z.
  static let usualTime: Int64 = 1_735_689_600_000_000

  private enum Run: Sendable {
    case simulated(SimulatedRun)
    case traffic(TrafficRun)
    case real
  }

  let surroundings: TrafficRun.Surroundings
  /// What the clock shows first, in microseconds since the epoch.
  let start: Int64
  private let traffic: TestTraffic
  private let log: RequestLog
  private let run: Run
  private let late: LateTransport

  /// - Throws: ``ConnectorError`` if a recording cannot be read.
  init(_ traffic: TestTraffic, log: RequestLog, now: Int64?, hiding mask: SecretMask) throws(ConnectorError) {
    self.traffic = traffic
    self.log = log
    let late = LateTransport()
    self.late = late
    var surroundings: TrafficRun.Surroundings
    switch traffic {
    case .network(let given):
      run = .real
      surroundings = given(mask)
    case .recorded(let path, let given):
      let recorded = try TrafficRun(.record(TrafficRecorder.Settings(path: path)), command: "", in: given(mask), hiding: mask)
      run = .traffic(recorded)
      surroundings = recorded.surroundings
    case .replay(let path):
      let nothing = TrafficRun.Surroundings(
        now: { now ?? Self.usualTime }, sleep: { _ in }, random: { 0.5 }, transport: UnansweredTransport())
      let replay = try TrafficRun(.replay(path: path, .none), command: "", in: nothing, hiding: mask)
      run = .traffic(replay)
      surroundings = replay.surroundings
    case .recordings(let paths):
      let start = if let now { now } else { try Self.time(of: paths) }
      let simulation = try SimulatedRun(start: start) { _, _ in late }
      run = .simulated(simulation)
      surroundings = simulation.surroundings
    case .nothing, .mock, .stubs:
      let simulation = try SimulatedRun(start: now ?? Self.usualTime) { _, _ in late }
      run = .simulated(simulation)
      surroundings = simulation.surroundings
    }
    start = surroundings.now()
    surroundings.transport = log.logging(surroundings.transport)
    self.surroundings = surroundings
  }

  /// The time of the first recording that has one.
  private static func time(of paths: [String]) throws(ConnectorError) -> Int64 {
    for path in paths {
      let file = try HARFile(path: path)
      if let clock = file.log[RecordingNotes.clock]?.int { return Int64(clock) }
      if let start = try RecordedExchanges(file).start { return start }
    }
    return usualTime
  }

  /// Makes what answers the requests, once it is known what the run is given.
  /// - Throws: an error of the files that say what is answered.
  func prepare(_ connector: TestedConnector, _ input: ConnectorInput, _ runtime: RuntimeEnvironment) async throws {
    let api: any MockAPI
    switch traffic {
    case .nothing: return late.become(UnansweredTransport())
    case .network, .recorded, .replay: return
    case .mock(let options):
      var uncovered = runtime
      uncovered.coverage = nil
      api = try await ManifestAPI.make(connector.manifest, input, options: options, runtime: uncovered)
    case .recordings(let paths): api = MockAPIs(try paths.map { try RecordedAPI(path: $0) })
    case .stubs(let files, let expectations):
      let board = StubBoard(now: surroundings.now)
      var recordings: [any MockAPI] = []
      for file in files { try MockSource.load(file, into: board, recordings: &recordings) }
      if let expectations { try MockSource.load(expectations: expectations, into: board) }
      api = MockAPIs([board] + recordings)
    }
    late.become(MockTransport(log.watching(api), sleep: surroundings.sleep))
  }

  /// How many seconds of the run's clock have passed, as far as that is not the machine's.
  var waited: Double {
    switch run {
    case .simulated(let run): run.waited
    case .traffic, .real: 0
    }
  }

  func run(_ body: @Sendable () async throws -> Void) async throws {
    switch run {
    case .simulated(let run): try await run.run(body)
    case .traffic(let run): try await run.run(body)
    case .real: try await body()
    }
  }
}

/// Answers nothing.
private struct UnansweredTransport: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(
      .unrecorded,
      "The test has no answer to \(request.method) \(RequestURL(request.url).publicText): give it `traffic`")
  }
}
