import Python

extension PyDateTime {
  /// `dateutil.parser.isoparse`: ISO 8601 dates (`2022`, `2022-01`, `20220114`, `2022-W02-5`, `2022-014`) and times with any
  /// one-byte separator. Naive unless the text has a zone. Throws `ValueError`.
  package static func isoParse(_ text: String) throws(PythonTimeError) -> PyDateTime {
    var text = text
    let result = text.withUTF8 { bytes -> Result<PyDateTime, PythonTimeError> in
      do throws(PythonTimeError) {
        return .success(try ISODateTimeParser(bytes: bytes).parse())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// Reads one ISO 8601 text from its bytes.
private struct ISODateTimeParser {
  let bytes: UnsafeBufferPointer<UInt8>

  func parse() throws(PythonTimeError) -> PyDateTime {
    guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .value("ISO-8601 strings should contain only ASCII characters") }
    let (date, end): ((Int, Int, Int), Int)
    do throws(PythonTimeError) {
      (date, end) = try commonDate()
    } catch {
      (date, end) = try uncommonDate()
    }
    guard end < bytes.count else { return try PyDateTime(year: date.0, month: date.1, day: date.2) }
    let time = try clock(from: end + 1)
    let midnightAtEnd = time.parts.0 == 24
    let value = try PyDateTime(
      year: date.0, month: date.1, day: date.2, hour: midnightAtEnd ? 0 : time.parts.0, minute: time.parts.1,
      second: time.parts.2, microsecond: time.microsecond, tz: time.zone)
    return midnightAtEnd ? try value.adding(PyTimeDelta(days: 1)) : value
  }

  private func commonDate() throws(PythonTimeError) -> (date: (Int, Int, Int), end: Int) {
    guard bytes.count >= 4 else { throw .value("ISO string too short") }
    let year = try int(0, 4)
    guard bytes.count > 4 else { return ((year, 1, 1), 4) }
    let hasDash = isDash(4)
    var position = hasDash ? 5 : 4
    guard bytes.count - position >= 2 else { throw .value("Invalid common month") }
    let month = try int(position, position + 2)
    position += 2
    guard position < bytes.count else {
      if hasDash { return ((year, month, 1), position) }
      throw .value("Invalid ISO format")
    }
    if hasDash {
      guard isDash(position) else { throw .value("Invalid separator in ISO string") }
      position += 1
    }
    guard bytes.count - position >= 2 else { throw .value("Invalid common day") }
    return ((year, month, try int(position, position + 2)), position + 2)
  }

  /// Week dates and ordinal dates.
  private func uncommonDate() throws(PythonTimeError) -> (date: (Int, Int, Int), end: Int) {
    guard bytes.count >= 4 else { throw .value("ISO string too short") }
    let year = try int(0, 4)
    let hasDash = isDash(4)
    var position = hasDash ? 5 : 4
    let date: PyDate
    if position < bytes.count, bytes[position] == UInt8(ascii: "W") {
      let week = try int(position + 1, position + 3)
      position += 3
      var day = 1
      if bytes.count > position {
        guard isDash(position) == hasDash else { throw .value("Inconsistent use of dash separator") }
        position += hasDash ? 1 : 0
        day = try int(position, position + 1)
        position += 1
      }
      guard week > 0, week < 54 else { throw .value("Invalid week: \(week)") }
      guard day > 0, day < 8 else { throw .value("Invalid weekday: \(day)") }
      guard (1...9999).contains(year) else { throw .range("year \(year) is out of range") }
      let ordinal = Gregorian.firstISOMonday(year: year) + (week - 1) * 7 + day - 1
      guard ordinal >= 1, ordinal <= Gregorian.maxOrdinal else { throw .dateRange }
      date = try PyDate(ordinal: ordinal)
    } else {
      guard bytes.count - position >= 3 else { throw .value("Invalid ordinal day") }
      let day = try int(position, position + 3)
      position += 3
      guard day >= 1, day <= (Gregorian.isLeap(year) ? 366 : 365) else {
        throw .value("Invalid ordinal day \(day) for year \(year)")
      }
      date = try PyDate(year: year, month: 1, day: 1).adding(days: day - 1)
    }
    return ((date.year, date.month, date.day), position)
  }

  private func clock(
    from start: Int
  ) throws(PythonTimeError) -> (parts: (Int, Int, Int), microsecond: Int, zone: PyTimeZone?) {
    guard bytes.count - start >= 2 else { throw .value("ISO time too short") }
    var parts = [0, 0, 0]
    var microsecond = 0
    var zone: PyTimeZone?
    var position = start
    var component = -1
    var hasColon = false
    while position < bytes.count, component < 5 {
      component += 1
      if let found = try zoneBoundary(at: position) {
        zone = found
        position = bytes.count
        break
      }
      if component == 1, bytes[position] == UInt8(ascii: ":") {
        hasColon = true
        position += 1
      } else if component == 2, hasColon {
        guard bytes[position] == UInt8(ascii: ":") else { throw .value("Inconsistent use of colon separator") }
        position += 1
      }
      if component < 3 {
        parts[component] = try int(position, position + 2)
        position += 2
      } else if component == 3, let fraction = fraction(at: position) {
        (microsecond, position) = fraction
      }
    }
    guard position >= bytes.count else { throw .value("Unused components in ISO string") }
    guard parts[0] != 24 || (parts[1] == 0 && parts[2] == 0 && microsecond == 0) else {
      throw .value("Hour may only be 24 at 24:00:00.000")
    }
    return ((parts[0], parts[1], parts[2]), microsecond, zone)
  }

  /// `.123` or `,123`; digits beyond microseconds are cut off.
  private func fraction(at start: Int) -> (microsecond: Int, end: Int)? {
    guard bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: ",") else { return nil }
    var value = 0
    var end = start + 1
    while end < bytes.count, bytes[end] &- 48 < 10 {
      if end < start + 7 { value = value * 10 + Int(bytes[end] - 48) }
      end += 1
    }
    guard end > start + 1 else { return nil }
    for _ in (end - start - 1)..<max(6, end - start - 1) { value *= 10 }
    return (value, end)
  }

  private func zoneBoundary(at start: Int) throws(PythonTimeError) -> PyTimeZone? {
    let sign = bytes[start]
    let length = bytes.count - start
    switch sign {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      if length == 1 { return .dateutilUTC }
      guard [3, 5, 6].contains(length) else { throw .value("Time zone offset must be 1, 3, 5 or 6 characters") }
      throw .value("Time zone offset requires sign")
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard [3, 5, 6].contains(length) else { throw .value("Time zone offset must be 1, 3, 5 or 6 characters") }
      let hours = try int(start + 1, start + 3)
      let minutesStart = length > 3 && bytes[start + 3] == UInt8(ascii: ":") ? start + 4 : start + 3
      let minutes = length == 3 ? 0 : try int(minutesStart, bytes.count)
      if hours == 0, minutes == 0 { return .dateutilUTC }
      guard minutes <= 59 else { throw .value("Invalid minutes in time zone offset") }
      guard hours <= 23 else { throw .value("Invalid hours in time zone offset") }
      let seconds = (hours * 60 + minutes) * 60
      return .dateutilOffset(try PyTimeDelta(seconds: sign == UInt8(ascii: "-") ? -seconds : seconds))
    default: return nil
    }
  }

  private func isDash(_ index: Int) -> Bool { index < bytes.count && bytes[index] == UInt8(ascii: "-") }

  /// Python's `int(bytes[start:end])`, which also takes blanks, a sign and underscores.
  @inline(__always)
  private func int(_ start: Int, _ end: Int) throws(PythonTimeError) -> Int {
    let end = min(end, bytes.count)
    guard start < end else { return try slowInt(bytes.count, bytes.count) }
    var value = 0
    for index in start..<end {
      let digit = bytes[index] &- 48
      guard digit < 10 else { return try slowInt(start, end) }
      value = value * 10 + Int(digit)
    }
    return value
  }

  private func slowInt(_ start: Int, _ end: Int) throws(PythonTimeError) -> Int {
    if let value = PythonNumberText.integer(Array(bytes[start..<end])[...])?.int { return value }
    let text = PythonRepr.of(String(decoding: bytes[start..<end], as: UTF8.self))
    throw .value("invalid literal for int() with base 10: b\(text)")
  }
}
