import Concurrency
import Synchronization

/// Gets something, such as a token, once for all who wait for it. A failure, too, is that of everybody who was waiting meanwhile;
/// who comes later tries again.
final class SharedFetch: Sendable {
  private struct Attempts {
    var ended = 0
    var lastFailure: (any Error)?
  }

  private let turnstile = AsyncMutex()
  private let attempts = Mutex(Attempts())

  /// What `known` gives, else what `fetch` does.
  /// - Parameter known: what is there already; asked again when an attempt of somebody else has ended.
  /// - Throws: what `fetch` throws, for this caller or for one who was first.
  func value<Value: Sendable>(_ known: () throws -> Value?, fetch: () async throws -> Value) async throws -> Value {
    if let value = try known() { return value }
    let arrival = attempts.withLock { $0.ended }
    return try await turnstile.pass {
      if let value = try known() { return value }
      let last = attempts.withLock { $0 }
      if last.ended > arrival, let failure = last.lastFailure { throw failure }
      do {
        let value = try await fetch()
        end(nil)
        return value
      } catch {
        // Whoever was only stopped has tried nothing for others.
        if !Task.isCancelled { end(error) }
        throw error
      }
    }
  }

  private func end(_ failure: (any Error)?) {
    attempts.withLock { attempts in
      attempts.ended += 1
      attempts.lastFailure = failure
    }
  }
}
