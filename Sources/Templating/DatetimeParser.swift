import Python
import PythonTime

/// Reads and writes moments in one of a manifest's formats, compiled once: the directives of strptime and strftime, and beside
/// them `%s`, `%s_as_float`, `%ms`, `%epoch_microseconds` (each alone) and `%_ms` (inside a format).
package struct DatetimeParser: Sendable, Hashable {
  package let format: String
  /// The microseconds between two neighbouring values of the format; nil if none of its directives shows that.
  package let smallestUnit: Int128?
  private let kind: Kind

  private enum Kind: Sendable, Hashable {
    case seconds
    case floatSeconds
    case milliseconds
    case microseconds
    /// A format with `%_ms` read as `%f`, whose microseconds are written as three digits.
    case shortFraction(DatetimeFormat)
    case plain(DatetimeFormat)
  }

  private static let microseconds = DatetimeFormat("%f")

  package init(format: String) {
    self.format = format
    smallestUnit = Self.units.first { format.contains($0.directive) }?.microseconds
    switch format {
    case "%s": kind = .seconds
    case "%s_as_float": kind = .floatSeconds
    case "%ms": kind = .milliseconds
    case "%epoch_microseconds": kind = .microseconds
    default:
      if format.contains("%_ms") {
        kind = .shortFraction(DatetimeFormat(format.replacing("%_ms", with: "%f")))
      } else {
        kind = .plain(DatetimeFormat(format))
      }
    }
  }

  private static let units: [(directive: String, microseconds: Int128)] = [
    ("%epoch_microseconds", 1), ("%s_as_float", 1), ("%f", 1), ("%_ms", 1_000), ("%ms", 1_000), ("%S", 1_000_000),
    ("%s", 1_000_000), ("%M", 60_000_000), ("%H", 3_600_000_000), ("%I", 3_600_000_000), ("%d", 86_400_000_000),
  ]

  /// The moment that `text` names; UTC where it has no zone. Throws `ValueError` or `OverflowError` with Python's words.
  package func parse(_ text: String) throws(PythonTimeError) -> PyDateTime {
    switch kind {
    case .seconds: try .fromTimestamp(.int(integer(text)))
    case .floatSeconds:
      if let value = PythonNumberText.float(text) {
        try .fromTimestamp(.float(value))
      } else {
        throw PythonTimeError(.valueError, "could not convert string to float: \(PythonRepr.of(text))")
      }
    case .milliseconds: try Self.sinceEpoch(Int128(integer(text)) * 1_000)
    case .microseconds: try Self.sinceEpoch(Int128(integer(text)))
    case .shortFraction(let format), .plain(let format): try Self.aware(format.strptime(text))
    }
  }

  /// The moment that a number names, which formats of directives read by its digits.
  package func parse(_ number: PyNumber) throws(PythonTimeError) -> PyDateTime {
    switch (kind, number) {
    case (.seconds, .int): try .fromTimestamp(number)
    case (.seconds, .float(let value)): try .fromTimestamp(.int(integer(value)))
    case (.floatSeconds, .int(let value)): try .fromTimestamp(.float(Double(value)))
    case (.floatSeconds, .float): try .fromTimestamp(number)
    case (.milliseconds, .int(let value)): try Self.sinceEpoch(Int128(value) * 1_000)
    case (.milliseconds, .float(let value)): try Self.sinceEpoch(Int128(integer(value)) * 1_000)
    case (.microseconds, .int(let value)): try Self.sinceEpoch(Int128(value))
    case (.microseconds, .float(let value)): try Self.sinceEpoch(Int128(integer(value)))
    case (_, .int(let value)): try parse(String(value))
    case (_, .float(let value)): try parse("\(value)")
    }
  }

  /// Whether a text in the format has no offset from UTC, and so means UTC.
  package var impliesUTC: Bool {
    switch kind {
    case .seconds, .floatSeconds, .milliseconds, .microseconds: false
    case .shortFraction(let format), .plain(let format): !format.writesOffset && !namesOffset
    }
  }

  /// Whether the format ends in one distance from UTC for all times, such as `-12:00`. As in the reference, times get it without being
  /// converted: a manifest that writes it counts on that, and its states are read in the same way.
  private var namesOffset: Bool {
    let end = Array(format.utf8.suffix(6).filter { $0 != UInt8(ascii: ":") }.suffix(5))
    guard let sign = end.first, end.count == 5, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
    let digits = end.dropFirst()
    return digits.allSatisfy { (0x30...0x39).contains($0) } && digits.contains { $0 != 0x30 }
  }

  /// The moment written in the format, in UTC where the format does not say how far from it a time is; numbers since the epoch come
  /// from the double that `timestamp()` gives, as in the reference.
  package func format(_ moment: PyDateTime) -> String {
    let value = impliesUTC ? moment.inUTC : moment
    switch kind {
    case .seconds: return Self.whole(value.timestamp)
    case .floatSeconds: return "\(value.timestamp)"
    case .milliseconds: return Self.whole(value.timestamp * 1_000)
    case .microseconds: return Self.whole(value.timestamp * 1_000_000)
    case .plain(let format): return format.strftime(value)
    case .shortFraction(let format):
      let digits = String(value.microsecond / 1_000)
      let padded = String(repeating: "0", count: 3 - digits.utf8.count) + digits
      return format.strftime(value).replacing(Self.microseconds.strftime(value), with: padded)
    }
  }

  private static func aware(_ value: PyDateTime) -> PyDateTime { value.isAware ? value : value.replacing(tz: .utc) }

  private static func sinceEpoch(_ micros: Int128) throws(PythonTimeError) -> PyDateTime {
    try PyDateTime.unixEpoch.adding(PyTimeDelta(totalMicroseconds: micros))
  }

  private static func whole(_ value: Double) -> String { Int(exactly: value.rounded(.towardZero)).map(String.init) ?? "\(value)" }

  private func integer(_ text: String) throws(PythonTimeError) -> Int {
    guard let read = PythonNumberText.integer(text) else {
      throw PythonTimeError(.valueError, "invalid literal for int() with base 10: \(PythonRepr.of(text))")
    }
    guard let value = read.int else { throw PythonTimeError(.overflowError, "timestamp out of range for platform time_t") }
    return value
  }

  private func integer(_ value: Double) throws(PythonTimeError) -> Int {
    guard value.isFinite else {
      throw value.isNaN
        ? PythonTimeError(.valueError, "cannot convert float NaN to integer")
        : PythonTimeError(.overflowError, "cannot convert float infinity to integer")
    }
    guard let whole = Int(exactly: value.rounded(.towardZero)) else {
      throw PythonTimeError(.overflowError, "timestamp out of range for platform time_t")
    }
    return whole
  }
}
