import AirbyteProtocol
import ConnectorModel
import Engine
import JSON

/// The messages of a read, one after the other: see ``Connector/read(_:from:)``.
///
/// An iteration throws ``ConnectorError`` if nothing can be read at all, ``IncompleteRead`` at its end if some streams were not read
/// wholly, and `CancellationError` if its task is cancelled, after the read has ended.
public struct ReadMessages: AsyncSequence, Sendable {
  /// What an iteration gives.
  public typealias Element = AirbyteMessage
  /// What it throws.
  public typealias Failure = any Error

  let connector: Connector
  let catalog: Catalog
  let state: ConnectorState

  /// Begins a read.
  public func makeAsyncIterator() -> AsyncIterator {
    let reading = self
    return AsyncIterator(Reading(log: connector.runtime.log) { queue in try await reading.run(to: queue) })
  }

  private func run(to queue: MessageQueue) async throws {
    let session = connector.session(queue)
    let lister = try await session.source(config: connector.config)
    let streams = try await catalog.configured { names in
      if let declarative = lister as? DeclarativeSource { return try await declarative.connector.listedStreams(names) }
      return try await lister.listed()
    }
    var state = state.whole
    let whole = Set(streams.filter { $0.syncMode == .fullRefresh }.map(\.descriptor))
    state.streams = state.streams.filter { !whole.contains($0.key) }
    // What a declarative source keeps is built with its streams; any other source is asked for them, and read.
    let source =
      lister is DeclarativeSource ? try await session.source(config: connector.config, catalog: streams, state: state) : lister
    let outcome = try await source.run(ReadRequest(streams, from: state), writer: session.writer, runtime: session.environment)
    guard outcome.isComplete, outcome.unknownStreams.isEmpty else {
      throw IncompleteRead(failedStreams: outcome.failedStreams, unknownStreams: outcome.unknownStreams)
    }
  }

  /// The messages that are still to come. When it is released, the read ends.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    /// Waits for the next message; nil at the end.
    public mutating func next() async throws -> AirbyteMessage? { try await reading.next() }
  }
}

/// Some streams were not read wholly. What was read of them, and of all others, is good.
public struct IncompleteRead: Error, Sendable, Hashable, CustomStringConvertible {
  /// The streams whose read failed; a message before said why.
  public let failedStreams: [String]
  /// The streams that the catalog asks for and the source does not have.
  public let unknownStreams: [String]

  init(failedStreams: [String], unknownStreams: [String]) {
    self.failedStreams = failedStreams
    self.unknownStreams = unknownStreams
  }

  /// A sentence with the names of the streams.
  public var description: String {
    func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
    var sentences: [String] = []
    if !failedStreams.isEmpty { sentences.append("Some streams were not read completely: \(list(failedStreams))") }
    if failedStreams.isEmpty, unknownStreams.isEmpty { sentences.append("The read failed, and an error before it says why") }
    if !unknownStreams.isEmpty { sentences.append("The source does not have these streams: \(list(unknownStreams))") }
    return sentences.joined(separator: ". ")
  }
}

/// A read under way, and its messages.
///
/// An iterator has no task of its own, so that the read needs one that the compiler does not tie to anything. It is tied here: it ends
/// with the iterator, which waits for its end wherever it can wait, and everything below it is structured.
final class Reading: Sendable {
  private let queue: MessageQueue
  private let task: Task<Void, Never>

  init(log: (@Sendable (LogMessage) -> Void)?, _ body: @escaping @Sendable (MessageQueue) async throws -> Void) {
    let queue = MessageQueue(log: log)
    self.queue = queue
    task = Task {
      do {
        try await body(queue)
        queue.finish(nil)
      } catch {
        queue.finish(error)
      }
    }
  }

  deinit {
    queue.abandon()
    task.cancel()
  }

  func next() async throws -> AirbyteMessage? {
    try await withTaskCancellationHandler {
      try await queue.next()
    } onCancel: {
      // The read ends, and then the wait for its next message.
      queue.abandon()
      task.cancel()
    }
  }
}
