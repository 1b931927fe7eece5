/// A date, or a date with a time of day, as YAML 1.1 writes it unquoted.
package struct YAMLTimestamp: Sendable, Hashable {
  package let year: Int
  package let month: Int
  package let day: Int
  /// The time of day; nil for a date.
  package let time: Time?
  /// The text as it is in the document.
  package let text: String

  /// A time of day, with the distance from UTC in seconds where one was written.
  package struct Time: Sendable, Hashable {
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let microsecond: Int
    package let utcOffset: Int?
  }

  /// The value as Python's `isoformat()` prints it: `2021-01-31`, `2021-01-31T10:20:30.000001+02:00`.
  package var isoText: String {
    let date = "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
    guard let time else { return date }
    var result = "\(date)T\(Self.pad(time.hour, 2)):\(Self.pad(time.minute, 2)):\(Self.pad(time.second, 2))"
    if time.microsecond != 0 { result += ".\(Self.pad(time.microsecond, 6))" }
    if let offset = time.utcOffset {
      let minutes = abs(offset) / 60
      result += "\(offset < 0 ? "-" : "+")\(Self.pad(minutes / 60, 2)):\(Self.pad(minutes % 60, 2))"
    }
    return result
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension YAMLTimestamp {
  /// Why a text is not a timestamp.
  enum ParseError: Error {
    /// The text is not written as a timestamp.
    case noTimestamp
    /// It is, but no calendar or clock has it; the sentence says what.
    case outOfRange(String)
  }

  /// Reads a timestamp by the rule of PyYAML's constructor.
  ///
  /// With `implicit`, a date must have two digits for month and day, as the rule for untagged scalars demands.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, implicit: Bool) throws(ParseError) -> YAMLTimestamp {
    var scanner = ByteScanner(bytes)
    guard let year = scanner.number(digits: 4...4), scanner.skip(UInt8(ascii: "-")),
      let month = scanner.number(digits: 1...2), scanner.skip(UInt8(ascii: "-"))
    else { throw .noTimestamp }
    let monthEnd = scanner.position
    guard let day = scanner.number(digits: 1...2) else { throw .noTimestamp }
    let text = String(decoding: bytes, as: UTF8.self)
    if scanner.isAtEnd {
      if implicit && (monthEnd != 8 || scanner.position != 10) { throw .noTimestamp }
      try checkDate(year, month, day)
      return YAMLTimestamp(year: year, month: month, day: day, time: nil, text: text)
    }
    if !(scanner.skip(UInt8(ascii: "T")) || scanner.skip(UInt8(ascii: "t"))) {
      guard scanner.skipBlanks() else { throw .noTimestamp }
    }
    guard let hour = scanner.number(digits: 1...2), scanner.skip(UInt8(ascii: ":")),
      let minute = scanner.number(digits: 2...2), scanner.skip(UInt8(ascii: ":")),
      let second = scanner.number(digits: 2...2)
    else { throw .noTimestamp }
    let microsecond = scanner.skip(UInt8(ascii: ".")) ? scanner.microseconds() : 0
    let offset = try parseOffset(&scanner)
    try checkDate(year, month, day)
    guard hour < 24, minute < 60, second < 60 else { throw .outOfRange("the time of \(text) does not exist") }
    let time = Time(hour: hour, minute: minute, second: second, microsecond: microsecond, utcOffset: offset)
    return YAMLTimestamp(year: year, month: month, day: day, time: time, text: text)
  }

  private static func parseOffset(_ scanner: inout ByteScanner) throws(ParseError) -> Int? {
    if scanner.isAtEnd { return nil }
    _ = scanner.skipBlanks()
    if scanner.skip(UInt8(ascii: "Z")) {
      guard scanner.isAtEnd else { throw .noTimestamp }
      return 0
    }
    let isNegative = scanner.skip(UInt8(ascii: "-"))
    guard isNegative || scanner.skip(UInt8(ascii: "+")), let hours = scanner.number(digits: 1...2) else {
      throw .noTimestamp
    }
    var minutes = 0
    if scanner.skip(UInt8(ascii: ":")) {
      guard let written = scanner.number(digits: 2...2) else { throw .noTimestamp }
      minutes = written
    }
    guard scanner.isAtEnd else { throw .noTimestamp }
    let offset = (hours * 60 + minutes) * 60
    guard offset < 86_400 else { throw .outOfRange("an offset from UTC is less than 24 hours") }
    return isNegative ? -offset : offset
  }

  private static func checkDate(_ year: Int, _ month: Int, _ day: Int) throws(ParseError) {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year >= 1, (1...12).contains(month), (1...lengths[month - 1]).contains(day) else {
      throw .outOfRange("there is no date \(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))")
    }
  }
}

/// A cursor over the bytes of a scalar.
struct ByteScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Skips blanks and tabs; whether there were any.
  mutating func skipBlanks() -> Bool {
    let start = position
    while skip(0x20) || skip(0x09) {}
    return position > start
  }

  /// The number written with as many digits as are here, at most `digits.upperBound`; nil if they are too few.
  mutating func number(digits: ClosedRange<Int>) -> Int? {
    let start = position
    var value = 0
    while position < bytes.count, position - start < digits.upperBound, bytes[position].isDigit {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
    }
    return position - start < digits.lowerBound ? nil : value
  }

  /// Reads any number of digits of a fraction; the first six count.
  mutating func microseconds() -> Int {
    var value = 0
    var count = 0
    while position < bytes.count, bytes[position].isDigit {
      if count < 6 {
        value = value * 10 + Int(bytes[position] - 0x30)
        count += 1
      }
      position += 1
    }
    for _ in count..<6 { value *= 10 }
    return value
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
