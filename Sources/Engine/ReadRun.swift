import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Manifest

/// What all streams of one read share.
struct ReadRun: Sendable {
  let writer: MessageWriter
  let limiter: PartitionLimiter
  let runtime: RuntimeEnvironment
  /// How many slices may be read at a time.
  let concurrency: Int
  /// How many records of each stream are wanted; nil for all.
  let recordsOfStream: Int?
  /// Whether a later read may continue from this one.
  let keepsStates: Bool
  /// Who looks at the records; nil if nobody does.
  let inspector: (any ReadInspector)?
}

/// How a read ended.
package struct ReadOutcome: Sendable, Equatable {
  /// Whether every stream that the manifest has was read completely.
  package var isComplete = true
  /// The streams that the catalog asks for and the manifest lacks.
  package var unknownStreams: [String] = []
  /// The streams that were not read completely, in order.
  package var failedStreams: [String] = []
  /// Who has to act on what went wrong.
  package var failureTypes: Set<FailureType> = []
  /// Whether a stream ended because as many records as were asked for were read.
  var isLimited = false
  /// Whether the error that names the streams was written.
  var isReported = false

  package init() {}

  /// Takes in how a further source was read.
  package mutating func add(_ other: ReadOutcome) {
    isComplete = isComplete && other.isComplete
    unknownStreams += other.unknownStreams
    failedStreams += other.failedStreams
    failureTypes.formUnion(other.failureTypes)
    isLimited = isLimited || other.isLimited
    isReported = isReported || other.isReported
  }

  /// The error that names the streams that were not read completely, whose own errors were written before.
  static func summary(of failed: [String]) -> ConnectorError {
    let names = failed.sorted().map { "`\($0)`" }.joined(separator: ", ")
    return ConnectorError(
      .config,
      "\(failed.count == 1 ? "A stream was" : "\(failed.count) streams were") not read completely: \(names). "
        + "The error of each was reported before", internalMessage: "Some streams failed")
  }
}

extension Connector {
  /// Reads the streams of `catalog` and writes their messages.
  ///
  /// A stream that fails does not stop the others.
  /// - Parameters:
  ///   - limit: how many records of each stream are wanted; nil for all.
  ///   - inspector: looks at the records.
  ///   - cursor: makes the cursor that a stream is read by, where it is not its own.
  /// - Throws: ``ConnectorError`` if nothing can be read at all, ``OutputClosed``, `CancellationError`.
  package func read(
    _ catalog: [ConfiguredStream], limit: Int? = nil, to writer: MessageWriter, inspector: (any ReadInspector)? = nil,
    replacing cursor: @Sendable (DeclarativeStream) throws -> (any Cursor)? = { _ in nil }
  ) async throws -> ReadOutcome {
    let runtime = scope.runtime
    let available = try await streamsOrErrors()
    let byName = ByName(available.map { ($0.name, $0.stream) }, uniquingKeysWith: { $1 })
    let concurrency = try self.concurrency()
    let run = ReadRun(
      writer: writer, limiter: PartitionLimiter(permits: concurrency), runtime: runtime,
      concurrency: concurrency, recordsOfStream: limit, keepsStates: window == nil, inspector: inspector)
    func skipped(_ name: String) {
      runtime.events.note(.streamStarted(name))
      runtime.events.note(.streamEnded(name, isComplete: false))
    }
    // As in the reference, if the manifest has none of the streams, nothing is said about them.
    let isAnyKnown = catalog.contains { byName[$0.descriptor.name] != nil }
    var outcome = ReadOutcome()
    var failed: [String] = []
    var readers: [StreamReader] = []
    for entry in catalog {
      let name = entry.descriptor.name
      switch byName[name] {
      case .success(let stream)?:
        // As in the reference, a schema that cannot be loaded ends the whole read.
        let stream = try cursor(stream).map(stream.following) ?? stream
        readers.append(StreamReader(stream, schema: try await stream.schema(), state: states[name], in: run))
      case .failure(let error)?:
        failed.append(name)
        outcome.failureTypes.insert(error.failureType)
        writer.error(error, stream: entry.descriptor)
        try writer.status(entry.descriptor, .incomplete)
        skipped(name)
      case nil:
        outcome.unknownStreams.append(name)
        let nearest = NameSuggestion.nearest(to: name, among: available.map(\.name))
        runtime.log.log(
          .warn,
          "The catalog asks for the stream `\(name)`, which the manifest does not have."
            + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
        if isAnyKnown { try writer.status(entry.descriptor, .incomplete) }
        skipped(name)
      }
    }
    warn(ofStatesWithoutUse: available.map(\.name), catalog)
    // All of them from the start: one that is slow would have every place before the others begin.
    for reader in readers { run.limiter.begin(reader.stream.name) }
    failed += try await Self.read(readers, schedule: schedule(of: readers), atATime: concurrency)
    for reader in readers { outcome.failureTypes.formUnion(reader.failureTypes) }
    runtime.reportWhatIsMissing()
    guard failed.isEmpty else {
      writer.error(ReadOutcome.summary(of: failed), isNews: false)
      outcome.isComplete = false
      outcome.failedStreams = failed.sorted()
      return outcome
    }
    return outcome
  }

  /// Warns about states that no stream uses, and about streams that start again beside others that continue: names are easily
  /// misspelt, and a state of one stream is easily mistaken for that of all.
  private func warn(ofStatesWithoutUse names: [String], _ catalog: [ConfiguredStream]) {
    for name in states.keys.sorted() where !names.includes(name) {
      let nearest = NameSuggestion.nearest(to: name, among: names)
      scope.runtime.log.log(
        .warn,
        "The state has an entry for the stream `\(name)`, which the manifest does not have: it is ignored."
          + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
    }
    guard !states.isEmpty else { return }
    for entry in catalog
    where entry.syncMode == .incremental && states[entry.descriptor.name] == nil && names.includes(entry.descriptor.name) {
      scope.runtime.log.log(
        .info, "Stream \(entry.descriptor.name): the state does not contain it, so it is read from its beginning.")
    }
  }

  /// Which streams may be read at the same time.
  private func schedule(of readers: [StreamReader]) throws -> StreamSchedule {
    let groups = try streamGroups()
    let streams = ByName(readers.map { ($0.stream.name, $0.stream) }, uniquingKeysWith: { $1 })
    /// Parents count as far as they are read themselves.
    func parents(of name: String, _ depth: Int) -> NameSet {
      guard let stream = streams[name], depth < StreamGroups.longestLineage else { return [] }
      return stream.parentStreams.reduce(into: []) { names, parent in
        names.insert(parent.name)
        names.formUnion(parents(of: parent.name, depth + 1))
      }
    }
    return StreamSchedule(
      readers.map { reader in
        let name = reader.stream.name
        return StreamSchedule.Entry(name: name, group: groups[name], parents: parents(of: name, 0))
      })
  }

  private enum ReadEvent: Sendable {
    /// All slices of a stream are known.
    case listed(Int)
    case finished(Int, isComplete: Bool)
    /// Nothing more can be read or written.
    case stopped(any Error)
  }

  /// Reads some streams at a time, in the schedule's order, and returns the names of those that failed.
  private static func read(
    _ readers: [StreamReader], schedule: StreamSchedule, atATime limit: Int
  ) async throws -> [String] {
    let (events, sender) = AsyncStream.makeStream(of: ReadEvent.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      var schedule = schedule
      var running = 0
      var failed: [String] = []
      func startNext() {
        while running < max(1, limit), let place = schedule.next() {
          running += 1
          group.addTask {
            do {
              let isComplete = try await readers[place].read { sender.yield(.listed(place)) }
              sender.yield(.finished(place, isComplete: isComplete))
            } catch {
              sender.yield(.stopped(error))
            }
          }
        }
      }
      startNext()
      if running == 0 { return [] }
      for await event in events {
        switch event {
        case .listed(let place): schedule.listed(place)
        case .finished(let place, let isComplete):
          running -= 1
          schedule.finished(place)
          if !isComplete { failed.append(readers[place].stream.name) }
        case .stopped(let error): throw error
        }
        startNext()
        if running == 0 { break }
      }
      try Task.checkCancellation()
      return failed
    }
  }

  /// How many slices are read at a time: what the manifest says, or 2 as in the reference.
  package func concurrency() throws -> Int {
    // Slices that are tried are read in order.
    if scope.runtime.trial != nil || scope.runtime.readsInOrder { return 1 }
    let share = scope.runtime.share
    guard let node = manifest.concurrencyLevel else { return share.portion(of: 2) }
    return try share.portion(of: max(2, scope.build(node, as: ConcurrencyLevel.self).level))
  }
}
