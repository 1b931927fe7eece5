import Synchronization

/// A clock that only waiting moves, and that no wait holds up.
final class VirtualClock: Sendable {
  private let state: Mutex<(now: Int64, waited: Double)>

  /// - Parameter start: in microseconds since the epoch.
  init(start: Int64) { state = Mutex((start, 0)) }

  var now: Int64 { state.withLock { $0.now } }
  /// How many seconds were waited for, all waits together.
  var waited: Double { state.withLock { $0.waited } }

  /// - Throws: `CancellationError` in a task that is cancelled.
  func sleep(_ seconds: Double) async throws {
    try Task.checkCancellation()
    state.withLock { state in
      state.now += Int64(min(max(seconds, 0), 1_000_000_000) * 1_000_000)
      state.waited += max(seconds, 0)
    }
    await Task.yield()
  }
}
