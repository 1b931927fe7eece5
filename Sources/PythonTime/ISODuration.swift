import Essentials
import Python

/// What `isodate.parse_duration` gives.
package enum ISODuration: Hashable, Sendable {
  case timeDelta(PyTimeDelta)
  /// With years or months.
  case duration(PyDuration)

  /// Reads `P1Y2M3W4DT5H6M7S`, any part with a fraction, or a date and time after the `P`.
  /// Throws `ISO8601Error`, or `OverflowError` for more than a thousand million days.
  package init(parsing text: String) throws(PythonTimeError) {
    var scanner = DurationScanner(text)
    guard let parts = scanner.designated() else {
      guard text.utf8.first == UInt8(ascii: "P") else {
        throw PythonTimeError(.iso8601Error, "Unable to parse duration string \(PythonRepr.of(text))")
      }
      self = .duration(try AlternativeDuration.parse(String(text.unicodeScalars.dropFirst())))
      return
    }
    let fixed = try PyTimeDelta(
      days: .float(parts.number("D")), seconds: .float(parts.number("S")), minutes: .float(parts.number("m")),
      hours: .float(parts.number("H")), weeks: .float(parts.number("W")))
    guard let years = parts.decimal("Y"), let months = parts.decimal("M") else {
      throw .overflow("signed integer is greater than maximum")
    }
    if years == 0, months == 0 {
      self = .timeDelta(parts.isNegative ? try fixed.negated() : fixed)
    } else {
      let duration = PyDuration(years: years, months: months, timeDelta: fixed)
      self = .duration(parts.isNegative ? try duration.negated() : duration)
    }
  }

  /// The same as ``init(parsing:)``.
  package static func parse(_ text: String) throws(PythonTimeError) -> ISODuration { try ISODuration(parsing: text) }

  /// `date + duration`. Throws `OverflowError` or `ValueError` outside years 1 to 9999.
  package func added(to value: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    switch self {
    case .timeDelta(let delta): try value.adding(delta)
    case .duration(let duration): try duration.added(to: value)
    }
  }

  /// `date - duration`. Throws `OverflowError` or `ValueError` outside years 1 to 9999.
  package func subtracted(from value: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    switch self {
    case .timeDelta(let delta): try value.subtracting(delta)
    case .duration(let duration): try duration.subtracted(from: value)
    }
  }
}

/// The parts of a duration by their letter; minutes are `m`.
private struct DurationParts {
  var isNegative = false
  var values: [Character: String] = [:]

  func number(_ letter: Character) -> Double { values[letter].flatMap { Double($0) } ?? 0 }

  /// nil for more digits than a decimal holds.
  func decimal(_ letter: Character) -> Decimal? {
    guard let text = values[letter] else { return 0 }
    guard text.utf8.count <= 36 else { return nil }
    return Decimal(string: text)
  }
}

private struct DurationScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// nil if the text has another form.
  mutating func designated() -> DurationParts? {
    var parts = DurationParts()
    if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
      parts.isNegative = next == UInt8(ascii: "-")
      position += 1
    }
    guard next == UInt8(ascii: "P") else { return nil }
    position += 1
    // Something has to follow the P.
    guard let first = next, first == UInt8(ascii: "T") || first &- 48 < 10 else { return nil }
    read(["Y", "M", "W", "D"], into: &parts)
    if next == UInt8(ascii: "T") {
      position += 1
      read(["H", "m", "S"], into: &parts)
    }
    if next == 0x0a { position += 1 }
    return position == bytes.count ? parts : nil
  }

  /// Reads numbers with their letters, each letter at most once and in order.
  private mutating func read(_ letters: [Character], into parts: inout DurationParts) {
    for letter in letters {
      let start = position
      if let text = number(), let mark = next, mark == letter.mark {
        parts.values[letter] = text
        position += 1
      } else {
        position = start
      }
    }
  }

  /// Digits, and after a point or comma more of them.
  private mutating func number() -> String? {
    var text: [UInt8] = []
    while let digit = next, digit &- 48 < 10 {
      text.append(digit)
      position += 1
    }
    guard !text.isEmpty else { return nil }
    if next == UInt8(ascii: ".") || next == UInt8(ascii: ","), position + 1 < bytes.count, bytes[position + 1] &- 48 < 10 {
      text.append(UInt8(ascii: "."))
      position += 1
      while let digit = next, digit &- 48 < 10 {
        text.append(digit)
        position += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Character {
  /// The letter as it is written.
  fileprivate var mark: UInt8? { self == "m" ? UInt8(ascii: "M") : asciiValue }
}

/// The form `P0003-06-04T12:30:05`, in which a date and a time say how much.
private enum AlternativeDuration {
  private static let times = ["%H:%M:%S.%f", "%H%M%S.%f", "%H:%M:%S", "%H%M%S", "%H:%M", "%H%M", "%H"].map(DatetimeFormat.init)

  static func parse(_ text: String) throws(PythonTimeError) -> PyDuration {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else {
      throw PythonTimeError(
        .iso8601Error, "ISO 8601 time designator 'T' missing. Unable to parse datetime string \(PythonRepr.of(text))")
    }
    let (dateText, timeText) = (String(halves[0]), String(halves[1]))
    let date = try date(dateText)
    guard let time = first(of: times, timeText, lengths: [nil, nil, 8, 6, 5, 4, 2]) else {
      throw PythonTimeError(.iso8601Error, "Unrecognised ISO 8601 time format: \(PythonRepr.of(timeText))")
    }
    return PyDuration(
      years: Decimal(date.year), months: Decimal(date.month),
      timeDelta: try PyTimeDelta(
        days: date.day, seconds: time.second, microseconds: time.microsecond, minutes: time.minute, hours: time.hour))
  }

  private static func date(_ text: String) throws(PythonTimeError) -> PyDate {
    do throws(PythonTimeError) {
      return try PyDateTime.isoParse(text).date
    } catch  where error.isOutOfRange {
      throw error
    } catch {
      throw PythonTimeError(.iso8601Error, "Unrecognised ISO 8601 date format: \(PythonRepr.of(text))")
    }
  }

  private static func first(of formats: [DatetimeFormat], _ text: String, lengths: [Int?]) -> PyDateTime? {
    for (format, length) in zip(formats, lengths) where length == nil || length == text.utf8.count {
      if let value = try? format.strptime(text) { return value }
    }
    return nil
  }
}
