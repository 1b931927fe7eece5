import PythonTime

/// Dates in headers, in each of the three forms that RFC 9110 §5.6.7 knows.
package enum HTTPDate {
  /// The moment in microseconds since 1970-01-01T00:00:00Z; nil for what is not a date.
  /// - Parameter now: decides the century of a year of two digits.
  package static func parse(_ text: String, now: Int64) -> Int64? {
    // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    var words = text.split { $0 == " " || $0 == "," }
    guard let weekday = words.first, weekdays.contains(weekday.prefix(3).lowercased()) else { return nil }
    words.removeFirst()
    if words.count == 3 { words = words[0].split(separator: "-", omittingEmptySubsequences: false) + words[1...] }
    guard words.count == 4 || words.count == 5 else { return nil }
    if words.count == 4 {
      // asctime has the month first and the year last.
      words = [words[1], words[0], words[3], words[2]]
    } else {
      guard ["GMT", "UTC"].contains(words.removeLast().uppercased()) else { return nil }
    }
    let time = words[3].split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2...2) }
    guard let day = number(words[0], digits: 1...2), let month = months.firstIndex(of: words[1].lowercased()),
      let year = year(words[2], now: now), time.count == 3, let hour = time[0], let minute = time[1], let second = time[2]
    else { return nil }
    // A leap second counts as the one before.
    let moment = try? PyDateTime(
      year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second == 60 ? 59 : second, tz: .utc)
    return moment.flatMap { Int64(exactly: $0.epochMicroseconds) }
  }

  private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  /// A year of two digits that would be more than 50 years ahead is in the past.
  private static func year(_ text: Substring, now: Int64) -> Int? {
    guard text.utf8.count == 2 else { return number(text, digits: 4...4) }
    guard let digits = number(text, digits: 2...2), let today = try? PyDateTime(epochMicroseconds: Int128(now), tz: .utc) else {
      return nil
    }
    let year = today.year / 100 * 100 + digits
    return year > today.year + 50 ? year - 100 : year
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}
