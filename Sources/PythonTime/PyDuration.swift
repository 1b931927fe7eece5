import Essentials

/// `isodate.Duration`: years and months, which have no fixed length, beside a fixed difference.
package struct PyDuration: Hashable, Sendable {
  /// May have a fraction (`P1.5Y`); then it cannot be added to a date.
  package let years: Decimal
  package let months: Decimal
  package let timeDelta: PyTimeDelta

  package init(years: Decimal, months: Decimal, timeDelta: PyTimeDelta = .zero) {
    self.years = years
    self.months = months
    self.timeDelta = timeDelta
  }

  /// Two durations are equal when their months in all and their fixed parts are.
  package static func == (a: PyDuration, b: PyDuration) -> Bool {
    a.timeDelta == b.timeDelta && a.years * 12 + a.months == b.years * 12 + b.months
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(years * 12 + months)
    hasher.combine(timeDelta)
  }

  package func negated() throws(PythonTimeError) -> PyDuration {
    PyDuration(years: -years, months: -months, timeDelta: try timeDelta.negated())
  }

  package func adding(_ other: PyDuration) throws(PythonTimeError) -> PyDuration {
    PyDuration(
      years: years + other.years, months: months + other.months, timeDelta: try timeDelta.adding(other.timeDelta))
  }

  package func adding(_ other: PyTimeDelta) throws(PythonTimeError) -> PyDuration {
    PyDuration(years: years, months: months, timeDelta: try timeDelta.adding(other))
  }

  package func subtracting(_ other: PyDuration) throws(PythonTimeError) -> PyDuration {
    PyDuration(
      years: years - other.years, months: months - other.months, timeDelta: try timeDelta.subtracting(other.timeDelta))
  }

  package func subtracting(_ other: PyTimeDelta) throws(PythonTimeError) -> PyDuration {
    PyDuration(years: years, months: months, timeDelta: try timeDelta.subtracting(other))
  }

  package func multiplied(by factor: Int) throws(PythonTimeError) -> PyDuration {
    PyDuration(
      years: years * Decimal(factor), months: months * Decimal(factor),
      timeDelta: try timeDelta.multiplied(by: .int(factor)))
  }

  /// `date + duration`: months first, the day cut to the month's length, then the fixed part.
  /// Throws `ValueError` for fractional years or months and outside years 1 to 9999.
  package func added(to date: PyDate) throws(PythonTimeError) -> PyDate {
    try shifted(date, sign: 1).adding(timeDelta)
  }

  package func added(to dateTime: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    try PyDateTime(
      date: shifted(dateTime.date, sign: 1), microsecondOfDay: dateTime.microsecondOfDay, tz: dateTime.tz
    ).adding(timeDelta)
  }

  /// `date - duration`.
  package func subtracted(from date: PyDate) throws(PythonTimeError) -> PyDate {
    try shifted(date, sign: -1).subtracting(timeDelta)
  }

  package func subtracted(from dateTime: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    try PyDateTime(
      date: shifted(dateTime.date, sign: -1), microsecondOfDay: dateTime.microsecondOfDay, tz: dateTime.tz
    ).subtracting(timeDelta)
  }

  private func shifted(_ date: PyDate, sign: Int) throws(PythonTimeError) -> PyDate {
    guard years.isWhole, months.isWhole else {
      throw .value("fractional years or months not supported for date calculations")
    }
    guard let years = years.int, let months = months.int, abs(years) < 1 << 32, abs(months) < 1 << 32 else {
      throw .overflow("signed integer is greater than maximum")
    }
    let (carry, month) = floorDivide(date.month - 1 + sign * months, 12)
    let year = date.year + sign * years + carry
    let day = min(date.day, Gregorian.daysIn(month: month + 1, year: year))
    return try PyDate(year: year, month: month + 1, day: day)
  }
}

extension PyDuration: CustomStringConvertible {
  /// `str(duration)`: `1 years, 2 months, 0:00:00`.
  package var description: String {
    var parts: [String] = []
    if years != 0 { parts.append("\(years.truncated) years") }
    if months != 0 { parts.append("\(months.truncated) month\(months <= 1 ? "" : "s")") }
    parts.append(timeDelta.description)
    return parts.joined(separator: ", ")
  }

  /// `repr(duration)`: `isodate.duration.Duration(0, 0, 0, years=1, months=2)`.
  package var repr: String {
    "isodate.duration.Duration(\(timeDelta.days), \(timeDelta.seconds), \(timeDelta.microseconds), "
      + "years=\(years.truncated), months=\(months.truncated))"
  }
}

extension Decimal {
  /// The integer part, as `%d` prints it.
  fileprivate var truncated: Decimal {
    let digits = description.prefix { $0 != "." }
    return digits == "-0" ? 0 : Decimal(string: String(digits)) ?? self
  }

  fileprivate var isWhole: Bool { truncated == self }

  fileprivate var int: Int? { Int(description) }

  /// `float(value)`.
  package var double: Double { Double(description) ?? .nan }
}
