import AirbyteProtocol
import ConnectorModel
import Engine
import Essentials
import JSON
import Jinja
import Manifest
import Secrets
import Synchronization
import Traffic

/// Reads a connector and keeps what is needed to compare the read with another one.
package struct ConnectorObserver: Sendable {
  /// What answers the requests of a read.
  package enum API: Sendable {
    /// An API made up from a manifest, at a moment in microseconds since the epoch.
    case madeUp(ManifestSource, ConnectorInput, at: Int64)
    /// A recording.
    case recording(path: String)
    /// The network.
    case live(
      @Sendable (any Secrets) -> any Transport, now: @Sendable () -> Int64, sleep: @Sendable (Double) async throws -> Void)
  }

  private let source: ManifestSource
  private let input: ConnectorInput
  private let environment: [String: String]
  private let limit: Int?
  private let streams: StreamSelection
  private let isRead: Bool

  /// - Parameters:
  ///   - limit: how many records of each stream are read; nil for all.
  ///   - streams: which ones are read.
  ///   - isRead: whether records are read, beyond the specification and the catalog.
  package init(
    _ source: ManifestSource, _ input: ConnectorInput, environment: [String: String], limit: Int? = nil,
    streams: StreamSelection = StreamSelection(), isRead: Bool = true
  ) {
    self.source = source
    self.input = input
    self.environment = environment
    self.limit = limit
    self.streams = streams
    self.isRead = isRead
  }

  /// - Throws: what keeps the connector from being loaded.
  package func read(from api: API) async throws -> ObservedRead {
    let mask = SecretMask()
    switch api {
    case .madeUp(let manifest, let input, let start):
      let clock = SkippingClock { start }
      let late = LateTransport()
      let templates = TemplateRuntime(now: { start }, random: { 0.5 })
      let writer = MessageWriter(output: NoLines(), mask: mask, now: { start })
      let frozen = RuntimeEnvironment(
        now: { start }, sleep: { _ in }, random: { 0.5 }, transport: late, log: RunLog(writer: writer, isDebugging: false),
        secrets: mask, environment: environment)
      let made = try await ManifestMock.api(for: manifest, input, options: ManifestAPIOptions(), runtime: frozen)
      late.become(MockTransport(made, sleep: { try await clock.sleep($0) }))
      let surroundings = TrafficRun.Surroundings(
        now: { clock.now }, sleep: { try await clock.sleep($0) }, random: { 0.5 }, transport: late)
      return try await read(in: surroundings, mask, templates)
    case .recording(let path):
      let surroundings = TrafficRun.Surroundings(
        now: { Int64(Date().timeIntervalSince1970 * 1_000_000) }, sleep: { _ in }, random: { 0.5 }, transport: LateTransport())
      let run = try TrafficRun(.replay(path: path, .none), command: "read", in: surroundings, hiding: mask)
      return try await run.run { try await read(in: run.surroundings, mask, nil) }
    case .live(let transport, let now, let sleep):
      return try await read(
        in: .init(now: now, sleep: sleep, random: { Double.random(in: 0..<1) }, transport: transport(mask)), mask, nil)
    }
  }

  private func read(
    in surroundings: TrafficRun.Surroundings, _ mask: SecretMask, _ templates: TemplateRuntime?
  ) async throws -> ObservedRead {
    let messages = ObservedMessages()
    let requests = ObservedRequests(surroundings.transport)
    let writer = MessageWriter(output: messages, mask: mask, now: surroundings.now)
    var runtime = RuntimeEnvironment(
      now: surroundings.now, sleep: surroundings.sleep, random: surroundings.random, transport: requests,
      log: RunLog(writer: writer, isDebugging: false), secrets: mask, environment: environment, templates: templates)
    // Of a part of the records, both reads have to see the same one.
    runtime.readsInOrder = limit != nil
    var observed = ObservedRead()
    let connector = try await Connector.load(source, input, runtime: runtime)
    if connector.manifest.spec != nil { observed.spec = try connector.spec().message() }
    do {
      observed.catalog = try await connector.listedStreams(nil)
      guard isRead else { return observed }
      let catalog = try streams.applied(to: ManifestMock.catalog(of: observed.catalog), of: "the connector")
      observed.failsBeforeReading = false
      _ = try await connector.reading(catalog, states: [:]).readValidated(catalog, limit: limit, to: writer)
    } catch {
      if error is CancellationError { throw error }
      observed.failure = mask.masked(ConnectorError(wrapping: error).sentence)
    }
    observed.streams = messages.streams
    requests.add(to: &observed.streams, hiding: mask)
    return observed
  }
}

/// Output that nobody reads.
private struct NoLines: LineOutput {
  func write(_ bytes: UnsafeRawBufferPointer) {}
}

/// Counts the records that are written, and keeps what else is said of streams.
private final class ObservedMessages: LineOutput {
  private struct State {
    var streams: [String: ObservedRead.Stream] = [:]
    var tallies: [String: Tally] = [:]
  }

  private final class Tally: Sendable {
    let fields = Mutex(FieldTally())
  }

  private let state = Mutex(State())

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let message = try? JSONDocument(parsing: UnsafeRawBufferPointer(rebasing: line)).root else { continue }
      switch message["type"]?.string {
      case "RECORD"?: take(record: message)
      case "STATE"?:
        let stream = message["state"]?["stream"]
        change(stream?["stream_descriptor"]?["name"]?.string) { $0.state = stream?["stream_state"]?.value }
      case "TRACE"?:
        let trace = message["trace"]
        if let status = trace?["stream_status"] {
          guard status["status"]?.string == "COMPLETE" else { continue }
          change(status["stream_descriptor"]?["name"]?.string) { $0.isComplete = true }
        } else if let error = trace?["error"], let name = error["stream_descriptor"]?["name"]?.string {
          change(name) { $0.failure = $0.failure ?? error["message"]?.string }
        }
      default: break
      }
    }
  }

  private func take(record message: JSONView) {
    guard let record = message["record"], let name = record["stream"]?.string, let data = record["data"] else { return }
    var print = Fingerprint()
    print.add(data)
    let tally = state.withLock { state in
      state.streams[name, default: .init()].records += 1
      state.streams[name, default: .init()].prints[print.value, default: 0] += 1
      if let tally = state.tallies[name] { return tally }
      let tally = Tally()
      state.tallies[name] = tally
      return tally
    }
    tally.fields.withLock { $0.add(data, patches: []) }
  }

  private func change(_ name: String?, _ change: (inout ObservedRead.Stream) -> Void) {
    if let name { state.withLock { change(&$0.streams[name, default: .init()]) } }
  }

  var streams: [String: ObservedRead.Stream] {
    state.withLock { state in
      var streams = state.streams
      for (name, tally) in state.tallies { streams[name]?.fields = tally.fields.withLock { $0.fields } }
      return streams
    }
  }
}

/// Keeps what was requested for each stream, and the fields of what was answered.
private final class ObservedRequests: Transport {
  private final class Stream: Sendable {
    let fields = Mutex(FieldTally())
    let facts = Mutex(Facts())
  }

  private struct Facts {
    var requests: [String: Int] = [:]
    var statuses: [Int: Int] = [:]
    var pages: [Int] = []
    var values: [String: String] = [:]
    var varying: Set<String> = []
  }

  private let inner: any Transport
  private let streams = Mutex<[String: Stream]>([:])

  init(_ inner: any Transport) { self.inner = inner }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let response = try await inner.exchange(request)
    // Other requests, such as logins, are no stream's.
    guard let origin = request.origin, !origin.requester.stream.isEmpty else { return response }
    let stream = streams.withLock { streams in
      if let stream = streams[origin.requester.stream] { return stream }
      let stream = Stream()
      streams[origin.requester.stream] = stream
      return stream
    }
    let shape = RequestShape(request)
    let body = response.isSuccess ? response.json : nil
    stream.facts.withLock { facts in
      facts.requests[Self.text(shape), default: 0] += 1
      facts.statuses[response.status, default: 0] += 1
      if let body { facts.pages.append(Self.longestList(in: body)) }
      for field in shape.query {
        if let known = facts.values[field.name], known != field.value { facts.varying.insert(field.name) }
        facts.values[field.name] = field.value
      }
    }
    if let body { stream.fields.withLock { $0.add(body, patches: []) } }
    return response
  }

  /// The number of elements of the longest list at the body's root or one level below.
  private static func longestList(in body: JSONView) -> Int {
    if body.kind == .array { return body.count }
    var longest = 0
    body.forEachMember(bytes: { _, value in
      if value.kind == .array { longest = max(longest, value.count) }
      value.forEachMember(bytes: { _, inner in if inner.kind == .array { longest = max(longest, inner.count) } })
    })
    return longest
  }

  private static func text(_ shape: RequestShape) -> String {
    let query = shape.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let body =
      switch shape.body {
      case .none: ""
      case .unknown: " with a body"
      case .json(let value): " " + value.jsonText
      case .form(let fields): " " + fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
      case .bytes(let data): " with \(data.count) bytes"
      }
    return "\(shape.method) \(shape.place)\(query.isEmpty ? "" : "?\(query)")\(body)"
  }

  /// Puts what was kept beside what was read, without secrets.
  func add(to observed: inout [String: ObservedRead.Stream], hiding mask: SecretMask) {
    for (name, stream) in streams.withLock({ $0 }) {
      let facts = stream.facts.withLock { $0 }
      var entry = observed[name] ?? .init()
      entry.bodies = stream.fields.withLock { $0.fields }
      entry.requests = Dictionary(facts.requests.map { (mask.masked($0.key), $0.value) }, uniquingKeysWith: +)
      entry.statuses = facts.statuses
      entry.pages = facts.pages
      entry.varying = facts.varying
      entry.parameters = facts.values.mapValues(mask.masked)
      observed[name] = entry
    }
  }
}
