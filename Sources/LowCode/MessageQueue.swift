import AirbyteProtocol
import ConnectorModel
import DequeModule
import Engine
import Synchronization

/// What was read and is not taken yet. Readers wait until all of it is taken before they go on, so that it holds no more than a page
/// of each.
final class MessageQueue: MessageSink {
  private struct State {
    var messages: Deque<AirbyteMessage> = []
    /// The task that waits for a message.
    var taker: CheckedContinuation<Void, Never>?
    /// The tasks that wait until all messages are taken, by their tickets.
    var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    var nextTicket = 0
    /// Whether nothing more comes.
    var isOver = false
    var failure: (any Error)?
    /// Whether nothing more is wanted.
    var isAbandoned = false
  }

  private let state = Mutex(State())
  private let log: (@Sendable (LogMessage) -> Void)?

  init(log: (@Sendable (LogMessage) -> Void)?) { self.log = log }

  // MARK: Putting

  func put(_ message: Message) throws {
    guard let message = AirbyteMessage(message) else { return }
    if case .log(let line) = message { log?(line) }
    try put { $0.append(message) }
  }

  func put(_ records: [Record], of stream: StreamDescriptor, emittedAt time: Int) throws {
    try put { messages in
      for record in records { messages.append(.record(RecordMessage(record, of: stream, at: time))) }
    }
  }

  private func put(_ add: (inout Deque<AirbyteMessage>) -> Void) throws {
    let taker = try state.withLock { state in
      if state.isAbandoned { throw CancellationError() }
      add(&state.messages)
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }

  func drain() async throws {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = state.withLock { state in
          if state.isAbandoned || Task.isCancelled { return .failure(CancellationError()) }
          if state.messages.isEmpty { return .success(()) }
          state.waiting[ticket] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiting = state.withLock { $0.waiting.removeValue(forKey: ticket) }
      waiting?.resume(throwing: CancellationError())
    }
  }

  /// Nothing more comes.
  func finish(_ failure: (any Error)?) {
    let taker = state.withLock { state in
      state.isOver = true
      state.failure = failure
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }

  // MARK: Taking

  private enum Step {
    case message(AirbyteMessage, [CheckedContinuation<Void, any Error>])
    case end((any Error)?)
    case wait
  }

  /// The next message; nil at the end.
  func next() async throws -> AirbyteMessage? {
    while true {
      switch step() {
      case .message(let message, let waiting):
        for continuation in waiting { continuation.resume() }
        return message
      case .end(let failure):
        if let failure { throw failure }
        return nil
      case .wait:
        // Whoever cancels the taker also ends the read, and its end wakes the taker.
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            if !state.messages.isEmpty || state.isOver { return true }
            state.taker = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      }
    }
  }

  private func step() -> Step {
    state.withLock { state in
      if !state.isAbandoned, let message = state.messages.popFirst() {
        guard state.messages.isEmpty else { return .message(message, []) }
        defer { state.waiting = [:] }
        return .message(message, Array(state.waiting.values))
      }
      guard state.isOver else { return .wait }
      // Only once: an iterator that has thrown has come to its end.
      defer { state.failure = nil }
      return .end(state.isAbandoned ? state.failure.map { _ in CancellationError() } : state.failure)
    }
  }

  /// Nothing more is wanted: whoever waits to go on, or puts something, learns that the read is cancelled.
  func abandon() {
    let waiting = state.withLock { state in
      state.isAbandoned = true
      state.messages = []
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume(throwing: CancellationError()) }
  }
}
