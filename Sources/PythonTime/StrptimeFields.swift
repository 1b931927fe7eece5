/// What the directives of a format read, and how a date comes out of it.
struct StrptimeFields {
  private var year: Int?
  private var isoYear: Int?
  private var month = 1
  private var day = 1
  private var hour = 0
  private var hour12: Int?
  private var isAfternoon = false
  private var minute = 0
  private var second = 0
  private var microsecond = 0
  private var weekday: Int?
  private var dayOfYear: Int?
  private var weekFromSunday: Int?
  private var weekFromMonday: Int?
  private var isoWeek: Int?
  private var zoneName: String?
  private var offset: Offset?

  private enum Offset {
    case utc
    case microseconds(Int)
    /// With the error's text.
    case invalid(String)
  }

  /// Keeps the text of `field`, which has matched.
  mutating func set(_ field: StrptimeField, from start: Int, to end: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
    switch field {
    case .year: year = number(start, end, bytes)
    case .shortYear:
      let value = number(start, end, bytes)
      year = value <= 68 ? value + 2000 : value + 1900
    case .isoYear: isoYear = number(start, end, bytes)
    case .month: month = number(start, end, bytes)
    case .day: day = number(start, end, bytes)
    case .hour: hour = number(start, end, bytes)
    case .hour12: hour12 = number(start, end, bytes)
    case .minute: minute = number(start, end, bytes)
    case .second: second = number(start, end, bytes)
    case .fraction:
      microsecond = number(start, end, bytes)
      for _ in (end - start)..<6 { microsecond *= 10 }
    case .dayOfYear: dayOfYear = number(start, end, bytes)
    case .weekFromSunday: weekFromSunday = number(start, end, bytes)
    case .weekFromMonday: weekFromMonday = number(start, end, bytes)
    case .isoWeek: isoWeek = number(start, end, bytes)
    case .weekdayNumber: weekday = (number(start, end, bytes) + 6) % 7
    case .isoWeekday: weekday = number(start, end, bytes) - 1
    case .weekdayName: weekday = StrptimeField.find(Names.days, at: start, bytes)
    case .weekdayShort: weekday = StrptimeField.find(Names.shortDays, at: start, bytes)
    case .monthName: month = (StrptimeField.find(Names.months, at: start, bytes) ?? 0) + 1
    case .monthShort: month = (StrptimeField.find(Names.shortMonths, at: start, bytes) ?? 0) + 1
    case .dayHalf: isAfternoon = asciiLower(bytes[start]) == UInt8(ascii: "p")
    case .zoneName: zoneName = String(decoding: bytes[start..<end], as: UTF8.self)
    case .offset: offset = Self.offset(start, end, bytes)
    }
  }

  @inline(__always)
  private func number(_ start: Int, _ end: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var value = 0
    for index in start..<end where bytes[index] != 0x20 { value = value * 10 + Int(bytes[index] &- 48) }
    return value
  }

  private static func offset(_ start: Int, _ end: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Offset {
    if bytes[start] == UInt8(ascii: "Z") { return .utc }
    let colon = UInt8(ascii: ":")
    let hasColon = bytes[start + 3] == colon
    let text = { String(decoding: bytes[start..<end], as: UTF8.self) }
    var digits: [Int] = []
    var fraction: [Int] = []
    var inFraction = false
    for index in (start + 1)..<end {
      switch bytes[index] {
      case UInt8(ascii: "."): inFraction = true
      case colon: continue
      default: if inFraction { fraction.append(Int(bytes[index] &- 48)) } else { digits.append(Int(bytes[index] &- 48)) }
      }
    }
    if hasColon, end > start + 6, bytes[start + 6] != colon { return .invalid("Inconsistent use of : in \(text())") }
    if !hasColon, end > start + 5, bytes[start + 5] == colon {
      let seconds = String(decoding: bytes[(start + 5)..<(start + 7)], as: UTF8.self)
      return .invalid("invalid literal for int() with base 10: '\(seconds)'")
    }
    while fraction.count < 6 { fraction.append(0) }
    func two(_ index: Int) -> Int { index + 1 < digits.count ? digits[index] * 10 + digits[index + 1] : 0 }
    let seconds = (two(0) * 60 + two(2)) * 60 + two(4)
    let micros = seconds * 1_000_000 + fraction.prefix(6).reduce(0) { $0 * 10 + $1 }
    return .microseconds(bytes[start] == UInt8(ascii: "-") ? -micros : micros)
  }
}

extension StrptimeFields {
  /// The moment that was read. Throws `ValueError` where the parts contradict each other or are out of range.
  func dateTime() throws(PythonTimeError) -> PyDateTime {
    if case .invalid(let message) = offset { throw .value(message) }
    let date = try resolvedDate()
    let hour = hour12.map { $0 % 12 + (isAfternoon ? 12 : 0) } ?? hour
    return try PyDateTime(
      year: date.year, month: date.month, day: date.day, hour: hour, minute: minute, second: second,
      microsecond: microsecond, tz: zone())
  }

  private func zone() throws(PythonTimeError) -> PyTimeZone? {
    switch offset {
    case .utc: return try .offset(.zero, name: zoneName)
    case .microseconds(let value): return try .offset(PyTimeDelta(microseconds: value), name: zoneName)
    default: return nil
    }
  }

  private func resolvedDate() throws(PythonTimeError) -> (year: Int, month: Int, day: Int) {
    try checkISOParts()
    let isLeapDayWithoutYear = self.year == nil && month == 2 && day == 29
    var year = self.year ?? (isLeapDayWithoutYear ? 1904 : 1900)
    var dayOfYear = self.dayOfYear
    if dayOfYear == nil, let weekday {
      if let week = weekFromMonday {
        dayOfYear = try Self.dayOfYear(year: year, week: week, weekday: weekday, mondayFirst: true)
      } else if let week = weekFromSunday {
        dayOfYear = try Self.dayOfYear(year: year, week: week, weekday: weekday, mondayFirst: false)
      } else if let isoYear, let isoWeek {
        guard (1...9999).contains(isoYear) else { throw .range("year \(isoYear) is out of range") }
        let target = Gregorian.firstISOMonday(year: isoYear) + (isoWeek - 1) * 7 + weekday
        (year, dayOfYear) = (isoYear, target - Gregorian.daysBefore(year: isoYear))
      }
      if let value = dayOfYear, value <= 0 {
        year -= 1
        dayOfYear = value + (Gregorian.isLeap(year) ? 366 : 365)
      }
    }
    guard let dayOfYear else {
      // Checks the parts before a missing year is put back.
      let date = try PyDate(year: year, month: month, day: day)
      return isLeapDayWithoutYear ? (1900, date.month, date.day) : (date.year, date.month, date.day)
    }
    guard (1...9999).contains(year) else { throw .range("year \(year) is out of range") }
    let date = try PyDate(ordinal: Gregorian.daysBefore(year: year) + dayOfYear)
    return (isLeapDayWithoutYear ? 1900 : date.year, date.month, date.day)
  }

  private func checkISOParts() throws(PythonTimeError) {
    let week = weekFromSunday ?? weekFromMonday
    if year == nil, isoYear != nil {
      guard isoWeek != nil, weekday != nil else {
        throw .value(
          "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday "
            + "directive ('%A', '%a', '%w', or '%u').")
      }
      guard dayOfYear == nil else {
        throw .value("Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.")
      }
    } else if week == nil, isoWeek != nil {
      throw .value(
        weekday == nil
          ? "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday "
            + "directive ('%A', '%a', '%w', or '%u')."
          : "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.")
    }
  }

  /// The day of the year from a week number whose weeks begin on Monday or Sunday; may be 0 or less.
  private static func dayOfYear(
    year: Int, week: Int, weekday: Int, mondayFirst: Bool
  ) throws(PythonTimeError) -> Int {
    let first = try PyDate(year: year, month: 1, day: 1).weekday
    let (firstWeekday, day) = mondayFirst ? (first, weekday) : ((first + 1) % 7, (weekday + 1) % 7)
    if week == 0 { return 1 + day - firstWeekday }
    return 1 + (7 - firstWeekday) % 7 + 7 * (week - 1) + day
  }
}
