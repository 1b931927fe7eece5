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
    // A year before the first one does not fit into four digits, so that all of this is positive.
    return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
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
