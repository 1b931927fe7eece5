/// Reads the moments that taps write into their records.
enum ExtractionTime {
  /// The milliseconds since 1970 of an RFC 3339 date and time; one without an offset is in UTC. Nil where it is something else.
  static func milliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var reader = Reader(text)
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), 1...12 ~= month, reader.skip("-"),
      let day = reader.number(2), 1...31 ~= day, reader.skip("T") || reader.skip("t") || reader.skip(" "),
      let hour = reader.number(2), hour < 24, reader.skip(":"), let minute = reader.number(2), minute < 60, reader.skip(":"),
      let second = reader.number(2), second <= 60
    else { return nil }
    guard let fraction = reader.skip(".") || reader.skip(",") ? reader.fraction() : 0, let offset = reader.offset() else {
      return nil
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
    return seconds * 1_000 + fraction
  }

  /// The days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March, so that a leap day is the last one.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  /// A moment as RFC 3339 has it, with all of its digits: `2025-01-02T03:04:05.678901Z`.
  /// - Parameter microseconds: since 1970.
  static func text(microseconds: Int64) -> String {
    func padded(_ value: Int64, _ digits: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    // The clock of a machine shows no time before 1970.
    guard seconds >= 0, fraction >= 0 else { return "1970-01-01T00:00:00.000000Z" }
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let place = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * place + 2) / 5 + 1
    let month = place < 10 ? place + 3 : place - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    return "\(date)T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2)).\(padded(fraction, 6))Z"
  }

  private struct Reader {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private var digit: Int? {
      guard at < text.count, text[at] &- UInt8(ascii: "0") < 10 else { return nil }
      return Int(text[at] &- UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int? {
      var value = 0
      for _ in 0..<digits {
        guard let digit else { return nil }
        value = value * 10 + digit
        at += 1
      }
      return value
    }

    /// Milliseconds of a fraction of a second, the rest of which is cut off.
    mutating func fraction() -> Int? {
      var value = 0
      var scale = 100
      let start = at
      while let digit {
        value += digit * scale
        scale /= 10
        at += 1
      }
      return at > start ? value : nil
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }

    /// The minutes of the offset from UTC, up to the end of the text.
    mutating func offset() -> Int? {
      if at == text.count { return 0 }
      if skip("Z") || skip("z") { return at == text.count ? 0 : nil }
      let sign = skip("+") ? 1 : skip("-") ? -1 : 0
      guard sign != 0, let hours = number(2) else { return nil }
      _ = skip(":")
      guard let minutes = number(2), at == text.count else { return nil }
      return sign * (hours * 60 + minutes)
    }
  }
}
