import ConnectorModel
import PythonTime

/// How a cursor cuts its axis into windows.
package struct WindowRules: Sendable, Hashable {
  /// How far a read goes back behind the end of what was read.
  package var lookback: CursorDuration?
  /// The longest window; nil if there is one window to the end.
  package var step: CursorDuration?
  /// The smallest distance of two values, which keeps windows from overlapping; nil if they may.
  package var granularity: CursorDuration?
  package var clamping: Clamping = .none
  /// Whether the API refuses windows whose bounds are the same.
  package var isCompareStrictly = false
  /// Whether bounds are written as dates, so that a window's end is a whole day.
  package var boundsAreDates = false
  /// Whether requests carry a window's end by an option of the cursor, so that the API sees how long a window is.
  package var sendsEnds = false

  private static let day: Int128 = 86_400_000_000

  /// Whether a window's end counts as one more unit that is read: where units are days or longer, or each window is a single one.
  /// Then a last window that reached from one edge to the next would be longer than the step. Clamped weeks and months never do.
  fileprivate var endsAreUnits: Bool {
    guard sendsEnds, !isCompareStrictly, clamping == .none || clamping == .day, let granularity else { return false }
    switch granularity {
    case .fixed(let unit):
      let isDaily = if case .fixed(let length)? = step { length.totalMicroseconds == Self.day } else { false }
      return unit.totalMicroseconds >= Self.day || granularity == step || (boundsAreDates && isDaily)
    case .calendar: return true
    }
  }

  package init(
    lookback: CursorDuration? = nil, step: CursorDuration? = nil, granularity: CursorDuration? = nil,
    clamping: Clamping = .none, isCompareStrictly: Bool = false, boundsAreDates: Bool = false,
    sendsEnds: Bool = false
  ) {
    self.lookback = lookback
    self.step = step
    self.granularity = granularity
    self.clamping = clamping
    self.isCompareStrictly = isCompareStrictly
    self.boundsAreDates = boundsAreDates
    self.sendsEnds = sendsEnds
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

/// Cuts one range into windows, by the reference's rules; but the last one is not longer than the step where its end is a unit.
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
    if let step = rules.step, try !reachesEnd(next(after: lower, step)) {
      phase = .stepping
      return try advance()
    }
    // With a granularity the end is the last unit to read: clamping would read past it.
    let last = upperIsEnd && rules.granularity != nil ? upper : try rules.clamping.clamp(upper)
    return SliceWindow(start: lower, end: upperIsEnd ? last : try withoutLastUnit(last))
  }

  private mutating func advance() throws -> SliceWindow? {
    guard let step = rules.step else { return nil }
    let next = try next(after: lower, step)
    let bound = CursorValue.min(next.start, upper)
    let clampedBound = bound.isSame(as: upper) ? bound : try rules.clamping.clamp(bound)
    let isLast = reachesEnd(next) || (bound.isBefore(upper) && clampedBound.isSame(as: upper))
    if isLast, upperIsEnd, rules.endsAreUnits, lower.isSame(as: upper) {
      phase = .done
      return SliceWindow(start: upper, end: upper)
    }
    let clampedLower = try rules.clamping.clamp(lower)
    guard clampedLower.isBefore(clampedBound) else {
      phase = .done
      return nil
    }
    lower = clampedBound
    if isLast { phase = .done }
    return SliceWindow(start: clampedLower, end: upperIsEnd && isLast ? clampedBound : try withoutLastUnit(clampedBound))
  }

  /// Whether a window with this successor is the last one.
  private func reachesEnd(_ next: Successor) -> Bool {
    upperIsEnd && rules.endsAreUnits && next.isInCalendar ? upper.isBefore(next.start) : !next.start.isBefore(upper)
  }

  private func withoutLastUnit(_ value: CursorValue) throws -> CursorValue {
    try rules.granularity.map { try value.subtracting($0) } ?? value
  }

  /// Where the window after another one begins.
  private struct Successor {
    var start: CursorValue
    var isInCalendar = true
  }

  /// A step past the calendar's end leads to the stream's end.
  private func next(after value: CursorValue, _ step: CursorDuration) throws -> Successor {
    do throws(PythonTimeError) {
      return Successor(start: try value.adding(step))
    } catch {
      guard error.kind == .overflowError else { throw error }
    }
    return Successor(start: try end(), isInCalendar: false)
  }
}
