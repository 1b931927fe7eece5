/// The rule at the end of a zone's file: POSIX's `TZ` with the additions of RFC 9636 §3.3.1, as in `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
  /// Seconds east of Greenwich.
  private let standard: Int
  /// Daylight saving time; nil for a zone that has none.
  private let summer: (offset: Int, start: Moment, end: Moment)?

  /// The offset from UTC in seconds at an instant, in seconds since the epoch.
  func offset(at instant: Int) -> Int {
    guard let summer else { return standard }
    let ordinal = floorDivide(Int128(instant), 86_400).quotient + Int128(Gregorian.epochOrdinal)
    // The calendar repeats after 400 years, and the days of the week with it.
    let year = Int(truncatingIfNeeded: Gregorian.year(ofAny: ordinal))
    let start = summer.start.seconds(in: year) - standard
    let end = summer.end.seconds(in: year) - summer.offset
    let isSummer = start < end ? start <= instant && instant < end : !(end <= instant && instant < start)
    return isSummer ? summer.offset : standard
  }

  /// nil for what is no such rule.
  init?(_ text: ArraySlice<UInt8>) {
    var scanner = RuleScanner(rest: text)
    guard scanner.name(), let west = scanner.time() else { return nil }
    standard = -west
    if scanner.rest.isEmpty {
      summer = nil
      return
    }
    guard scanner.name() else { return nil }
    var offset = standard + 3600
    if scanner.next != UInt8(ascii: ",") {
      guard let west = scanner.time() else { return nil }
      offset = -west
    }
    guard let start = scanner.moment(), let end = scanner.moment(), scanner.rest.isEmpty else { return nil }
    summer = (offset, start, end)
  }

  /// When the clocks are changed in each year.
  struct Moment: Sendable {
    enum Day: Sendable {
      /// 1 to 365; 29 February is never counted.
      case julian(Int)
      /// 0 to 365.
      case zeroBased(Int)
      /// A day of a week, 0 for Sunday, in a week of a month, 5 for the last one.
      case weekday(Int, week: Int, month: Int)
    }

    let day: Day
    /// Seconds on the clock that is changed, from the day's beginning; a few days before or after it at most.
    let time: Int

    /// Seconds since the epoch, as if the clock showed UTC.
    func seconds(in year: Int) -> Int {
      let ordinal =
        switch day {
        case .julian(let number):
          Gregorian.daysBefore(year: year) + number + (Gregorian.isLeap(year) && number > 59 ? 1 : 0)
        case .zeroBased(let number): Gregorian.daysBefore(year: year) + number + 1
        case .weekday(let weekday, let week, let month):
          Self.ordinal(of: weekday, week, month, year)
        }
      return (ordinal - Gregorian.epochOrdinal) * 86_400 + time
    }

    private static func ordinal(of weekday: Int, _ week: Int, _ month: Int, _ year: Int) -> Int {
      let first = Gregorian.ordinal(year: year, month: month, day: 1)
      // Day 0 was a Sunday.
      let ahead = ((weekday - first) % 7 + 7) % 7
      let day = ahead + 7 * (week - 1)
      return first + (day < Gregorian.daysIn(month: month, year: year) ? day : day - 7)
    }
  }
}

private struct RuleScanner {
  var rest: ArraySlice<UInt8>

  var next: UInt8? { rest.first }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    rest.removeFirst()
    return true
  }

  /// Passes over a name: letters, or anything in angle brackets.
  mutating func name() -> Bool {
    if skip(UInt8(ascii: "<")) {
      rest = rest.drop { $0 != UInt8(ascii: ">") }
      return skip(UInt8(ascii: ">"))
    }
    let letters = rest.prefix { (0x61...0x7A).contains($0 | 0x20) }
    rest = rest.dropFirst(letters.count)
    return !letters.isEmpty
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(digits.count)
    guard (1...4).contains(digits.count) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return range.contains(value) ? value : nil
  }

  /// Hours, and perhaps minutes and seconds, in seconds.
  mutating func time() -> Int? {
    let isNegative = skip(UInt8(ascii: "-"))
    if !isNegative { _ = skip(UInt8(ascii: "+")) }
    guard var seconds = number(0...167).map({ $0 * 3600 }) else { return nil }
    for unit in [60, 1] where skip(UInt8(ascii: ":")) {
      guard let value = number(0...59) else { return nil }
      seconds += value * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// A comma, a day, and perhaps a time of day, which is two o'clock otherwise.
  mutating func moment() -> ZoneRule.Moment? {
    guard skip(UInt8(ascii: ",")), let day = day() else { return nil }
    guard skip(UInt8(ascii: "/")) else { return .init(day: day, time: 7200) }
    return time().map { .init(day: day, time: $0) }
  }

  private mutating func day() -> ZoneRule.Moment.Day? {
    if skip(UInt8(ascii: "J")) { return number(1...365).map { .julian($0) } }
    guard skip(UInt8(ascii: "M")) else { return number(0...365).map { .zeroBased($0) } }
    guard let month = number(1...12), skip(UInt8(ascii: ".")), let week = number(1...5), skip(UInt8(ascii: ".")),
      let weekday = number(0...6)
    else { return nil }
    return .weekday(weekday, week: week, month: month)
  }
}
