import Synchronization

/// The tokens that an API has issued, and until when they are good.
final class IssuedTokens: Sendable {
  private struct State {
    var count = 0
    /// When each token ends, in microseconds since the epoch.
    var ends: [String: Int64] = [:]
  }

  private let state = Mutex(State())
  /// How many seconds a token is good for.
  let lifetime: Int64 = 3600

  func issue(now: Int64) -> String {
    state.withLock { state in
      state.count += 1
      let token = "mock-token-\(state.count)-\(String(state.count &* 7919 + 104_729, radix: 36))"
      state.ends[token] = now + lifetime * 1_000_000
      return token
    }
  }

  /// Whether a text carries a token that is good.
  func isGood(in text: String, now: Int64) -> Bool {
    state.withLock { $0.ends.contains { now < $0.value && text.utf8.contains($0.key.utf8) } }
  }

  /// Ends a token early.
  func revoke(in text: String) {
    state.withLock { state in
      for token in state.ends.keys where text.utf8.contains(token.utf8) { state.ends[token] = 0 }
    }
  }
}
