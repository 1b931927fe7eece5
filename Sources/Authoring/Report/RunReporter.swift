import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import JSON
import Synchronization

/// Collects what a read is like while it runs, and makes a report of it.
///
/// It looks at the records as they are written, and stands between the run and its transport, its waits and its events.
package final class RunReporter: ReadInspector {
  /// The machine's own measures, whatever clock the run goes by.
  package struct Gauges: Sendable {
    /// The time in microseconds since the epoch.
    package var now: @Sendable () -> Int64
    /// The seconds of CPU that the process has taken.
    package var cpu: @Sendable () -> Double

    package init(now: @escaping @Sendable () -> Int64, cpu: @escaping @Sendable () -> Double) {
      self.now = now
      self.cpu = cpu
    }
  }

  /// What is counted of the requests of one stream.
  struct Traffic: Sendable {
    var requests = 0
    var retries = 0
    /// Requests that got no answer.
    var failures = 0
    var statuses: [Int: Int] = [:]
    /// Seconds.
    var duration = 0.0
    var slowest = 0.0
  }

  struct Waits: Sendable {
    var count = 0
    var seconds = 0.0
  }

  struct WaitKey: Hashable, Sendable {
    let stream: StreamDescriptor
    let reason: String
  }

  private struct State {
    var streams: [String] = []
    var tallies: ByName<StreamTally> = [:]
    var records: ByName<Int> = [:]
    var isComplete: ByName<Bool> = [:]
    var traffic: ByName<Traffic> = [:]
    var waits: [WaitKey: Waits] = [:]
  }

  /// The memory for the keys of all streams of a read.
  package static let roomForKeys = 256 << 20

  private let gauges: Gauges
  private let started: Int64
  private let cpuAtStart: Double
  private let shares: TimeShares
  private let room: KeyRoom
  private let state = Mutex(State())

  package init(_ gauges: Gauges, roomForKeys: Int = RunReporter.roomForKeys) {
    self.gauges = gauges
    started = gauges.now()
    cpuAtStart = gauges.cpu()
    shares = TimeShares(now: gauges.now)
    room = KeyRoom(bytes: roomForKeys)
  }

  // MARK: The run

  /// The same surroundings, which the reporter watches.
  package func watching(_ runtime: RuntimeEnvironment) -> RuntimeEnvironment {
    var runtime = runtime
    let (sleep, shares) = (runtime.sleep, shares)
    runtime.sleep = { seconds in
      shares.begin(.wait)
      defer { shares.end(.wait) }
      try await sleep(seconds)
    }
    runtime.transport = ReportedTransport(inner: runtime.transport, reporter: self)
    runtime.events = ReportedEvents(inner: runtime.events, reporter: self)
    return runtime
  }

  package func inspector(of stream: DeclarativeStream, schema: JSONObject, state: JSONObject?) -> any StreamInspector {
    let tally = StreamTally(stream, schema: schema, state: state, now: gauges.now(), room: room)
    self.state.withLock { state in
      if state.tallies.updateValue(tally, forKey: stream.name) == nil { state.streams.append(stream.name) }
    }
    return tally
  }

  fileprivate func note(_ event: RunEvent) {
    state.withLock { state in
      switch event {
      case .streamStarted(let name): if !state.streams.includes(name) { state.streams.append(name) }
      case .recordsRead(let name, let count): state.records[name, default: 0] += count
      case .streamEnded(let name, let isComplete): state.isComplete[name] = isComplete
      case .pageRead: break
      case .waiting(let name, let seconds, let reason):
        let key = WaitKey(stream: StreamDescriptor(name: name ?? ""), reason: reason)
        state.waits[key, default: Waits()].count += 1
        state.waits[key, default: Waits()].seconds += seconds
      }
    }
  }

  fileprivate func exchange(
    _ request: HTTPRequest, over transport: any Transport
  ) async throws(TransportError) -> HTTPResponse {
    shares.begin(.request)
    let start = gauges.now()
    let response: Result<HTTPResponse, TransportError>
    do throws(TransportError) { response = .success(try await transport.exchange(request)) } catch { response = .failure(error) }
    let seconds = Double(max(0, gauges.now() - start)) / 1_000_000
    shares.end(.request)
    state.withLock { state in
      var traffic = state.traffic[request.origin?.requester.stream ?? ""] ?? Traffic()
      traffic.requests += 1
      if request.origin?.attempt ?? 1 > 1 { traffic.retries += 1 }
      if case .success(let answer) = response { traffic.statuses[answer.status, default: 0] += 1 } else { traffic.failures += 1 }
      traffic.duration += seconds
      traffic.slowest = max(traffic.slowest, seconds)
      state.traffic[request.origin?.requester.stream ?? ""] = traffic
    }
    return try response.get()
  }

  // MARK: The report

  /// What there is to say until now.
  /// - Parameters:
  ///   - outcome: how the read ended.
  ///   - hide: masks secrets in a text.
  package func report(_ outcome: ReadReport.Outcome, hide: @escaping (String) -> String) -> ReadReport {
    let snapshot = state.withLock { $0 }
    let builder = StreamReportBuilder(hide: hide)
    let shares = shares.seconds
    var report = ReadReport(outcome: outcome, started: started, ended: gauges.now())
    report.failure = outcome.failure.map(hide)
    report.shares = shares
    report.cpu = max(0, gauges.cpu() - cpuAtStart)
    report.waits = snapshot.waits.map { key, waits in
      ReadReport.Wait(stream: hide(key.stream.name), reason: hide(key.reason), count: waits.count, seconds: waits.seconds)
    }.sorted { ($1.seconds, $0.stream, $0.reason) < ($0.seconds, $1.stream, $1.reason) }
    report.streams = snapshot.streams.map { name in
      var stream = snapshot.tallies[name].map(builder.report) ?? ReadReport.Stream(name: hide(name))
      stream.records = snapshot.records[name] ?? 0
      stream.isComplete = snapshot.isComplete[name]
      stream.traffic = snapshot.traffic[name] ?? Traffic()
      stream.findings = StreamFindings(stream).sentences
      return stream
    }
    let others = snapshot.traffic.filter { !snapshot.streams.includes($0.key) }
    report.otherTraffic = others.map { (name: hide($0.key), traffic: $0.value) }.sorted { $0.name < $1.name }
    return report
  }
}

/// Lets the reporter see requests.
private struct ReportedTransport: Transport {
  let inner: any Transport
  let reporter: RunReporter

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await reporter.exchange(request, over: inner)
  }
}

/// Lets the reporter see events.
private struct ReportedEvents: RunEvents {
  let inner: any RunEvents
  let reporter: RunReporter

  func rateLimited(stream: String) { inner.rateLimited(stream: stream) }
  func report(_ error: ConnectorError) { inner.report(error) }

  func note(_ event: RunEvent) {
    reporter.note(event)
    inner.note(event)
  }
}
