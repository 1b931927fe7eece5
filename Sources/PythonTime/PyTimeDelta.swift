/// Python's `datetime.timedelta`: whole days, then seconds and microseconds that are never negative.
package struct PyTimeDelta: Hashable, Sendable, Comparable {
  private let storedDays: Int32
  private let storedSeconds: Int32
  private let storedMicroseconds: Int32

  /// -999,999,999 to 999,999,999.
  package var days: Int { Int(storedDays) }
  /// 0 to 86,399.
  package var seconds: Int { Int(storedSeconds) }
  /// 0 to 999,999.
  package var microseconds: Int { Int(storedMicroseconds) }

  package static let zero = PyTimeDelta(normalisedDays: 0, seconds: 0, microseconds: 0)
  /// The smallest difference that is not zero: one microsecond.
  package static let resolution = PyTimeDelta(normalisedDays: 0, seconds: 0, microseconds: 1)
  package static let min = PyTimeDelta(normalisedDays: -999_999_999, seconds: 0, microseconds: 0)
  package static let max = PyTimeDelta(normalisedDays: 999_999_999, seconds: 86_399, microseconds: 999_999)

  static let microsecondsPerDay = 86_400_000_000

  /// The caller has checked the ranges.
  init(normalisedDays days: Int, seconds: Int, microseconds: Int) {
    storedDays = Int32(truncatingIfNeeded: days)
    storedSeconds = Int32(truncatingIfNeeded: seconds)
    storedMicroseconds = Int32(truncatingIfNeeded: microseconds)
  }

  /// A difference of this many microseconds. Throws `OverflowError` beyond a thousand million days.
  package init(totalMicroseconds total: Int128) throws(PythonTimeError) {
    let (days, rest) = floorDivide(total, Int128(Self.microsecondsPerDay))
    guard days >= -999_999_999, days <= 999_999_999 else {
      throw .overflow(
        Int32(exactly: days) == nil
          ? "Python int too large to convert to C int" : "days=\(days); must have magnitude <= 999999999")
    }
    let micros = Int(truncatingIfNeeded: rest)
    self.init(normalisedDays: Int(days), seconds: micros / 1_000_000, microseconds: micros % 1_000_000)
  }

  /// Every part an integer of any sign. Throws `OverflowError` beyond a thousand million days.
  package init(
    days: Int = 0, seconds: Int = 0, microseconds: Int = 0, milliseconds: Int = 0, minutes: Int = 0, hours: Int = 0,
    weeks: Int = 0
  ) throws(PythonTimeError) {
    // The largest factor is 6e11 and there are seven terms, far from the bounds of 128 bits.
    var total = Int128(microseconds)
    total += Int128(milliseconds) * 1_000
    total += Int128(seconds) * 1_000_000
    total += Int128(minutes) * 60_000_000
    total += Int128(hours) * 3_600_000_000
    total += Int128(days) * 86_400_000_000
    total += Int128(weeks) * 604_800_000_000
    try self.init(totalMicroseconds: total)
  }

  /// Any part may be a float; fractions are added up and rounded to microseconds once, halves to even, as Python does.
  package init(
    days: PyNumber, seconds: PyNumber = .int(0), microseconds: PyNumber = .int(0), milliseconds: PyNumber = .int(0),
    minutes: PyNumber = .int(0), hours: PyNumber = .int(0), weeks: PyNumber = .int(0)
  ) throws(PythonTimeError) {
    var sum = TimeDeltaSum()
    try sum.add(microseconds, factor: 1)
    try sum.add(milliseconds, factor: 1_000)
    try sum.add(seconds, factor: 1_000_000)
    try sum.add(minutes, factor: 60_000_000)
    try sum.add(hours, factor: 3_600_000_000)
    try sum.add(days, factor: 86_400_000_000)
    try sum.add(weeks, factor: 604_800_000_000)
    try self.init(totalMicroseconds: sum.rounded())
  }

  /// The whole difference in microseconds.
  package var totalMicroseconds: Int128 {
    Int128(days) * Int128(Self.microsecondsPerDay) + Int128(seconds * 1_000_000 + microseconds)
  }

  /// `total_seconds()`: the difference in seconds, correctly rounded.
  package var totalSeconds: Double { trueDivide(totalMicroseconds, 1_000_000) }

  /// False for zero, as in Python.
  package var isTruthy: Bool { self != .zero }

  package static func < (a: PyTimeDelta, b: PyTimeDelta) -> Bool {
    (a.storedDays, a.storedSeconds, a.storedMicroseconds) < (b.storedDays, b.storedSeconds, b.storedMicroseconds)
  }
}

/// A Python number where a `timedelta` or a timestamp takes one.
package enum PyNumber: Hashable, Sendable {
  case int(Int)
  case float(Double)
}

/// The running sum of a constructor's parts: whole microseconds, and what is left of the fractions.
private struct TimeDeltaSum {
  private var whole: Int128 = 0
  private var leftover = 0.0

  mutating func add(_ number: PyNumber, factor: Int) throws(PythonTimeError) {
    switch number {
    case .int(let value):
      whole += Int128(value) * Int128(factor)
    case .float(let value):
      guard !value.isNaN else { throw .value("cannot convert float NaN to integer") }
      guard !value.isInfinite else { throw .overflow("cannot convert float infinity to integer") }
      let integral = value.rounded(.towardZero)
      guard abs(integral) < 1e20 else { throw .overflow("Python int too large to convert to C int") }
      whole += Int128(integral) * Int128(factor)
      let scaled = (value - integral) * Double(factor)
      let scaledIntegral = scaled.rounded(.towardZero)
      whole += Int128(scaledIntegral)
      leftover += scaled - scaledIntegral
    }
  }

  func rounded() -> Int128 {
    guard leftover != 0 else { return whole }
    var nearest = leftover.rounded(.toNearestOrAwayFromZero)
    if abs(nearest - leftover) == 0.5 {
      // A tie goes to the even total, not to the even leftover.
      let odd: Double = whole % 2 == 0 ? 0 : 1
      nearest = 2 * ((leftover + odd) * 0.5).rounded(.toNearestOrAwayFromZero) - odd
    }
    return whole + Int128(nearest)
  }
}
