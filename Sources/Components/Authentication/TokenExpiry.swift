import Essentials
import JSON
import Python
import PythonTime

/// When a token ends, as token endpoints and configs say it. Moments are microseconds since 1970-01-01T00:00:00Z.
enum TokenExpiry {
  /// A date or date and time in the usual forms (UTC where it has no zone), or up to ten digits of seconds since 1970.
  static func parse(_ text: String) -> Int64? {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      guard let seconds = Int64(text), seconds <= 9_999_999_999 else { return nil }
      return seconds * 1_000_000
    }
    let hasTime = text.contains(":")
    let dashes = text.count { $0 == "-" }
    let slashes = text.count { $0 == "/" }
    if hasTime, dashes < 2, slashes < 2 { return nil }
    if !hasTime, dashes == 2, slashes == 0 {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        .map { Int($0.trimmed(.whitespaces)) }
      guard case .some(let year) = parts[0], case .some(let month) = parts[1], case .some(let day) = parts[2],
        let date = try? PyDate(year: year, month: month, day: day)
      else { return nil }
      return microseconds(PyDateTime(date: date, tz: .utc))
    }
    return general(text.trimmed(.whitespaces))
  }

  /// Python's `isoformat()` of the moment.
  static func text(_ moment: Int64) -> String {
    (try? PyDateTime(epochMicroseconds: Int128(moment), tz: .utc))?.isoFormat() ?? ""
  }

  /// `now` and a number of seconds later, fractions dropped as Python's `int()` does; nil if that is not a date.
  static func after(seconds: String, now: Int64) -> Int64? {
    guard let number = PythonNumberText.float(seconds), number.isFinite, abs(number) < 1e12 else { return nil }
    let (moment, overflow) = now.addingReportingOverflow(Int64(number.rounded(.towardZero)) * 1_000_000)
    guard !overflow, (try? PyDateTime(epochMicroseconds: Int128(moment), tz: .utc)) != nil else { return nil }
    return moment
  }

  private static let formats = [
    "%Y-%m-%d %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S %z", "%m/%d/%Y %H:%M:%S %z",
    "%m-%d-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
  ].map { DatetimeFormat($0) }

  private static func general(_ text: String) -> Int64? {
    var plain = text
    for zone in [" UTC", " GMT", " Z", "UTC", "GMT"] where plain.hasSuffix(zone) {
      plain = String(plain.dropLast(zone.count)) + "Z"
      break
    }
    if let space = plain.lastIndex(of: " "), isOffset(plain[space...].dropFirst()) {
      plain.remove(at: space)
    }
    // The day's end as 24:00 is ISO 8601, but nothing that dates are read by here.
    if !plain.contains("T24:"), !plain.contains(" 24:"), let value = try? PyDateTime.isoParse(plain) {
      return microseconds(value)
    }
    for format in formats {
      if let value = try? format.strptime(text) { return microseconds(value) }
    }
    return nil
  }

  /// Whether a text is an offset from UTC: `+02`, `+0200`, or `+02:00`.
  private static func isOffset(_ text: Substring) -> Bool {
    guard let sign = text.first, sign == "+" || sign == "-" else { return false }
    let digits = text.dropFirst()
    let isDivided = digits.utf8.count == 5 && digits.utf8.dropFirst(2).first == UInt8(ascii: ":")
    let plain = isDivided ? Array(digits.utf8.prefix(2)) + Array(digits.utf8.suffix(2)) : Array(digits.utf8)
    return (plain.count == 2 || plain.count == 4) && plain.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func microseconds(_ value: PyDateTime) -> Int64? {
    Int64(exactly: (value.isAware ? value : value.replacing(tz: .utc)).epochMicroseconds)
  }
}
