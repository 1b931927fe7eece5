/// What a directive of strptime matches.
enum StrptimeField: Hashable, Sendable {
  case weekdayName, weekdayShort, monthName, monthShort, dayHalf, zoneName, offset
  case weekdayNumber, isoWeekday, day, month, shortYear, year, isoYear
  case hour, hour12, minute, second, fraction, dayOfYear, weekFromSunday, weekFromMonday, isoWeek

  init?(letter: Unicode.Scalar) {
    switch letter {
    case "A": self = .weekdayName
    case "a": self = .weekdayShort
    case "B": self = .monthName
    case "b": self = .monthShort
    case "p": self = .dayHalf
    case "Z": self = .zoneName
    case "z": self = .offset
    case "w": self = .weekdayNumber
    case "u": self = .isoWeekday
    case "d": self = .day
    case "m": self = .month
    case "y": self = .shortYear
    case "Y": self = .year
    case "G": self = .isoYear
    case "H": self = .hour
    case "I": self = .hour12
    case "M": self = .minute
    case "S": self = .second
    case "f": self = .fraction
    case "j": self = .dayOfYear
    case "U": self = .weekFromSunday
    case "W": self = .weekFromMonday
    case "V": self = .isoWeek
    default: return nil
    }
  }
}

/// Where a directive's match may end, the preferred end first; six at most.
struct StrptimeCandidates {
  private var ends: (Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0)
  private(set) var count = 0

  subscript(index: Int) -> Int {
    switch index {
    case 0: ends.0
    case 1: ends.1
    case 2: ends.2
    case 3: ends.3
    case 4: ends.4
    default: ends.5
    }
  }

  mutating func append(_ end: Int) {
    switch count {
    case 0: ends.0 = end
    case 1: ends.1 = end
    case 2: ends.2 = end
    case 3: ends.3 = end
    case 4: ends.4 = end
    case 5: ends.5 = end
    default: return
    }
    count += 1
  }
}

extension StrptimeField {
  /// Adds the ends of all matches at `start`, in the order in which Python's pattern for the directive tries them.
  func candidates(at start: Int, _ bytes: UnsafeBufferPointer<UInt8>, into ends: inout StrptimeCandidates) {
    let first = Self.digit(at: start, bytes)
    let second = first == nil ? nil : Self.digit(at: start + 1, bytes)
    switch self {
    case .year, .isoYear:
      if Self.digits(4, at: start, bytes) { ends.append(start + 4) }
    case .shortYear:
      if second != nil { ends.append(start + 2) }
    case .month, .hour12:
      Self.oneOrTwo(first, second, upTo: 12, zeroAlone: false, start, &ends)
    case .hour: Self.oneOrTwo(first, second, upTo: 23, zeroAlone: true, start, &ends)
    case .minute: Self.oneOrTwo(first, second, upTo: 59, zeroAlone: true, start, &ends)
    case .second: Self.oneOrTwo(first, second, upTo: 61, zeroAlone: true, start, &ends)
    case .weekFromSunday, .weekFromMonday: Self.oneOrTwo(first, second, upTo: 53, zeroAlone: true, start, &ends)
    case .isoWeek:
      // `00` is not a week, but a single `0` is accepted and computed with.
      if let first, let second, first > 0 || second > 0, first * 10 + second <= 53 { ends.append(start + 2) }
      if first != nil { ends.append(start + 1) }
    case .day:
      if first == nil, start + 1 < bytes.count, bytes[start] == 0x20, let digit = Self.digit(at: start + 1, bytes), digit > 0 {
        ends.append(start + 2)
      } else {
        Self.oneOrTwo(first, second, upTo: 31, zeroAlone: false, start, &ends)
      }
    case .dayOfYear: Self.dayOfYear(at: start, first, second, bytes, &ends)
    case .weekdayNumber:
      if let first, first <= 6 { ends.append(start + 1) }
    case .isoWeekday:
      if let first, (1...7).contains(first) { ends.append(start + 1) }
    case .fraction:
      var length = 0
      while length < 6, Self.digit(at: start + length, bytes) != nil { length += 1 }
      while length > 0 {
        ends.append(start + length)
        length -= 1
      }
    case .offset: Self.offset(at: start, bytes, &ends)
    case .weekdayName: Self.names(Names.days, at: start, bytes, &ends)
    case .weekdayShort: Self.names(Names.shortDays, at: start, bytes, &ends)
    case .monthName: Self.names(Names.months, at: start, bytes, &ends)
    case .monthShort: Self.names(Names.shortMonths, at: start, bytes, &ends)
    case .dayHalf: Self.names(["AM", "PM"], at: start, bytes, &ends)
    case .zoneName: Self.names(["UTC", "GMT"], at: start, bytes, &ends)
    }
  }

  /// Two digits up to a bound, else a single one.
  private static func oneOrTwo(
    _ first: Int?, _ second: Int?, upTo bound: Int, zeroAlone: Bool, _ start: Int, _ ends: inout StrptimeCandidates
  ) {
    guard let first else { return }
    if let second, first * 10 + second <= bound, zeroAlone || first > 0 || second > 0 { ends.append(start + 2) }
    if zeroAlone || first > 0 { ends.append(start + 1) }
  }

  private static func dayOfYear(
    at start: Int, _ first: Int?, _ second: Int?, _ bytes: UnsafeBufferPointer<UInt8>, _ ends: inout StrptimeCandidates
  ) {
    guard let first else { return }
    if let second {
      if let third = digit(at: start + 2, bytes), (1...366).contains(first * 100 + second * 10 + third) { ends.append(start + 3) }
      if first > 0 || second > 0 { ends.append(start + 2) }
    }
    if first > 0 { ends.append(start + 1) }
  }

  /// `+hh[:]mm[[:]ss[.ffffff]]` or `Z`; the longest form first.
  private static func offset(at start: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ ends: inout StrptimeCandidates) {
    guard start < bytes.count else { return }
    if bytes[start] == UInt8(ascii: "Z") {
      ends.append(start + 1)
      return
    }
    guard bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-"), digits(2, at: start + 1, bytes) else { return }
    guard let minutesEnd = sixty(at: start + 3, bytes) else { return }
    if let secondsEnd = sixty(at: minutesEnd, bytes) {
      if secondsEnd < bytes.count, bytes[secondsEnd] == UInt8(ascii: "."), digit(at: secondsEnd + 1, bytes) != nil {
        // Shorter fractions need no backtracking: no directive can begin inside one and still fit.
        var end = secondsEnd + 1
        while end < secondsEnd + 7, digit(at: end, bytes) != nil { end += 1 }
        ends.append(end)
      }
      ends.append(secondsEnd)
    }
    ends.append(minutesEnd)
  }

  /// The end of `[:]dd` with a number below sixty.
  private static func sixty(at start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let from = start < bytes.count && bytes[start] == UInt8(ascii: ":") ? start + 1 : start
    guard let tens = digit(at: from, bytes), tens < 6, digit(at: from + 1, bytes) != nil else { return nil }
    return from + 2
  }

  private static func names(
    _ names: [String], at start: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ ends: inout StrptimeCandidates
  ) {
    if let found = find(names, at: start, bytes) { ends.append(start + names[found].utf8.count) }
  }

  /// The index of the name that begins at `start`, whatever its case. No name of a list begins another one.
  static func find(_ names: [String], at start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    names.firstIndex { name in
      var position = start
      for byte in name.utf8 {
        guard position < bytes.count, asciiLower(bytes[position]) == asciiLower(byte) else { return false }
        position += 1
      }
      return true
    }
  }

  @inline(__always)
  static func digit(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard index < bytes.count else { return nil }
    let value = bytes[index] &- 48
    return value < 10 ? Int(value) : nil
  }

  private static func digits(_ count: Int, at start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard start + count <= bytes.count else { return false }
    for index in start..<(start + count) where bytes[index] &- 48 > 9 { return false }
    return true
  }
}
