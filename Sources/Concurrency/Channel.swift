import DequeModule
import Synchronization

/// Hands elements from the tasks that send to the tasks that receive, in the order in which they are sent: whoever sends waits until
/// somebody takes the element, so that nothing piles up.
///
/// A receiver that is cancelled gets nil, and the element of a sender that is cancelled is dropped.
///
/// All of it is inlinable: a generic type that is not specialized looks its types up again with each page.
package final class Channel<Element: Sendable, Failure: Error>: AsyncSequence, Sendable {
  @usableFromInline typealias Answer = Result<Element?, Failure>

  @usableFromInline struct Sender {
    @usableFromInline let ticket: UInt64
    @usableFromInline let element: Element
    @usableFromInline let continuation: CheckedContinuation<Void, Never>

    @inlinable init(ticket: UInt64, element: Element, continuation: CheckedContinuation<Void, Never>) {
      (self.ticket, self.element, self.continuation) = (ticket, element, continuation)
    }
  }

  @usableFromInline struct Receiver {
    @usableFromInline let ticket: UInt64
    @usableFromInline let continuation: CheckedContinuation<Answer, Never>

    @inlinable init(ticket: UInt64, continuation: CheckedContinuation<Answer, Never>) {
      (self.ticket, self.continuation) = (ticket, continuation)
    }
  }

  @usableFromInline struct State {
    /// At most one of the two is not empty.
    @usableFromInline var senders: Deque<Sender> = []
    @usableFromInline var receivers: Deque<Receiver> = []
    @usableFromInline var nextTicket: UInt64 = 0
    @usableFromInline var isOver = false
    /// What the next receiver is to learn, and no other.
    @usableFromInline var failure: Failure?

    @inlinable init() {}

    @inlinable mutating func ticket() -> UInt64 {
      nextTicket += 1
      return nextTicket
    }
  }

  @usableFromInline let state = Mutex(State())

  @inlinable package init() {}

  // MARK: Sending

  /// Waits until the element is taken, or nobody is going to take it.
  @inlinable package func send(_ element: Element) async {
    let ticket = state.withLock { $0.ticket() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let (receiver, waits): (Receiver?, Bool) = state.withLock { state in
          if state.isOver || Task.isCancelled { return (nil, false) }
          if let receiver = state.receivers.popFirst() { return (receiver, false) }
          state.senders.append(Sender(ticket: ticket, element: element, continuation: continuation))
          return (nil, true)
        }
        receiver?.continuation.resume(returning: .success(element))
        if !waits { continuation.resume() }
      }
    } onCancel: {
      let sender = state.withLock { state in
        state.senders.firstIndex { $0.ticket == ticket }.map { state.senders.remove(at: $0) }
      }
      sender?.continuation.resume()
    }
  }

  /// Nothing more comes: elements that nobody took are dropped.
  @inlinable package func finish() { end(nil) }

  /// Nothing more comes, of which one receiver learns why.
  @inlinable package func fail(_ failure: Failure) { end(failure) }

  @inlinable func end(_ failure: Failure?) {
    let (senders, receivers): (Deque<Sender>, Deque<Receiver>) = state.withLock { state in
      guard !state.isOver else { return ([], []) }
      state.isOver = true
      if state.receivers.isEmpty { state.failure = failure }
      defer { (state.senders, state.receivers) = ([], []) }
      return (state.senders, state.receivers)
    }
    for sender in senders { sender.continuation.resume() }
    for (place, receiver) in receivers.enumerated() {
      if place == 0, let failure {
        receiver.continuation.resume(returning: .failure(failure))
      } else {
        receiver.continuation.resume(returning: .success(nil))
      }
    }
  }

  // MARK: Receiving

  /// Takes the next element; nil at the end.
  @inlinable func receive() async throws(Failure) -> Element? {
    let ticket = state.withLock { $0.ticket() }
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
        let (answer, sender): (Answer?, Sender?) = state.withLock { state in
          if Task.isCancelled { return (.success(nil), nil) }
          if let sender = state.senders.popFirst() { return (.success(sender.element), sender) }
          if state.isOver {
            defer { state.failure = nil }
            return (state.failure.map { .failure($0) } ?? .success(nil), nil)
          }
          state.receivers.append(Receiver(ticket: ticket, continuation: continuation))
          return (nil, nil)
        }
        sender?.continuation.resume()
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let receiver = state.withLock { state in
        state.receivers.firstIndex { $0.ticket == ticket }.map { state.receivers.remove(at: $0) }
      }
      receiver?.continuation.resume(returning: .success(nil))
    }
    return try answer.get()
  }

  package struct Iterator: AsyncIteratorProtocol {
    @usableFromInline let channel: Channel

    @inlinable init(_ channel: Channel) { self.channel = channel }

    @inlinable package mutating func next() async throws(Failure) -> Element? { try await channel.receive() }

    @inlinable package mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
      try await channel.receive()
    }
  }

  @inlinable package func makeAsyncIterator() -> Iterator { Iterator(self) }
}
