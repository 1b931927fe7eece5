import AirbyteProtocol
import Bytes
import Components
import ConnectorModel
import Essentials
import JSON
import Manifest
import Secrets
import Synchronization

/// Where lines go.
package protocol LineOutput: Sendable {
  /// Writes whole lines; blocks while the reader is behind.
  /// - Throws: ``OutputClosed`` if nothing can be written any more.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Nothing can be written any more: the reader is gone, or the disk is full.
package struct OutputClosed: Error, CustomStringConvertible {
  /// The system's error number.
  package let code: Int32
  /// The path of the file; nil for standard output.
  package let file: String?

  package init(code: Int32, file: String? = nil) {
    self.code = code
    self.file = file
  }

  package var description: String {
    switch code {
    case _ where file != nil: "The file \(file ?? "") cannot be written: \(String(cString: strerror(code)))"
    case EPIPE: "standard output was closed by its reader; nothing more can be written"
    case EBADF: "standard output is closed"
    default: "standard output cannot be written: \(String(cString: strerror(code)))"
    }
  }
}

/// A file descriptor as output.
package struct DescriptorOutput: LineOutput {
  private let descriptor: Int32

  package init(descriptor: Int32) { self.descriptor = descriptor }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    do { try Descriptor.write(bytes, to: descriptor) } catch { throw OutputClosed(code: error.code ?? EIO) }
  }
}

/// Where messages go as values, instead of as lines.
package protocol MessageSink: Sendable {
  /// Takes a message, behind those that it took before.
  /// - Throws: `CancellationError` if nobody wants messages any more.
  func put(_ message: Message) throws
  /// Takes records of a stream, behind what it took before.
  /// - Parameter time: the moment of emission, in milliseconds since the epoch.
  /// - Throws: `CancellationError` if nobody wants messages any more.
  func put(_ records: [Record], of stream: StreamDescriptor, emittedAt time: Int) throws
  /// Waits until what was put is taken.
  /// - Throws: `CancellationError` if nobody wants messages any more.
  func drain() async throws
}

/// The one place where messages are written: in order, without secrets, counting each stream's records for its states.
package final class MessageWriter: Sendable {
  private struct State {
    /// Records since the stream's last STATE.
    var counts: [StreamDescriptor: Int] = [:]
    var running: Set<StreamDescriptor> = []
    var closed: OutputClosed?
    /// The states of all streams, where they are written together; nil where each is written by itself.
    var joined: JoinedStates?
  }

  /// What all parts of a writer have in common.
  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  private enum Output {
    case lines(any LineOutput)
    case values(any MessageSink)
  }

  private let output: Output
  /// Where records go instead of the output.
  private let recordOutput: (any RecordOutput)?
  private let mask: SecretMask
  private let now: @Sendable () -> Int64
  private let shared: Shared
  /// Which of several sources writes here, outermost first; empty if there is one.
  private let parts: [SourcePart]
  /// Who is notified of what is written, apart from records.
  package let watcher: (any RunWatcher)?

  /// - Parameter records: where records go instead of `output`, without messages around them.
  package init(
    output: any LineOutput, records: (any RecordOutput)? = nil, mask: SecretMask, now: @escaping @Sendable () -> Int64,
    watcher: (any RunWatcher)? = nil
  ) {
    self.output = .lines(output)
    shared = Shared()
    parts = []
    recordOutput = records
    self.mask = mask
    self.now = now
    self.watcher = watcher
  }

  /// A writer of messages that stay values.
  package init(sink: any MessageSink, mask: SecretMask, now: @escaping @Sendable () -> Int64) {
    output = .values(sink)
    shared = Shared()
    parts = []
    recordOutput = nil
    self.mask = mask
    self.now = now
    watcher = nil
  }

  /// A writer to the same output, for one of several sources.
  private init(_ whole: MessageWriter, _ part: SourcePart) {
    output = whole.output
    shared = whole.shared
    recordOutput = whole.recordOutput
    mask = whole.mask
    now = whole.now
    watcher = whole.watcher
    parts = whole.parts + [part]
  }

  /// The writer of one of several sources, whose streams have other names here.
  package func part(_ part: SourcePart) -> MessageWriter { MessageWriter(self, part) }

  /// Writes all states together from here on, in GLOBAL messages, because something is shared by streams.
  /// - Parameter earlier: what the read continues from.
  package func joinStates(_ earlier: SourceState) {
    // What is part of another source has its states joined there.
    if parts.isEmpty { shared.state.withLock { $0.joined = JoinedStates(earlier) } }
  }

  /// A stream as messages name it.
  func named(_ stream: StreamDescriptor) -> StreamDescriptor { parts.reversed().reduce(stream) { $1.outer($0) } }

  /// Whether records are given to the writer as values, and not as lines.
  var takesValues: Bool {
    if case .values = output { true } else { false }
  }

  /// Whether records are written without messages around them.
  var takesData: Bool { recordOutput != nil }

  /// Waits where messages are taken one by one and the last ones are not taken yet. Lines hold their writer back by themselves.
  package func drain() async throws {
    if case .values(let sink) = output { try await sink.drain() }
  }

  /// Whether the reader of the output is gone.
  package var isClosed: Bool { shared.state.withLock { $0.closed != nil } }

  package func spec(_ spec: JSONObject) throws { try write(.spec(spec)) }

  package func catalog(_ streams: [AirbyteStream]) throws {
    try write(.catalog(streams))
    watcher?.listed(streams: streams.count)
  }

  package func connectionStatus(succeeded: Bool, message: String? = nil) throws {
    let text = message.map(mask.masked)
    try write(.connectionStatus(succeeded: succeeded, message: text))
    watcher?.checked(succeeded: succeeded, text)
  }

  /// - Parameter data: values that belong to the message, for machines.
  package func log(_ level: LogLevel, _ message: String, data: JSONObject? = nil) {
    let text = mask.masked(message)
    try? write(.log(level, text, data: data?.mapValues(masked)))
    watcher?.logged(level, text)
  }

  package func status(_ stream: StreamDescriptor, _ status: StreamStatus, rateLimited: Bool = false) throws {
    try write(.status(named(stream), status, rateLimited: rateLimited, emittedAt: milliseconds))
  }

  package func control(config: JSONObject) throws { try write(.control(config: config, emittedAt: milliseconds)) }

  /// - Parameter isNews: whether the observer is notified; false if that happens before or later.
  package func error(_ error: ConnectorError, stream: StreamDescriptor? = nil, isNews: Bool = true) {
    let place = error.mark.map { " (\($0))" } ?? ""
    var detail = error.internalMessage ?? error.sentence
    if !error.path.isEmpty { detail += " (\(error.path))" }
    let message = mask.masked(error.sentence + place)
    try? write(
      .error(
        ErrorTrace(
          message: message, internalMessage: mask.masked(detail + place),
          stackTrace: error.diagnostic.stackTrace.map(mask.masked), failureType: error.failureType, stream: stream.map(named)),
        emittedAt: milliseconds))
    if isNews { watcher?.failed(message, stream: stream.map { named($0).name }) }
  }

  /// Writes lines of records that are encoded already; the stream's first ones are announced by its RUNNING status.
  package func records(_ lines: borrowing JSONWriter, count: Int, of stream: StreamDescriptor) throws {
    guard count > 0 else { return }
    let stream = named(stream)
    try shared.state.withLock { state in
      try announce(stream, &state)
      state.counts[stream, default: 0] += count
      try lines.buffer.withUnsafeBytes { bytes in
        if let recordOutput { try recordOutput.put(bytes, of: stream) } else { try put(bytes, &state) }
      }
    }
  }

  /// Announces a stream where records are written without messages around them.
  func begin(_ stream: StreamDescriptor, schema: JSONObject) throws {
    guard let recordOutput else { return }
    let stream = named(stream)
    try shared.state.withLock { _ in try recordOutput.begin(stream, schema: schema) }
  }

  /// Says there that a stream is over.
  func end(_ stream: StreamDescriptor, isComplete: Bool) throws {
    guard let recordOutput else { return }
    let stream = named(stream)
    try shared.state.withLock { _ in try recordOutput.end(stream, isComplete: isComplete) }
  }

  /// Passes on records as values, where the writer takes them; see ``takesValues``.
  func records(_ records: [Record], emittedAt time: Int, of stream: StreamDescriptor) throws {
    guard !records.isEmpty, case .values(let sink) = output else { return }
    let stream = named(stream)
    try shared.state.withLock { state in
      try announce(stream, &state)
      state.counts[stream, default: 0] += records.count
      try sink.put(records, of: stream, emittedAt: time)
    }
  }

  private func announce(_ stream: StreamDescriptor, _ state: inout State) throws {
    if state.running.insert(stream).inserted {
      try put(.status(stream, .running, rateLimited: false, emittedAt: milliseconds), &state)
    }
  }

  /// Writes the stream's state. `value` is asked for in the moment of writing, so that states leave in the order they came about.
  package func state(of stream: StreamDescriptor, _ value: () throws -> JSONObject?) throws {
    let stream = named(stream)
    let written = try shared.state.withLock { state in
      guard let value = try value() else { return JSONObject?.none }
      state.joined?.whole.streams[stream] = value
      if let joined = state.joined {
        try put(joined, &state)
      } else {
        let count = state.counts.updateValue(0, forKey: stream) ?? 0
        try put(.state(stream, value, recordCount: count), &state)
      }
      try recordOutput?.keep(value, of: stream)
      return value
    }
    if let written { watcher?.keptState(of: stream.name, isOfCursor: written[FinalStateCursor.stateKey] == nil) }
  }

  /// Writes what a source keeps for all of its streams together, with the states of its streams that are not written yet.
  package func state(shared value: JSONObject?, streams: [StreamDescriptor: JSONObject] = [:]) throws {
    try shared.state.withLock { state in
      var joined = state.joined ?? JoinedStates(SourceState())
      joined.set(value, of: parts)
      for (stream, value) in streams { joined.whole.streams[named(stream)] = value }
      state.joined = joined
      try put(joined, &state)
      for (stream, value) in streams { try recordOutput?.keep(value, of: named(stream)) }
      try recordOutput?.keep(shared: joined.whole.shared)
    }
    watcher?.keptState(of: streams.keys.first?.name ?? "", isOfCursor: true)
  }

  private func put(_ joined: JoinedStates, _ state: inout State) throws {
    let count = state.counts.values.reduce(0, +)
    state.counts.removeAll(keepingCapacity: true)
    try put(.globalState(joined.whole, recordCount: count), &state)
  }

  private func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(mask.masked(text))
    case .array(let elements): .array(elements.map(masked))
    // The names of headers and parameters may be made of secrets too.
    case .object(let members): .object(JSONObject(members.map { (mask.masked($0), masked($1)) }, uniquingKeysWith: { $1 }))
    default: value
    }
  }

  private var milliseconds: Double { Double(now()) / 1_000 }

  private func write(_ message: Message) throws { try shared.state.withLock { try put(message, &$0) } }

  private func put(_ message: Message, _ state: inout State) throws {
    if case .values(let sink) = output { return try sink.put(message) }
    var line = JSONWriter()
    line.write(message.json)
    line.write(raw: UInt8(ascii: "\n"))
    try line.buffer.withUnsafeBytes { try put($0, &state) }
  }

  private func put(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws {
    if let closed = state.closed { throw closed }
    guard case .lines(let output) = output else { return }
    do { try output.write(bytes) } catch {
      state.closed = error as? OutputClosed ?? OutputClosed(code: EIO)
      throw error
    }
  }
}
