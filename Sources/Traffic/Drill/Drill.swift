import AirbyteProtocol
import ConnectorModel
import Engine
import Essentials
import JSON
import Jinja
import Manifest
import Secrets
import Synchronization

/// Reads a manifest's streams again and again, each time against an API that breaks in another way, and compares the records with
/// those of the API that does not break.
package struct Drill: Sendable {
  private let source: ManifestSource
  private let input: ConnectorInput
  private let options: ManifestAPIOptions
  private let start: Int64
  private let environment: [String: String]

  /// - Parameters:
  ///   - options: how much the API has.
  ///   - start: the moment at which all reads begin, in microseconds since the epoch.
  package init(
    _ source: ManifestSource, _ input: ConnectorInput, options: ManifestAPIOptions, start: Int64, environment: [String: String]
  ) {
    self.source = source
    self.input = input
    self.options = options
    self.start = start
    self.environment = environment
  }

  /// What goes wrong in a read: in a short one every answer is hit.
  private struct Damage: Sendable {
    let seed: Int
    let fault: Fault
    let share: Int
  }

  /// What a read gave.
  private struct Outcome: Sendable {
    /// Each stream's records, and how often each came.
    var records: [String: [String: Int]] = [:]
    var streams: [String] = []
    var complete: Set<String> = []
    var requests = 0
    var waited = 0.0
    var faults = 0
    /// Whether the read was ended because it asked for more and more.
    var isEndless = false
    /// What ended it as a whole.
    var failure: String?

    var count: Int { records.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
  }

  /// - Parameters:
  ///   - seeds: the seeds of the faults.
  ///   - faults: the kinds of them.
  ///   - progress: is told of each read that is done.
  /// - Throws: what keeps the manifest from being read without faults.
  package func run(
    seeds: [Int], faults: [Fault], progress: (DrillReport.Run) -> Void = { _ in }
  ) async throws -> DrillReport {
    let baseline = try await read(mostRequests: .max, nil)
    if let failure = baseline.failure {
      throw ConnectorError(.system, "Without any fault the manifest cannot be read: \(failure)")
    }
    let unread = baseline.streams.filter { !baseline.complete.contains($0) }
    guard unread.count < max(baseline.streams.count, 1) else {
      throw ConnectorError(
        .system, "Without any fault none of the manifest's streams can be read from the mock: try `read --mock`")
    }
    let damages = seeds.flatMap { seed in
      faults.map { Damage(seed: seed, fault: $0, share: baseline.requests < 20 ? 100 : 30) }
    }
    return DrillReport(
      streams: baseline.streams.count, records: baseline.count, runs: try await runs(damages, against: baseline, progress))
  }

  /// Reads with each damage. Nothing of one read is seen by another, so there is one for each core at a time.
  private func runs(
    _ damages: [Damage], against baseline: Outcome, _ progress: (DrillReport.Run) -> Void
  ) async throws -> [DrillReport.Run] {
    try await withThrowingTaskGroup(of: (place: Int, run: DrillReport.Run).self) { group in
      var done = [DrillReport.Run?](repeating: nil, count: damages.count)
      var (begun, shown) = (0, 0)
      func begin() {
        guard begun < damages.count else { return }
        let place = begun
        begun += 1
        group.addTask { (place, try await run(damages[place], against: baseline)) }
      }
      for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { begin() }
      while let (place, run) = try await group.next() {
        done[place] = run
        begin()
        while shown < done.count, let run = done[shown] {
          progress(run)
          shown += 1
        }
      }
      return done.compactMap(\.self)
    }
  }

  private func run(_ damage: Damage, against baseline: Outcome) async throws -> DrillReport.Run {
    let outcome = try await read(mostRequests: baseline.requests * 20 + 1_000, damage)
    return DrillReport.Run(
      seed: damage.seed, fault: damage.fault, faults: outcome.faults, requests: outcome.requests, waited: outcome.waited,
      records: outcome.count, incomplete: outcome.streams.filter { !outcome.complete.contains($0) }.sorted(),
      violations: Self.violations(outcome, damage.fault, baseline))
  }

  // MARK: Comparing

  private static func violations(_ outcome: Outcome, _ fault: Fault, _ baseline: Outcome) -> [String] {
    var violations: [String] = []
    if outcome.isEndless {
      violations.append("The read does not end: it made \(outcome.requests) requests, without faults \(baseline.requests)")
    }
    for stream in baseline.streams where baseline.complete.contains(stream) {
      let (wanted, given) = (baseline.records[stream] ?? [:], outcome.records[stream] ?? [:])
      // What was not read completely has to say so, and may lack records.
      if outcome.complete.contains(stream) {
        let lost = wanted.keys.filter { given[$0] == nil }
        if !lost.isEmpty {
          violations.append(
            "Stream \(stream) is complete, but \(lost.count) of its \(wanted.count) records are lost, such as \(shown(lost))")
        }
      }
      guard !fault.bringsDuplicates else { continue }
      let doubled = given.filter { record, count in wanted[record].map { count > $0 } ?? false }.map(\.key)
      if !doubled.isEmpty {
        violations.append(
          "\(doubled.count) records of stream \(stream) came more often than the API has them, such as \(shown(doubled))")
      }
    }
    return violations
  }

  private static func shown(_ records: [String]) -> String { String((records.min() ?? "").prefix(120)) }

  // MARK: Reading

  private func read(mostRequests: Int, _ damage: Damage?) async throws -> Outcome {
    let clock = SkippingClock { [start] in start }
    let mask = SecretMask()
    let collected = CollectedMessages()
    let writer = MessageWriter(output: collected, mask: mask, now: { clock.now })
    let late = LateTransport()
    let counting = CountingTransport(late, most: mostRequests)
    let runtime = RuntimeEnvironment(
      now: { clock.now }, sleep: { try await clock.sleep($0) }, random: { 0.5 }, transport: counting,
      log: RunLog(writer: writer, isDebugging: false), secrets: mask, environment: environment,
      // Templates see the same moment in all reads, so that they ask for the same.
      templates: TemplateRuntime(now: { [start] in start }, random: { 0.5 }))
    let frozen = RuntimeEnvironment(
      now: { [start] in start }, sleep: { _ in }, random: { 0.5 }, transport: late,
      log: RunLog(writer: writer, isDebugging: false),
      secrets: mask, environment: environment)
    let api = try await ManifestMock.api(for: source, input, options: options, runtime: frozen)
    let faulty = damage.map { FaultyAPI(api, seed: $0.seed, kinds: [$0.fault], share: $0.share) }
    late.become(MockTransport(faulty ?? api as any MockAPI, sleep: { try await clock.sleep($0) }))
    var outcome = Outcome()
    do {
      let connector = try await Connector.load(source, input, runtime: runtime)
      let catalog = ManifestMock.catalog(of: try await connector.listedStreams(nil))
      outcome.streams = catalog.map(\.descriptor.name)
      _ = try await connector.readValidated(catalog, to: writer)
    } catch {
      outcome.failure = ConnectorError(wrapping: error).sentence
    }
    collected.count(into: &outcome.records, complete: &outcome.complete)
    (outcome.requests, outcome.waited, outcome.faults) = (counting.count, clock.waited, faulty?.faults ?? 0)
    outcome.isEndless = counting.count > mostRequests
    return outcome
  }
}

/// Counts requests, and sends no more than a number of them.
private final class CountingTransport: Transport {
  private let inner: any Transport
  private let most: Int
  private let sent = Atomic<Int>(0)

  init(_ inner: any Transport, most: Int) {
    self.inner = inner
    self.most = most
  }

  var count: Int { sent.load(ordering: .relaxed) }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    guard sent.add(1, ordering: .relaxed).newValue <= most else {
      throw TransportError(.unsupported, "The drill has ended this read, which made \(most) requests")
    }
    return try await inner.exchange(request)
  }
}

/// Keeps the messages of a read.
private final class CollectedMessages: LineOutput {
  private let bytes = Mutex<[UInt8]>([])

  func write(_ lines: UnsafeRawBufferPointer) throws { bytes.withLock { $0.append(contentsOf: lines) } }

  /// Counts the records of each stream, and which streams were complete.
  func count(into records: inout [String: [String: Int]], complete: inout Set<String>) {
    for line in bytes.withLock({ $0 }).split(separator: UInt8(ascii: "\n")) {
      guard let message = try? JSONValue(parsing: Array(line)) else { continue }
      switch message["type"]?.string {
      case "RECORD"?:
        let name = message["record"]?["stream"]?.string ?? ""
        records[name, default: [:]][(message["record"]?["data"] ?? .null).jsonText, default: 0] += 1
      case "TRACE"?:
        guard let status = message["trace"]?["stream_status"], status["status"] == "COMPLETE" else { continue }
        complete.insert(status["stream_descriptor"]?["name"]?.string ?? "")
      default: break
      }
    }
  }
}
