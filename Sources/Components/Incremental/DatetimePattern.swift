import PythonTime

/// A strptime format of fixed parts, for reading the bytes of the usual texts without a regular expression.
///
/// ``parse(_:)`` gives what strptime gives, or nil, which means nothing for the text. ``canMatch(_:)`` is false only for texts
/// that strptime refuses.
struct DatetimePattern: Sendable {
  private enum Part: Sendable {
    case literal(UInt8)
    case year, month, day, hour, minute, second, fraction, zone
  }

  private let parts: [Part]

  /// - Returns: nil for a format with any other directive, with a part twice, with blanks or without a whole date.
  init?(_ format: String) {
    var parts: [Part] = []
    var directives: Set<UInt8> = []
    var bytes = Array(format.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        // Letters of a literal match in either case, blanks any number of blanks: those texts go the long way.
        guard byte < 0x80, byte != 0x20, !(9...13).contains(byte) else { return nil }
        parts.append(.literal(byte))
        continue
      }
      guard let directive = bytes.popFirst(), directives.insert(directive).inserted else { return nil }
      switch directive {
      case UInt8(ascii: "Y"): parts.append(.year)
      case UInt8(ascii: "m"): parts.append(.month)
      case UInt8(ascii: "d"): parts.append(.day)
      case UInt8(ascii: "H"): parts.append(.hour)
      case UInt8(ascii: "M"): parts.append(.minute)
      case UInt8(ascii: "S"): parts.append(.second)
      case UInt8(ascii: "f"): parts.append(.fraction)
      case UInt8(ascii: "z"): parts.append(.zone)
      default: return nil
      }
    }
    guard directives.isSuperset(of: [UInt8(ascii: "Y"), UInt8(ascii: "m"), UInt8(ascii: "d")]) else { return nil }
    self.parts = parts
  }

  /// The moment, in UTC where the format has no zone, of a text whose parts have their full width; nil for all other texts.
  func parse(_ text: UnsafeBufferPointer<UInt8>) -> PyDateTime? {
    var at = 0
    var (year, month, day, hour, minute, second, microsecond, offset) = (0, 0, 0, 0, 0, 0, 0, 0)
    for part in parts {
      var isRead = false
      switch part {
      case .literal(let byte):
        isRead = at < text.count && text[at] == byte
        at += 1
      case .year: isRead = Self.read(4, text, &at, &year)
      case .month: isRead = Self.read(2, text, &at, &month)
      case .day: isRead = Self.read(2, text, &at, &day)
      case .hour: isRead = Self.read(2, text, &at, &hour)
      case .minute: isRead = Self.read(2, text, &at, &minute)
      case .second: isRead = Self.read(2, text, &at, &second)
      case .fraction: isRead = Self.readFraction(text, &at, &microsecond)
      case .zone: isRead = Self.readZone(text, &at, &offset)
      }
      guard isRead else { return nil }
    }
    guard at == text.count else { return nil }
    let zone: PyTimeZone?
    if offset == 0 {
      zone = .utc
    } else {
      zone = (try? PyTimeDelta(minutes: offset)).flatMap { try? PyTimeZone.offset($0) }
    }
    guard let zone else { return nil }
    return try? PyDateTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond, tz: zone)
  }

  @inline(__always)
  private static func read(_ width: Int, _ text: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ value: inout Int) -> Bool {
    guard at + width <= text.count else { return false }
    for index in at..<at + width {
      let digit = text[index] &- 48
      guard digit < 10 else { return false }
      value = value &* 10 &+ Int(digit)
    }
    at += width
    return true
  }

  private static func readFraction(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ value: inout Int) -> Bool {
    var digits = 0
    while digits < 6, at < text.count, text[at] &- 48 < 10 {
      value = value &* 10 &+ Int(text[at] &- 48)
      at += 1
      digits += 1
    }
    guard digits > 0 else { return false }
    for _ in digits..<6 { value *= 10 }
    return true
  }

  /// `Z`, `+01:00` or `+0100`, in minutes.
  private static func readZone(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ value: inout Int) -> Bool {
    guard at < text.count else { return false }
    let sign = text[at]
    at += 1
    if sign == UInt8(ascii: "Z") { return true }
    var (hours, minutes) = (0, 0)
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), read(2, text, &at, &hours) else { return false }
    if at < text.count, text[at] == UInt8(ascii: ":") { at += 1 }
    guard read(2, text, &at, &minutes), hours < 24, minutes < 60 else { return false }
    value = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    return true
  }

  /// Whether strptime could accept the text, judged by the kind of character at each position.
  func canMatch(_ text: UnsafeBufferPointer<UInt8>) -> Bool { Self.canMatch(parts[...], text, 0) }

  /// The parts are as many as the format has, so that the recursion is bounded by the manifest.
  private static func canMatch(_ parts: ArraySlice<Part>, _ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    guard let part = parts.first else { return at == text.count }
    let rest = parts.dropFirst()
    let widths: ClosedRange<Int>
    switch part {
    case .literal(let byte):
      guard at < text.count, lowercased(text[at]) == lowercased(byte) || text[at] >= 0x80 else { return false }
      // A character beyond ASCII can equal a letter without regard to case: leave that to strptime.
      return text[at] >= 0x80 || canMatch(rest, text, at + 1)
    case .zone:
      guard at < text.count else { return false }
      return [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "Z"), UInt8(ascii: "z")].contains(text[at])
    case .year: widths = 4...4
    case .day, .month, .hour, .minute, .second: widths = 1...2
    case .fraction: widths = 1...6
    }
    var end = at
    while end - at < widths.upperBound, end < text.count {
      // Other scripts have digits too, and a day may begin with a blank.
      if text[end] >= 0x80 || text[end] == 0x20 { return true }
      guard text[end] &- 48 < 10 else { break }
      end += 1
      if end - at >= widths.lowerBound, canMatch(rest, text, end) { return true }
    }
    return false
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
