import PythonTime

/// The reference's lenient reading and ISO 8601 writing of moments, for token expiries and states without a format of their own.
package enum AirbyteDateTime {
  /// Reads seconds since the epoch (at most ten digits), ISO 8601 in its variants, dates with slashes or with the month's
  /// name. UTC where the text names no zone.
  /// - Throws: `ValueError` for anything else.
  package static func parse(_ text: String) throws(PythonTimeError) -> PyDateTime {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    if !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) {
      return try parse(seconds: text.hasPrefix("-") ? -1 : Int(digits) ?? .max)
    }
    let dashes = text.utf8.count { $0 == UInt8(ascii: "-") }
    let slashes = text.utf8.count { $0 == UInt8(ascii: "/") }
    let hasColon = text.utf8.contains(UInt8(ascii: ":"))
    if !hasColon, dashes == 2, slashes == 0 { return try parse(date: text) }
    // A time needs a date in numbers beside it.
    guard !hasColon || dashes >= 2 || slashes >= 2 else { throw failure(text) }
    if let moment = try? PyDateTime.isoParse(joiningZone(text)) { return aware(moment) }
    guard let moment = read(text, numeric) ?? read(text, named) else { throw failure(text) }
    return moment
  }

  /// Seconds since the epoch. Throws `ValueError` below zero and for more than ten digits.
  package static func parse(seconds: Int) throws(PythonTimeError) -> PyDateTime {
    guard seconds >= 0 else { throw PythonTimeError(.valueError, "Timestamp cannot be negative") }
    guard seconds <= 9_999_999_999 else { throw PythonTimeError(.valueError, "Timestamp value too large") }
    return try .fromTimestamp(.int(seconds))
  }

  /// Nil where ``parse(_:)`` throws.
  package static func tryParse(_ text: String) -> PyDateTime? { try? parse(text) }

  /// ISO 8601 with the offset, microseconds only where there are any; a naive value counts as UTC.
  package static func format(_ moment: PyDateTime) -> String { aware(moment).isoFormat() }

  /// Milliseconds since the epoch, cut off, from the double that `timestamp()` gives.
  package static func epochMilliseconds(of moment: PyDateTime) -> Int { Int(moment.timestamp * 1_000) }

  /// The moment so many milliseconds after the epoch. Throws `ValueError` outside years 1 to 9999.
  package static func moment(epochMilliseconds: Int) throws(PythonTimeError) -> PyDateTime {
    try .fromTimestamp(.float(Double(epochMilliseconds) / 1_000))
  }

  private static func aware(_ moment: PyDateTime) -> PyDateTime { moment.isAware ? moment : moment.replacing(tz: .utc) }

  private static func failure(_ text: String) -> PythonTimeError {
    PythonTimeError(.valueError, "Could not parse datetime string: \(text)")
  }

  private static func parse(date text: String) throws(PythonTimeError) -> PyDateTime {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { pythonInt($0.utf8) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      let date = try? PyDate(year: year.value, month: month.value, day: day.value)
    else { throw PythonTimeError(.valueError, "Invalid date format: \(text)") }
    return PyDateTime(date: date, tz: .utc)
  }

  /// The text with a zone that stands apart put next to the time, and names of UTC as `Z`.
  private static func joiningZone(_ text: String) -> String {
    let trimmed = text.trimmed
    guard let blank = trimmed.lastIndex(of: " ") else { return trimmed }
    let tail = trimmed[trimmed.index(after: blank)...]
    switch tail.uppercased() {
    case "UTC", "GMT", "Z": return trimmed[..<blank].description.trimmed + "Z"
    default: return tail.hasPrefix("+") || tail.hasPrefix("-") ? trimmed[..<blank].description.trimmed + tail : trimmed
    }
  }

  private static let clocks = ["%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"]
  private static let numeric = formats(
    ["%Y-%m-%d \(clockMark)", "%Y-%m-%dT\(clockMark)", "%Y/%m/%d \(clockMark)", "%m/%d/%Y \(clockMark)", "%Y/%m/%d", "%m/%d/%Y"])
  private static let named = formats(
    [
      "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%a, %d %b %Y", "%d-%b-%Y \(clockMark)",
      "%d-%b-%Y",
    ])
  private static let clockMark = "@"

  private static func formats(_ patterns: [String]) -> [DatetimeFormat] {
    patterns.flatMap { pattern in
      pattern.contains(clockMark) ? clocks.map { pattern.replacing(clockMark, with: $0) } : [pattern]
    }.flatMap { [DatetimeFormat($0), DatetimeFormat($0 + "%z")] }
  }

  private static func read(_ text: String, _ formats: [DatetimeFormat]) -> PyDateTime? {
    let text = joiningZone(text)
    for format in formats {
      if let moment = try? format.strptime(text) { return aware(moment) }
    }
    return nil
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace ?? false { part.removeFirst() }
    while part.last?.isWhitespace ?? false { part.removeLast() }
    return String(part)
  }
}
