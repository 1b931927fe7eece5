import JSON
import Synchronization

/// The requests that are being worked on, so that a client can cancel them.
final class PendingRequests: Sendable {
  private let signals = Mutex<[JSONValue: Signal]>([:])

  /// - Returns: what happens where the client cancels the request.
  func begin(_ id: JSONValue) -> Signal {
    let signal = Signal()
    signals.withLock { $0[id] = signal }
    return signal
  }

  func end(_ id: JSONValue) { signals.withLock { $0[id] = nil } }

  func cancel(_ id: JSONValue) { signals.withLock { $0[id] }?.fire() }
}
