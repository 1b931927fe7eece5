/// Python's `datetime.date`: a day of the proleptic Gregorian calendar, years 1 to 9999.
package struct PyDate: Hashable, Sendable, Comparable {
  private let storedYear: Int16
  private let storedMonth: UInt8
  private let storedDay: UInt8

  package var year: Int { Int(storedYear) }
  package var month: Int { Int(storedMonth) }
  package var day: Int { Int(storedDay) }

  package static let min = PyDate(uncheckedYear: 1, month: 1, day: 1)
  package static let max = PyDate(uncheckedYear: 9999, month: 12, day: 31)

  /// Throws `ValueError` where a part is out of its range.
  package init(year: Int, month: Int, day: Int) throws(PythonTimeError) {
    guard year >= 1, year <= 9999 else { throw .range("year \(year) is out of range") }
    guard month >= 1, month <= 12 else { throw .range("month must be in 1..12") }
    guard day >= 1, day <= Gregorian.daysIn(month: month, year: year) else { throw .range("day is out of range for month") }
    self.init(uncheckedYear: year, month: month, day: day)
  }

  init(uncheckedYear year: Int, month: Int, day: Int) {
    storedYear = Int16(truncatingIfNeeded: year)
    storedMonth = UInt8(truncatingIfNeeded: month)
    storedDay = UInt8(truncatingIfNeeded: day)
  }

  /// `date.fromordinal`: day 1 is 0001-01-01. Throws `ValueError`, with Python's words, outside years 1 to 9999.
  package init(ordinal: Int) throws(PythonTimeError) {
    guard ordinal >= 1 else { throw .value("ordinal must be >= 1") }
    guard ordinal <= Gregorian.maxOrdinal else {
      guard Int32(exactly: ordinal) != nil else { throw .overflow("signed integer is greater than maximum") }
      throw .range("year \(Gregorian.year(ofAny: Int128(ordinal))) is out of range")
    }
    self.init(uncheckedOrdinal: ordinal)
  }

  init(uncheckedOrdinal ordinal: Int) {
    let (year, month, day) = Gregorian.civil(ordinal: ordinal)
    self.init(uncheckedYear: year, month: month, day: day)
  }

  /// `toordinal()`: 1 for 0001-01-01.
  package var ordinal: Int { Gregorian.ordinal(year: year, month: month, day: day) }
  /// 0 for Monday to 6 for Sunday.
  package var weekday: Int { (ordinal + 6) % 7 }
  /// 1 for Monday to 7 for Sunday.
  package var isoWeekday: Int { weekday + 1 }
  /// 1 for 1 January.
  package var dayOfYear: Int { Gregorian.daysBefore(month: month, year: year) + day }

  /// `isocalendar()`.
  package var isoCalendar: (year: Int, week: Int, weekday: Int) {
    var year = self.year
    let today = ordinal
    var monday = Gregorian.firstISOMonday(year: year)
    if today < monday {
      year -= 1
      monday = Gregorian.firstISOMonday(year: year)
    } else if today >= Gregorian.firstISOMonday(year: year + 1) {
      year += 1
      monday = Gregorian.firstISOMonday(year: year)
    }
    return (year, (today - monday) / 7 + 1, isoWeekday)
  }

  /// The day `delta.days` later; hours are ignored. Throws `OverflowError` outside years 1 to 9999.
  package func adding(_ delta: PyTimeDelta) throws(PythonTimeError) -> PyDate { try adding(days: delta.days) }

  /// The day `delta.days` earlier. Throws `OverflowError` outside years 1 to 9999.
  package func subtracting(_ delta: PyTimeDelta) throws(PythonTimeError) -> PyDate { try adding(days: -delta.days) }

  /// The day this many days later. Throws `OverflowError` outside years 1 to 9999.
  package func adding(days: Int) throws(PythonTimeError) -> PyDate {
    let (target, overflow) = ordinal.addingReportingOverflow(days)
    guard !overflow, target >= 1, target <= Gregorian.maxOrdinal else { throw .dateRange }
    return PyDate(uncheckedOrdinal: target)
  }

  /// `date - date`.
  package func subtracting(_ other: PyDate) -> PyTimeDelta {
    PyTimeDelta(normalisedDays: ordinal - other.ordinal, seconds: 0, microseconds: 0)
  }

  /// `replace(…)`. Throws `ValueError` where a part is out of its range.
  package func replacing(year: Int? = nil, month: Int? = nil, day: Int? = nil) throws(PythonTimeError) -> PyDate {
    try PyDate(year: year ?? self.year, month: month ?? self.month, day: day ?? self.day)
  }

  package static func < (a: PyDate, b: PyDate) -> Bool {
    (a.storedYear, a.storedMonth, a.storedDay) < (b.storedYear, b.storedMonth, b.storedDay)
  }

  /// `isoformat()`: `2022-01-14`.
  package var isoFormat: String {
    String(unsafeUninitializedCapacity: 10) { buffer in
      writeISO(to: buffer)
      return 10
    }
  }

  /// `repr(date)`: `datetime.date(2022, 1, 14)`.
  package var repr: String { "datetime.date(\(year), \(month), \(day))" }

  /// `ctime()`: `Fri Jan 14 00:00:00 2022`.
  package var ctime: String { PyDateTime(date: self).ctime }

  func writeISO(to buffer: UnsafeMutableBufferPointer<UInt8>) {
    buffer.write(year, digits: 4, at: 0)
    buffer[4] = UInt8(ascii: "-")
    buffer.write(month, digits: 2, at: 5)
    buffer[7] = UInt8(ascii: "-")
    buffer.write(day, digits: 2, at: 8)
  }
}

extension PyDate: CustomStringConvertible {
  /// `str(date)`, the same as ``isoFormat``.
  package var description: String { isoFormat }
}

extension UnsafeMutableBufferPointer where Element == UInt8 {
  /// Writes the lowest decimal digits of `value` (not negative).
  func write(_ value: Int, digits: Int, at start: Int) {
    var rest = value
    for index in stride(from: start + digits - 1, through: start, by: -1) {
      self[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
  }
}
