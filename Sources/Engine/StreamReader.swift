import AirbyteProtocol
import Components
import Concurrency
import ConnectorModel
import JSON
import Synchronization

/// Reads one stream: its slices side by side, its pages as they come, its states behind the records that they cover.
final class StreamReader: Sendable {
  let stream: DeclarativeStream
  private let schema: JSONObject
  private let descriptor: StreamDescriptor
  private let encoder: RecordEncoder
  private let run: ReadRun
  private let limit: ReadLimit?
  private let inspector: (any StreamInspector)?
  private let failures = Mutex<Set<FailureType>?>(nil)

  /// - Parameter state: what the stream continues from; nil if it is read from its beginning.
  init(_ stream: DeclarativeStream, schema: JSONObject, state: JSONObject?, in run: ReadRun) {
    self.stream = stream
    self.schema = schema
    self.run = run
    descriptor = StreamDescriptor(name: stream.name)
    encoder = RecordEncoder(stream: run.writer.named(descriptor), isDataAlone: run.writer.takesData)
    limit = run.recordsOfStream.map(ReadLimit.init)
    inspector = run.inspector?.inspector(of: stream, schema: schema, state: state)
  }

  /// Who has to act on what went wrong.
  var failureTypes: Set<FailureType> { failures.withLock { $0 ?? [] } }
  private var isComplete: Bool { failures.withLock { $0 == nil } }

  /// - Parameter slicesAreListed: is called when all slices are known, before the last ones are read.
  /// - Returns: whether everything was read; what went wrong was written already.
  /// - Throws: ``OutputClosed`` or `CancellationError`: nothing more can be written. ``ConnectorError`` where there is no last state,
  ///   which ends the whole read as in the reference.
  func read(slicesAreListed: @escaping @Sendable () -> Void) async throws -> Bool {
    defer { run.limiter.end(stream.name) }
    if stream.forgetsState { try keep { [:] } }
    try run.writer.status(descriptor, .started)
    run.runtime.events.note(.streamStarted(stream.name))
    // Where one stream's records cannot go, those of others can.
    do { try run.writer.begin(descriptor, schema: schema) } catch {
      try fail(error)
      return try leave()
    }
    do {
      try await readSlices(by: stream.retriever.casting(to: schema), slicesAreListed)
    } catch is ReadLimit.Reached {
      return try leave()
    } catch {
      try fail(error)
    }
    run.runtime.reportWhatIsMissing(of: stream.name)
    let isComplete = isComplete
    let state = try stream.cursor.finish()
    try run.writer.status(descriptor, isComplete ? .complete : .incomplete)
    // As in the reference, the last state follows the last status.
    try keep { state }
    try run.writer.end(descriptor, isComplete: isComplete)
    run.runtime.events.note(.streamEnded(stream.name, isComplete: isComplete))
    return isComplete
  }

  /// Ends a stream of which there may be more records than were wanted. It has no last state: a read that continued from one would
  /// miss them.
  private func leave() throws -> Bool {
    run.runtime.reportWhatIsMissing(of: stream.name)
    let isComplete = isComplete
    try run.writer.status(descriptor, .incomplete)
    try run.writer.end(descriptor, isComplete: isComplete)
    run.runtime.events.note(.streamEnded(stream.name, isComplete: isComplete))
    return isComplete
  }

  private func readSlices(by retriever: any Retriever, _ slicesAreListed: @escaping @Sendable () -> Void) async throws {
    if let trial = run.runtime.trial { return try await tryOut(retriever, trial, slicesAreListed) }
    let pages = PagePrefetcher(retriever, readsAhead: !run.runtime.readsInOrder)
    let slices = Channel<StreamSlice, Never>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        defer {
          slices.finish()
          slicesAreListed()
        }
        do {
          try await stream.cursor.slices { slice in
            try Task.checkCancellation()
            await slices.send(slice)
          }
        } catch {
          try fail(error)
        }
      }
      for _ in 0..<run.concurrency {
        group.addTask { [self] in
          for await slice in slices {
            do {
              try await run.limiter.run(stream.name) { try await read(slice, by: pages) }
            } catch {
              // A slice that fails does not stop the others.
              try fail(error)
            }
          }
        }
      }
      // Unlike `waitForAll`, this leaves with the first error, which cancels those that wait for each other.
      while try await group.next() != nil {}
    }
    // If the read was given up, there may be slices left that were not taken.
    try Task.checkCancellation()
  }

  /// Reads the first slices, in order. As in the reference, all of them are listed before.
  private func tryOut(_ retriever: any Retriever, _ trial: Trial, _ slicesAreListed: () -> Void) async throws {
    let pages = PagePrefetcher(retriever, readsAhead: false)
    var slices: [StreamSlice] = []
    do {
      try await FirstSlices(of: stream.cursor, upTo: trial.slices).forEach { slices.append($0) }
    } catch {
      try fail(error)
    }
    slicesAreListed()
    for slice in slices {
      trial.observer.begins(slice)
      do { try await read(slice, by: pages) } catch { try fail(error) }
    }
  }

  private func read(_ slice: StreamSlice, by pages: PagePrefetcher) async throws {
    let observer = stream.cursor.observer(for: slice)
    let inspector = inspector?.inspector(of: slice)
    defer { inspector?.end() }
    try await pages.read(slice, observer: observer) { page in
      try Task.checkCancellation()
      var page = page
      let taken = limit?.take(page.records.count)
      if let taken { page.records.removeLast(page.records.count - taken.wanted) }
      inspector?.look(at: page.records)
      let time = Int(run.runtime.now() / 1_000)
      if run.writer.takesValues {
        try run.writer.records(page.records, emittedAt: time, of: descriptor)
      } else {
        try encoder.encode(page.records, time: time) { lines, count in
          try run.writer.records(lines, count: count, of: descriptor)
        }
      }
      run.runtime.events.note(.recordsRead(stream: stream.name, count: page.records.count))
      try await run.writer.drain()
      if taken?.isLast == true { throw ReadLimit.Reached() }
    }
    try keep { try stream.cursor.close(slice, after: observer.finish()) }
    try await run.writer.drain()
  }

  /// Writes a state, unless this read leaves none.
  private func keep(_ state: () throws -> JSONObject?) throws {
    if run.keepsStates { try run.writer.state(of: descriptor, state) } else { _ = try state() }
  }

  /// Writes what went wrong.
  /// - Throws: the error, where nothing more can be written or the read is cancelled.
  private func fail(_ error: any Error) throws {
    if error is OutputClosed || error is CancellationError || error is ReadLimit.Reached { throw error }
    let error = ConnectorError(wrapping: error)
    failures.withLock { $0 = ($0 ?? []).union([error.failureType]) }
    run.writer.error(error, stream: descriptor)
  }
}
