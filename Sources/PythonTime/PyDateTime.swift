/// Python's `datetime.datetime`: a day, a time of day in microseconds, and a zone where it is aware.
public struct PyDateTime: Hashable, Sendable {
  package let date: PyDate
  /// 0 to 86,399,999,999.
  let microsecondOfDay: Int
  /// nil if the value is naive.
  package let tz: PyTimeZone?

  package var year: Int { date.year }
  package var month: Int { date.month }
  package var day: Int { date.day }
  package var hour: Int { microsecondOfDay / 3_600_000_000 }
  package var minute: Int { microsecondOfDay / 60_000_000 % 60 }
  package var second: Int { microsecondOfDay / 1_000_000 % 60 }
  package var microsecond: Int { microsecondOfDay % 1_000_000 }
  /// 0 for Monday.
  package var weekday: Int { date.weekday }
  package var isAware: Bool { tz != nil }

  package static let unixEpoch = PyDateTime(
    date: PyDate(uncheckedOrdinal: Gregorian.epochOrdinal), microsecondOfDay: 0, tz: .utc)

  /// Midnight of `date`.
  package init(date: PyDate, tz: PyTimeZone? = nil) { self.init(date: date, microsecondOfDay: 0, tz: tz) }

  /// Throws `ValueError` where a part is out of its range.
  package init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0,
    tz: PyTimeZone? = nil
  ) throws(PythonTimeError) {
    let date = try PyDate(year: year, month: month, day: day)
    guard hour >= 0, hour <= 23 else { throw .range("hour must be in 0..23") }
    guard minute >= 0, minute <= 59 else { throw .range("minute must be in 0..59") }
    guard second >= 0, second <= 59 else { throw .range("second must be in 0..59") }
    guard microsecond >= 0, microsecond <= 999_999 else { throw .range("microsecond must be in 0..999999") }
    self.init(
      date: date, microsecondOfDay: ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond, tz: tz)
  }

  init(date: PyDate, microsecondOfDay: Int, tz: PyTimeZone?) {
    self.date = date
    self.microsecondOfDay = microsecondOfDay
    self.tz = tz
  }

  /// From microseconds since 0001-01-01 on the value's own clock. Throws `OverflowError` outside years 1 to 9999.
  init(localMicroseconds: Int, tz: PyTimeZone?) throws(PythonTimeError) {
    let (days, micros) = floorDivide(localMicroseconds, PyTimeDelta.microsecondsPerDay)
    guard days >= 0, days < Gregorian.maxOrdinal else { throw .dateRange }
    self.init(date: PyDate(uncheckedOrdinal: days + 1), microsecondOfDay: micros, tz: tz)
  }

  /// Microseconds since 0001-01-01 on the value's own clock.
  var localMicroseconds: Int { (date.ordinal - 1) * PyTimeDelta.microsecondsPerDay + microsecondOfDay }
  /// Microseconds since 0001-01-01 UTC; a naive value counts as UTC.
  var utcMicroseconds: Int { localMicroseconds - (tz?.offsetMicroseconds ?? 0) }
  /// Microseconds since 1970-01-01 UTC; a naive value counts as UTC.
  package var epochMicroseconds: Int { utcMicroseconds - (Gregorian.epochOrdinal - 1) * PyTimeDelta.microsecondsPerDay }

  /// Equal instants are equal whatever their zone; a naive value never equals an aware one.
  public static func == (a: PyDateTime, b: PyDateTime) -> Bool {
    a.isAware == b.isAware && a.utcMicroseconds == b.utcMicroseconds
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(utcMicroseconds) }

  /// `a < b`. Throws `TypeError` between naive and aware values.
  package func isLess(than other: PyDateTime) throws(PythonTimeError) -> Bool {
    guard isAware == other.isAware else { throw .type("can't compare offset-naive and offset-aware datetimes") }
    return utcMicroseconds < other.utcMicroseconds
  }
}

extension PyDateTime {
  /// The moment `delta` later on the same clock. Throws `OverflowError` outside years 1 to 9999.
  package func adding(_ delta: PyTimeDelta) throws(PythonTimeError) -> PyDateTime {
    guard abs(delta.days) <= Gregorian.maxOrdinal else { throw .dateRange }
    let micros = delta.days * PyTimeDelta.microsecondsPerDay + delta.seconds * 1_000_000 + delta.microseconds
    return try PyDateTime(localMicroseconds: localMicroseconds + micros, tz: tz)
  }

  /// The moment `delta` earlier. Throws `OverflowError` outside years 1 to 9999.
  package func subtracting(_ delta: PyTimeDelta) throws(PythonTimeError) -> PyDateTime {
    guard abs(delta.days) <= Gregorian.maxOrdinal else { throw .dateRange }
    let micros = delta.days * PyTimeDelta.microsecondsPerDay + delta.seconds * 1_000_000 + delta.microseconds
    return try PyDateTime(localMicroseconds: localMicroseconds - micros, tz: tz)
  }

  /// `datetime - datetime`. Throws `TypeError` between naive and aware values.
  package func subtracting(_ other: PyDateTime) throws(PythonTimeError) -> PyTimeDelta {
    guard isAware == other.isAware else { throw .type("can't subtract offset-naive and offset-aware datetimes") }
    return try PyTimeDelta(totalMicroseconds: Int128(utcMicroseconds - other.utcMicroseconds))
  }

  /// `replace(…)` without `tzinfo`. Throws `ValueError` where a part is out of its range.
  package func replacing(
    year: Int? = nil, month: Int? = nil, day: Int? = nil, hour: Int? = nil, minute: Int? = nil, second: Int? = nil,
    microsecond: Int? = nil
  ) throws(PythonTimeError) -> PyDateTime {
    try PyDateTime(
      year: year ?? self.year, month: month ?? self.month, day: day ?? self.day, hour: hour ?? self.hour,
      minute: minute ?? self.minute, second: second ?? self.second, microsecond: microsecond ?? self.microsecond, tz: tz)
  }

  /// `replace(tzinfo=…)`: the same clock reading in another zone.
  package func replacing(tz: PyTimeZone?) -> PyDateTime {
    PyDateTime(date: date, microsecondOfDay: microsecondOfDay, tz: tz)
  }

  /// `astimezone(tz)`: the same instant on another clock; a naive value counts as UTC.
  /// Throws `OverflowError` outside years 1 to 9999.
  package func converted(to zone: PyTimeZone) throws(PythonTimeError) -> PyDateTime {
    try PyDateTime(localMicroseconds: utcMicroseconds + zone.offsetMicroseconds, tz: zone)
  }

  /// The same instant in UTC; as it is where it is there already, naive, or would leave the calendar.
  package var inUTC: PyDateTime {
    guard let tz, tz.offsetMicroseconds != 0 else { return self }
    return (try? converted(to: .utc)) ?? self
  }

  /// `timestamp()`: seconds since 1970-01-01 UTC, correctly rounded; a naive value counts as UTC.
  package var timestamp: Double { trueDivide(Int128(epochMicroseconds), 1_000_000) }

  /// From microseconds since 1970-01-01 UTC. Throws `OverflowError` outside years 1 to 9999.
  package init(epochMicroseconds: Int128, tz: PyTimeZone = .utc) throws(PythonTimeError) {
    let shift = Int128(Gregorian.epochOrdinal - 1) * Int128(PyTimeDelta.microsecondsPerDay)
    let (sum, overflow) = epochMicroseconds.addingReportingOverflow(shift)
    guard !overflow, let local = Int(exactly: sum) else { throw .dateRange }
    let utc = try PyDateTime(localMicroseconds: local, tz: .utc)
    self = tz == .utc ? utc : try utc.converted(to: tz)
  }

  /// `datetime.fromtimestamp(seconds, tz)`. Throws `ValueError` or `OverflowError`, with Python's words, where it is out of range.
  package static func fromTimestamp(_ seconds: PyNumber, tz: PyTimeZone = .utc) throws(PythonTimeError) -> PyDateTime {
    let total: Int128
    switch seconds {
    case .int(let value):
      total = Int128(value) * 1_000_000
    case .float(let value):
      guard !value.isNaN else { throw .value("Invalid value NaN (not a number)") }
      guard abs(value) < 9.2e18 else {
        throw PythonTimeError(.overflowError, "timestamp out of range for platform time_t", isOutOfRange: true)
      }
      let whole = value.rounded(.towardZero)
      total = Int128(whole) * 1_000_000 + Int128(((value - whole) * 1_000_000).rounded(.toNearestOrEven))
    }
    let days = floorDivide(total, Int128(PyTimeDelta.microsecondsPerDay)).quotient + Int128(Gregorian.epochOrdinal)
    guard days >= 1, days <= Int128(Gregorian.maxOrdinal) else {
      let year = Gregorian.year(ofAny: days)
      guard Int32(exactly: year - 1900) != nil else {
        throw PythonTimeError(.osError, "[Errno 75] Value too large for defined data type")
      }
      throw .range("year \(year) is out of range")
    }
    return try PyDateTime(epochMicroseconds: total, tz: tz)
  }
}
