extension PyDateTime {
  /// How many parts of the time `isoformat` shows.
  package enum TimeSpec: String, Sendable {
    case auto, hours, minutes, seconds, milliseconds, microseconds
  }

  /// `isoformat(sep, timespec)`: `2022-01-14T13:45:30.000001+00:00`.
  package func isoFormat(separator: Character = "T", timeSpec: TimeSpec = .auto) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(34)
    bytes.appendPadded(year, 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendPadded(month, 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendPadded(day, 2)
    bytes.append(contentsOf: separator.utf8)
    bytes.appendPadded(hour, 2)
    appendRest(of: timeSpec, to: &bytes)
    if let tz { bytes.append(contentsOf: PyTimeZone.text(of: tz.offset, colons: true).utf8) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func appendRest(of timeSpec: TimeSpec, to bytes: inout [UInt8]) {
    guard timeSpec != .hours else { return }
    bytes.append(UInt8(ascii: ":"))
    bytes.appendPadded(minute, 2)
    guard timeSpec != .minutes else { return }
    bytes.append(UInt8(ascii: ":"))
    bytes.appendPadded(second, 2)
    switch timeSpec {
    case .milliseconds:
      bytes.append(UInt8(ascii: "."))
      bytes.appendPadded(microsecond / 1000, 3)
    case .auto where microsecond == 0, .seconds, .hours, .minutes:
      break
    case .auto, .microseconds:
      bytes.append(UInt8(ascii: "."))
      bytes.appendPadded(microsecond, 6)
    }
  }

  /// `repr(datetime)`: `datetime.datetime(2022, 1, 14, 0, 0, tzinfo=datetime.timezone.utc)`.
  package var repr: String {
    var text = "datetime.datetime(\(year), \(month), \(day), \(hour), \(minute)"
    if second != 0 || microsecond != 0 { text += ", \(second)" }
    if microsecond != 0 { text += ", \(microsecond)" }
    if let tz { text += ", tzinfo=\(tz.repr)" }
    return text + ")"
  }

  /// `ctime()`: `Fri Jan 14 13:45:30 2022`.
  package var ctime: String {
    var text = "\(Names.shortDays[weekday]) \(Names.shortMonths[month - 1]) \(day < 10 ? " " : "")\(day) "
    appendDigits(hour, width: 2, to: &text)
    text += ":"
    appendDigits(minute, width: 2, to: &text)
    text += ":"
    appendDigits(second, width: 2, to: &text)
    text += " "
    appendDigits(year, width: 4, to: &text)
    return text
  }
}

extension PyDateTime: CustomStringConvertible {
  /// `str(datetime)`: the ISO form with a blank in place of the `T`.
  public var description: String { isoFormat(separator: " ") }
}

/// Names of days and months in the C locale.
enum Names {
  static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  static let shortDays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
  static let shortMonths = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
