/// What is left of one quota of one token. Moments are microseconds since 1970-01-01T00:00:00Z.
struct QuotaState: Sendable, Equatable {
  var remaining: Int
  var resetAt: Int64
  var limit: Int
  /// Whether the API keeps this quota; otherwise its numbers mean nothing.
  var isTracked = true

  static let untracked = QuotaState(remaining: 0, resetAt: 0, limit: 0, isTracked: false)
}

/// What a response says of a quota.
struct QuotaReport: Sendable, Equatable {
  var remaining: Int?
  var resetAt: Int64?
  var limit: Int?
  /// Whether the response was refused since nothing was left.
  var isExhausted: Bool
}

/// Counts what is left of each token's quotas and decides which token is next. Tokens and quotas are identified by their index in
/// the manifest.
struct TokenPools: Sendable {
  enum Action: Sendable, Equatable {
    /// Send with the token, after some seconds where little is left of all.
    case send(token: Int, delay: Double)
    /// Nothing is left: wait these seconds and request the quotas again.
    case wait(Double)
    /// Nothing is left, and waiting would take too long.
    case fail
  }

  /// By token, then by quota.
  private(set) var states: [[QuotaState]] = []
  private(set) var active = 0
  let reserveFraction: Double
  let minReserve: Int

  private static let longestDelay = 10.0
  private static let shortestWait = 5.0
  /// How much earlier a response's reset may be and still mean the same span.
  private static let skew: Int64 = 60_000_000

  init(reserveFraction: Double, minReserve: Int) {
    self.reserveFraction = reserveFraction
    self.minReserve = minReserve
  }

  var isEmpty: Bool { states.isEmpty }

  mutating func replace(_ states: [[QuotaState]]) { self.states = states }

  /// Whether no token has anything left of a quota, and all are counted.
  func isExhausted(_ quota: Int) -> Bool { states.allSatisfy { $0[quota].isTracked && $0[quota].remaining <= 0 } }

  /// Takes one request from the quota.
  /// - Parameter budget: the seconds that may still be waited.
  mutating func take(_ quota: Int, now: Int64, budget: Double) -> Action {
    guard !states.isEmpty else { return .fail }
    // Each token is checked once at most.
    for _ in states {
      let token = active
      let state = states[token][quota]
      if !state.isTracked {
        advance()
        return .send(token: token, delay: 0)
      }
      if state.remaining > 0 {
        states[token][quota].remaining -= 1
        return .send(token: token, delay: delay(quota, now))
      }
      if isExhausted(quota) { break }
      advance()
    }
    let soonest = states.map { Self.seconds(from: now, to: $0[quota].resetAt) }.min() ?? 0
    if budget <= 0 || soonest >= budget { return .fail }
    return .wait(min(max(soonest, Self.shortestWait), budget))
  }

  /// Corrects the count of the token that the response belongs to.
  mutating func observe(_ report: QuotaReport, token: Int, quota: Int) {
    guard states.indices.contains(token), states[token][quota].isTracked else { return }
    var state = states[token][quota]
    if let limit = report.limit, limit > 0, report.resetAt.map({ $0 >= state.resetAt }) ?? true { state.limit = limit }
    if let resetAt = report.resetAt, resetAt > state.resetAt {
      // A new span has begun.
      state.resetAt = resetAt
      state.remaining = report.remaining ?? state.limit
    } else if let remaining = report.remaining {
      let isOfThisSpan = report.resetAt.map { $0 >= state.resetAt - Self.skew } ?? true
      // Answers come out of order, so the count only ever goes down; that nothing is left counts in any case.
      if isOfThisSpan || (remaining <= 0 && report.isExhausted) { state.remaining = min(state.remaining, remaining) }
    }
    states[token][quota] = state
  }

  /// Whether `token` has nothing left, and another one has.
  func hasAlternative(to token: Int, quota: Int) -> Bool {
    guard states.indices.contains(token) else { return false }
    let state = states[token][quota]
    guard state.isTracked, state.remaining <= 0 else { return false }
    return states.indices.contains { $0 != token && states[$0][quota].remaining > 0 }
  }

  private mutating func advance() { active = (active + 1) % states.count }

  /// Spreads the last requests over the time until the quota is reset.
  private func delay(_ quota: Int, _ now: Int64) -> Double {
    let pools = states.map { $0[quota] }
    guard pools.allSatisfy({ $0.isTracked && Double($0.remaining) <= reserve($0) }) else { return 0 }
    let seconds = max(Self.seconds(from: now, to: states[active][quota].resetAt), 0)
    let remaining = pools.reduce(0.0) { $0 + Double(max($1.remaining, 0)) }
    guard remaining > 0, seconds > 0 else { return 0 }
    let delay = min(seconds / remaining, Self.longestDelay)
    return delay < 0.1 ? 0 : delay
  }

  private func reserve(_ state: QuotaState) -> Double { max(Double(minReserve), Double(state.limit) * reserveFraction) }

  private static func seconds(from now: Int64, to moment: Int64) -> Double { (Double(moment) - Double(now)) / 1_000_000 }
}
