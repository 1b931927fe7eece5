import Synchronization
import Testing

@testable import Concurrency

@Suite struct TurnstileTests {
  /// Counts the tasks inside.
  private final class Room: Sendable {
    private let counts = Mutex((inside: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }

    func stay() async {
      counts.withLock { counts in
        counts.inside += 1
        counts.most = max(counts.most, counts.inside)
      }
      await Task.yield()
      counts.withLock { $0.inside -= 1 }
    }
  }

  @Test func letsOneThroughAtATime() async throws {
    let turnstile = AsyncMutex()
    let room = Room()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 { group.addTask { try await turnstile.pass { await room.stay() } } }
      try await group.waitForAll()
    }
    #expect(room.most == 1)
  }

  @Test func aCancelledTaskStopsWaiting() async throws {
    let turnstile = AsyncMutex()
    try await turnstile.pass {
      let wasCancelled = await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          do {
            try await turnstile.pass {}
            return false
          } catch { return error is CancellationError }
        }
        for _ in 0..<50 { await Task.yield() }
        group.cancelAll()
        return await group.next() ?? false
      }
      #expect(wasCancelled)
    }
    // It is free for others afterwards.
    #expect(try await turnstile.pass { true })
  }
}
