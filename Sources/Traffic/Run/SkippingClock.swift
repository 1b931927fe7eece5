import Synchronization

/// A clock that goes on at once by what is waited for, so that no wait holds a run up.
package final class SkippingClock: Sendable {
  private let base: @Sendable () -> Int64
  /// All waits together, in microseconds.
  private let skipped = Atomic<Int64>(0)

  /// - Parameter base: the clock that it goes on from, in microseconds since the epoch.
  package init(_ base: @escaping @Sendable () -> Int64) { self.base = base }

  package var now: Int64 { base() + skipped.load(ordering: .relaxed) }
  /// How many seconds were waited for, all waits together.
  package var waited: Double { Double(skipped.load(ordering: .relaxed)) / 1_000_000 }

  /// - Throws: `CancellationError` in a task that is cancelled.
  package func sleep(_ seconds: Double) async throws {
    try Task.checkCancellation()
    skipped.add(Int64(min(max(seconds, 0), 1_000_000_000) * 1_000_000), ordering: .relaxed)
    await Task.yield()
  }
}
