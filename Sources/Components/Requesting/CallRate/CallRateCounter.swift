import ConnectorModel
import Jinja
import Secrets

/// Counts the calls of a policy and says when the next one may be sent. A value without a clock: each question names the time.
///
/// Times are microseconds since 1970.
protocol CallRateCounter: Sendable {
  /// Counts a call of `weight` at `now`.
  /// - Returns: nil if it may be sent at once, else the microseconds (0 or more) after which to ask again.
  mutating func acquire(_ weight: Int, at now: Int64) -> Int64?
  /// Takes over what the API said: how many calls it has left, and when its window ends.
  mutating func update(available: Int?, reset: Int64?, at now: Int64)
  /// The largest weight that can ever be acquired.
  var capacity: Int { get }
  /// The limit in words, for log lines.
  var summary: String { get }
}

/// So many calls per window; windows follow each other. The first one lasts until the API names another end.
struct FixedWindowCounter: CallRateCounter {
  let limit: Int
  /// Microseconds.
  let period: Int64
  /// By how much longer it is than the API's own windows, in microseconds.
  private let extra: Int64
  private(set) var used = 0
  private(set) var nextReset: Int64

  /// The reference lets the first window last ten days, unless a response says when it ends.
  static let firstWindow: Int64 = 10 * 86_400 * 1_000_000

  /// - Parameters:
  ///   - windows: how many windows of the API one window lasts.
  ///   - delay: when the first call may be made, as a part of a window.
  init(limit: Int, period: Int64, windows: Int = 1, startingAt now: Int64, after delay: Double = 0) {
    self.limit = limit
    self.period = RunShare.length(of: period, times: windows)
    extra = self.period.subtractingReportingOverflow(period).partialValue
    guard delay > 0 else {
      nextReset = now.addingReportingOverflow(Self.firstWindow).partialValue
      return
    }
    used = limit
    nextReset = now.addingReportingOverflow(Int64(Double(self.period) * delay)).partialValue
  }

  var capacity: Int { limit }
  var summary: String { "\(limit) calls per window of \(PythonStrings.trimmed(Double(period) / 1_000_000)) s" }

  mutating func acquire(_ weight: Int, at now: Int64) -> Int64? {
    roll(at: now)
    guard used + weight > limit else {
      used += weight
      return nil
    }
    return max(0, nextReset - now)
  }

  /// Only fewer calls are believed, so that a limit below the API's own holds.
  mutating func update(available: Int?, reset: Int64?, at now: Int64) {
    roll(at: now)
    if let available, limit - used > available { used = limit - max(0, available) }
    if let reset { nextReset = reset.addingReportingOverflow(extra).partialValue }
  }

  private mutating func roll(at now: Int64) {
    guard now > nextReset else { return }
    nextReset = nextReset.addingReportingOverflow(period).partialValue
    used = 0
  }
}

/// So many calls within each of several spans of time that end now.
struct MovingWindowCounter: CallRateCounter {
  struct Limit: Sendable, Equatable {
    var calls: Int
    /// Milliseconds.
    var interval: Int64
  }

  /// By interval, the shortest first.
  let limits: [Limit]
  /// When calls were made, in milliseconds, and how many; oldest first.
  private var calls: [(time: Int64, count: Int)] = []

  /// - Parameter earlier: calls that count as made before; the time is in milliseconds.
  init(limits: [Limit], earlier: (calls: Int, time: Int64)? = nil) {
    self.limits = limits.sorted { $0.interval < $1.interval }
    if let earlier { calls = [(earlier.time, earlier.calls)] }
  }

  var capacity: Int { limits.map(\.calls).min() ?? .max }

  var summary: String {
    limits.map { "\($0.calls) calls per \(PythonStrings.trimmed(Double($0.interval) / 1_000)) s" }.joined(separator: ", ")
  }

  mutating func acquire(_ weight: Int, at now: Int64) -> Int64? {
    let time = now / 1_000
    forget(before: time)
    for limit in limits where limit.calls - count(since: time - limit.interval) < weight {
      // Asked again when enough calls have left the window for this one.
      guard let bound = newest(limit.calls - weight) else { return 0 }
      return max(0, bound - (time - limit.interval)) * 1_000
    }
    add(weight, time)
    return nil
  }

  /// An API that has no calls left fills the strictest window; other numbers say nothing about a moving window.
  mutating func update(available: Int?, reset: Int64?, at now: Int64) {
    guard available == 0, reset == nil else { return }
    let time = now / 1_000
    let free = limits.map { $0.calls - count(since: time - $0.interval) }.min() ?? 0
    if free > 0 { add(free, time) }
  }

  private mutating func add(_ count: Int, _ time: Int64) {
    if let last = calls.last, last.time == time {
      calls[calls.count - 1].count += count
    } else {
      calls.append((time, count))
    }
  }

  private func count(since time: Int64) -> Int {
    var sum = 0
    for call in calls.reversed() {
      if call.time < time { break }
      sum += call.count
    }
    return sum
  }

  /// The time of the call that `skipping` newer ones follow.
  private func newest(_ skipping: Int) -> Int64? {
    var rest = skipping
    for call in calls.reversed() {
      if rest < call.count { return call.time }
      rest -= call.count
    }
    return nil
  }

  private mutating func forget(before time: Int64) {
    guard let longest = limits.last?.interval else { return }
    let kept = calls.firstIndex { $0.time >= time - longest } ?? calls.count
    // Moved in large steps only, since each one copies the rest.
    if kept > 64, kept > calls.count / 2 || kept == calls.count { calls.removeFirst(kept) }
  }
}
