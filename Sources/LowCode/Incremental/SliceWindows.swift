import PythonTime

/// How a cursor cuts its axis into windows.
package struct WindowRules: Sendable, Hashable {
  /// How far a read goes back behind the end of what was read.
  package var lookback: CursorDuration?
  /// The longest window; nil where there is one window to the end.
  package var step: CursorDuration?
  /// The smallest distance of two values, which keeps windows from overlapping; nil where they may.
  package var granularity: CursorDuration?
  package var clamping: Clamping = .none
  /// Whether the API refuses windows whose bounds are the same.
  package var isCompareStrictly = false

  package init(
    lookback: CursorDuration? = nil, step: CursorDuration? = nil, granularity: CursorDuration? = nil,
    clamping: Clamping = .none, isCompareStrictly: Bool = false
  ) {
    self.lookback = lookback
    self.step = step
    self.granularity = granularity
    self.clamping = clamping
    self.isCompareStrictly = isCompareStrictly
  }
}

/// One window; both bounds belong to it.
package struct SliceWindow: Sendable, Hashable {
  package var start: CursorValue
  package var end: CursorValue
}

/// Lists the windows that are still to be read, one by one: before the first stretch, in the gaps, and from the last one to the
/// end.
package struct SliceWindows {
  private let rules: WindowRules
  private let start: CursorValue?
  private let read: [CursorInterval]
  private let end: () throws -> CursorValue
  private var position = 0
  private var split: RangeSplit?

  /// - Parameters:
  ///   - start: where the manifest lets the stream begin; no window begins before it.
  ///   - read: what was read, merged; not empty.
  ///   - end: where the stream ends now.
  package init(rules: WindowRules, start: CursorValue?, read: [CursorInterval], end: @escaping () throws -> CursorValue) {
    self.rules = rules
    self.start = start
    self.read = read
    self.end = end
  }

  /// The next window; nil after the last.
  /// - Throws: what `end` throws, and `PythonTimeError` where a bound leaves the calendar.
  package mutating func next() throws -> SliceWindow? {
    while true {
      if split != nil, let window = try split?.next() { return window }
      guard let range = try nextRange() else { return nil }
      split = range
    }
  }

  private mutating func nextRange() throws -> RangeSplit? {
    defer { position += 1 }
    guard let first = read.first, let last = read.last, position <= read.count else { return nil }
    if position == 0 {
      guard let start, start.isBefore(first.start) else { return range(first.start, first.start, isEnd: false, isEmpty: true) }
      return range(start, first.start, isEnd: false)
    }
    if position < read.count {
      var lower = read[position - 1].end
      if let granularity = rules.granularity { lower = try lower.adding(granularity) }
      return range(lower, read[position].start, isEnd: false)
    }
    let lower = try rules.lookback.map { try last.end.subtracting($0) } ?? last.end
    return range(lower, try end(), isEnd: true)
  }

  private func range(_ lower: CursorValue, _ upper: CursorValue, isEnd: Bool, isEmpty: Bool = false) -> RangeSplit {
    RangeSplit(
      rules: rules, start: start, lower: lower, upper: upper, upperIsEnd: isEnd, end: end, phase: isEmpty ? .done : .fresh)
  }
}

/// Cuts one range into windows, by the reference's rules.
private struct RangeSplit {
  enum Phase { case fresh, stepping, done }

  let rules: WindowRules
  let start: CursorValue?
  var lower: CursorValue
  let upper: CursorValue
  /// Whether the range reaches the end of the stream, so that its last window includes `upper`.
  let upperIsEnd: Bool
  let end: () throws -> CursorValue
  var phase: Phase

  mutating func next() throws -> SliceWindow? {
    switch phase {
    case .done: return nil
    case .fresh:
      phase = .done
      return try begin()
    case .stepping: return try advance()
    }
  }

  private mutating func begin() throws -> SliceWindow? {
    if upper.isBefore(lower) || (rules.granularity == nil && lower.isSame(as: upper)) { return nil }
    if let start, start.isTruthy {
      if upper.isBefore(start) { return nil }
      lower = CursorValue.max(lower, start)
    }
    lower = try rules.clamping.clamp(lower)
    if upper.isBefore(lower) || (lower.isSame(as: upper) && (rules.isCompareStrictly || !upperIsEnd)) { return nil }
    if let step = rules.step, try stepped(from: lower, by: step).isBefore(upper) {
      phase = .stepping
      return try advance()
    }
    // With a granularity the end is the last unit to read: clamping would read past it.
    let last = upperIsEnd && rules.granularity != nil ? upper : try rules.clamping.clamp(upper)
    return SliceWindow(start: lower, end: upperIsEnd ? last : try withoutLastUnit(last))
  }

  private mutating func advance() throws -> SliceWindow? {
    guard let step = rules.step else { return nil }
    let bound = CursorValue.min(try stepped(from: lower, by: step), upper)
    let clampedBound = bound.isSame(as: upper) ? bound : try rules.clamping.clamp(bound)
    let isLast = !bound.isBefore(upper) || clampedBound.isSame(as: upper)
    let clampedLower = try rules.clamping.clamp(lower)
    guard clampedLower.isBefore(clampedBound) else {
      phase = .done
      return nil
    }
    lower = clampedBound
    if isLast { phase = .done }
    return SliceWindow(start: clampedLower, end: upperIsEnd && isLast ? clampedBound : try withoutLastUnit(clampedBound))
  }

  private func withoutLastUnit(_ value: CursorValue) throws -> CursorValue {
    try rules.granularity.map { try value.subtracting($0) } ?? value
  }

  /// A step past the calendar's end leads to the stream's end.
  private func stepped(from value: CursorValue, by step: CursorDuration) throws -> CursorValue {
    do throws(PythonTimeError) {
      return try value.adding(step)
    } catch {
      guard error.kind == .overflowError else { throw error }
    }
    return try end()
  }
}
