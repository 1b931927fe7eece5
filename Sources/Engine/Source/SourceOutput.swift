import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Secrets
import Synchronization

/// Where a source writes what it reads: records and states of streams, in order, without secrets.
///
/// ```swift
/// let stream = try output.begin(configured)
/// for row in rows { try await stream.record(row) }
/// try await stream.state(["id": .int(last)])
/// try await stream.end()
/// ```
public final class SourceOutput: Sendable {
  private struct Results: Sendable {
    var open: [StreamDescriptor: StreamOutput] = [:]
    var order: [StreamDescriptor] = []
    var ended: Set<StreamDescriptor> = []
    var outcome = ReadOutcome()
  }

  package let writer: MessageWriter
  /// The surroundings of the read: its log, its clock, its way to the network.
  public let runtime: RuntimeEnvironment
  private let request: ReadRequest
  private let results = Mutex(Results())
  /// Who is told of a changed config; nil if a message is all.
  private let updates = Mutex<(any ConfigUpdating)?>(nil)

  package init(_ request: ReadRequest, writer: MessageWriter, runtime: RuntimeEnvironment) {
    self.request = request
    self.writer = writer
    self.runtime = runtime
  }

  /// An output that writes nothing, for trying a source.
  package static func silent(_ request: ReadRequest) -> SourceOutput {
    let mask = SecretMask()
    let writer = MessageWriter(output: NoLines(), mask: mask, now: { 0 })
    return SourceOutput(
      request, writer: writer,
      runtime: RuntimeEnvironment(
        now: { 0 }, sleep: { _ in }, random: { 0 }, transport: NoNetwork(), log: RunLog(writer: writer, isDebugging: false),
        secrets: mask))
  }

  private struct NoLines: LineOutput {
    func write(_ bytes: UnsafeRawBufferPointer) throws {}
  }

  private struct NoNetwork: Transport {
    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      throw TransportError(.connectFailed, "there is no network for an output")
    }
  }

  /// Says that a stream is read from here on. Once for each stream.
  /// - Parameter schema: the schema of its records; nil for that of the catalog.
  /// - Throws: an error that ends the read, where nothing can be written any more.
  public func begin(_ stream: ConfiguredStream, schema: JSONObject? = nil) throws -> StreamOutput {
    let output = StreamOutput(stream, limit: request.limit, keepsStates: request.window == nil, in: self)
    results.withLock { results in
      results.open[stream.descriptor] = output
      results.order.append(stream.descriptor)
    }
    try writer.status(stream.descriptor, .started)
    runtime.events.note(.streamStarted(stream.descriptor.name))
    do { try writer.begin(stream.descriptor, schema: schema ?? stream.jsonSchema) } catch let error as ConnectorError {
      writer.error(error, stream: stream.descriptor)
      try output.close(isComplete: false)
    }
    return output
  }

  /// Writes what the source keeps for all of its streams together, behind everything that was given before.
  /// - Parameters:
  ///   - shared: what a later read gets as ``SourceState/shared``.
  ///   - streams: the states of single streams that go with it.
  /// - Throws: an error that ends the read, where nothing can be written any more.
  public func state(shared: JSONObject?, streams: [StreamDescriptor: JSONObject] = [:]) async throws {
    let open = results.withLock { results in results.order.compactMap { results.open[$0] } }
    for stream in open { try stream.flush() }
    // What is beyond a limit was not written, and a later read must not begin behind it.
    guard request.window == nil, !hasReachedLimit else { return }
    try writer.state(shared: shared, streams: streams)
    try await writer.drain()
  }

  /// Writes what was given and is not written yet, and waits until it is taken.
  package func flush() async throws {
    let open = results.withLock { results in results.order.compactMap { results.open[$0] } }
    for stream in open { try stream.flush() }
    try await writer.drain()
  }

  /// Says that the config changed: this is the whole of it, to be kept for the next run. It becomes a CONTROL message, and with
  /// `--update-config` the content of the config's file.
  /// - Throws: an error that ends the read, where nothing can be written any more.
  public func control(config: JSONObject) async throws {
    guard let updates = updates.withLock({ $0 }) else { return try writer.control(config: config) }
    await updates.configChanged(config)
  }

  /// Tells `updates` of a changed config, which also writes the message.
  package func reportConfig(to updates: (any ConfigUpdating)?) { self.updates.withLock { $0 = updates } }

  /// Reports that a stream cannot be read, before it began.
  public func failed(_ stream: ConfiguredStream, _ error: ConnectorError) throws {
    writer.error(error, stream: stream.descriptor)
    try writer.status(stream.descriptor, .incomplete)
    skipped(stream.descriptor.name)
    results.withLock { results in
      results.ended.insert(stream.descriptor)
      results.outcome.isComplete = false
      results.outcome.failedStreams.append(writer.named(stream.descriptor).name)
    }
  }

  /// Notes that the read failed, and that its error was written already.
  package func failed() {
    results.withLock { results in
      results.outcome.isComplete = false
      results.outcome.isReported = true
    }
  }

  /// Whether a stream began.
  package func hasBegun(_ stream: StreamDescriptor) -> Bool {
    results.withLock { $0.open[stream] != nil || $0.ended.contains(stream) }
  }

  /// Reports that the source does not have a stream.
  /// - Parameter known: the names of those that it has.
  public func unknown(_ stream: ConfiguredStream, among known: [String]) throws {
    let name = stream.descriptor.name
    let nearest = NameSuggestion.nearest(to: name, among: known)
    runtime.log.log(
      .warn,
      "The catalog asks for the stream `\(name)`, which the source does not have."
        + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
    try writer.status(stream.descriptor, .incomplete)
    skipped(name)
    results.withLock { results in
      results.ended.insert(stream.descriptor)
      results.outcome.unknownStreams.append(name)
    }
  }

  /// Whether no stream takes further records, since each that began has as many as were asked for, and all of them began.
  public var isSatisfied: Bool {
    guard request.limit != nil else { return false }
    return results.withLock { results in
      results.ended.count + results.open.count >= request.streams.count && results.open.values.allSatisfy { !$0.wantsMore }
    }
  }

  private var hasReachedLimit: Bool {
    request.limit != nil && results.withLock { $0.outcome.isLimited || $0.open.values.contains { !$0.wantsMore } }
  }

  private func skipped(_ name: String) {
    runtime.events.note(.streamStarted(name))
    runtime.events.note(.streamEnded(name, isComplete: false))
  }

  func ended(_ stream: StreamDescriptor, isComplete: Bool, isLimited: Bool) {
    results.withLock { results in
      results.open[stream] = nil
      results.ended.insert(stream)
      if isLimited { results.outcome.isLimited = true }
      guard !isComplete else { return }
      results.outcome.isComplete = false
      results.outcome.failedStreams.append(writer.named(stream).name)
    }
  }

  /// Runs the read of a source that writes by itself, with all statuses.
  package func leave(to read: () async throws -> ReadOutcome) async throws {
    results.withLock { $0.ended.formUnion(request.streams.map(\.descriptor)) }
    let outcome = try await read()
    results.withLock { results in results.outcome.add(outcome) }
  }

  // MARK: The end

  /// Ends what the source left open.
  /// - Parameter error: what ended the read; nil if it came to its end.
  /// - Returns: how the read ended.
  /// - Throws: `error`, once the streams that began have their statuses.
  package func finish(after error: (any Error)?) throws -> ReadOutcome {
    if let error, error is OutputClosed || error is CancellationError { throw error }
    let silent = try close()
    // A read that fails before its first stream says nothing about streams.
    if error == nil || results.withLock({ !$0.ended.isEmpty }) { try skip(silent) }
    if let error { throw error }
    for stream in silent {
      runtime.log.log(
        .warn, "The source ended without a word about the stream `\(stream.descriptor.name)`, which it was asked for.")
    }
    return outcome
  }

  /// Ends the read of one of several sources, whose failure does not stop the others.
  /// - Parameter name: what the source is called.
  /// - Throws: `error`, where nothing can be written any more.
  package func finish(reporting error: any Error, as name: String) throws -> ReadOutcome {
    if error is OutputClosed || error is CancellationError { throw error }
    let silent = try close()
    try skip(silent)
    var failure = ConnectorError(wrapping: error)
    failure.message = "\(name): \(failure.message)"
    writer.error(failure)
    return outcome
  }

  private var outcome: ReadOutcome {
    results.withLock { results in
      results.outcome.failedStreams.sort()
      return results.outcome
    }
  }

  /// Ends the streams that are open.
  /// - Returns: those that never began.
  private func close() throws -> [ConfiguredStream] {
    let open = results.withLock { results in results.order.compactMap { results.open[$0] } }
    for stream in open { try stream.close(isComplete: false) }
    return results.withLock { results in request.streams.filter { !results.ended.contains($0.descriptor) } }
  }

  private func skip(_ streams: [ConfiguredStream]) throws {
    for stream in streams {
      try writer.status(stream.descriptor, .incomplete)
      skipped(stream.descriptor.name)
    }
    results.withLock { results in
      guard !streams.isEmpty else { return }
      results.outcome.isComplete = false
      results.outcome.failedStreams += streams.map { writer.named($0.descriptor).name }
    }
  }
}

extension Source {
  /// Reads, and ends what the source leaves open.
  /// - Throws: ``ConnectorError`` if nothing can be read at all, ``OutputClosed``, `CancellationError`.
  package func run(_ request: ReadRequest, writer: MessageWriter, runtime: RuntimeEnvironment) async throws -> ReadOutcome {
    let output = SourceOutput(request, writer: writer, runtime: runtime)
    let failure: (any Error)?
    do {
      try await read(request, to: output)
      failure = nil
    } catch {
      failure = error
    }
    let outcome = try output.finish(after: failure)
    runtime.reportWhatIsMissing()
    if !outcome.isComplete, !outcome.isReported {
      writer.error(ReadOutcome.summary(of: outcome.failedStreams), isNews: false)
    }
    return outcome
  }

  /// Tries the connection and writes the CONNECTION_STATUS message.
  package func check(to writer: MessageWriter) async throws {
    let status = try await check()
    try writer.connectionStatus(succeeded: status.isSuccess, message: status.message)
  }
}
