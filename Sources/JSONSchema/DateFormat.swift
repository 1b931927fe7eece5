/// Dates and times of RFC 3339, durations of ISO 8601 as RFC 3339's appendix has them.
enum DateFormat {
  /// `2024-02-29`, and only days that exist.
  static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(text)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
    else { return false }
    guard year > 0, (1...12).contains(month), day > 0 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= lengths[month - 1]
  }

  /// `23:59:59.5+01:00`: a zone is needed; a 60th second is allowed only at the end of a day in UTC.
  static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(text)
    guard bytes.count > 8, bytes[2] == UInt8(ascii: ":"), bytes[5] == UInt8(ascii: ":"),
      let hour = number(bytes[0..<2]), let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]),
      hour < 24, minute < 60, second < 61
    else { return false }
    var rest = bytes[8...]
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: \.isDigit)
      guard !fraction.isEmpty else { return false }
      rest = rest[fraction.endIndex...]
    }
    guard let offset = minutesOfZone(Array(rest)) else { return false }
    guard second == 60 else { return true }
    let utc = hour * 60 + minute - offset
    return (utc % 1440 + 1440) % 1440 == 1439
  }

  static func isDateTime(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 11, bytes[10] | 32 == UInt8(ascii: "t") else { return false }
    return isDate(bytes[..<10]) && isTime(bytes[11...])
  }

  private static func minutesOfZone(_ bytes: [UInt8]) -> Int? {
    if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
    guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"), bytes[3] == UInt8(ascii: ":"),
      let hour = number(bytes[1..<3]), let minute = number(bytes[4..<6]), hour < 24, minute < 60
    else { return nil }
    return (hour * 60 + minute) * (bytes[0] == UInt8(ascii: "-") ? -1 : 1)
  }

  /// `P1Y2M3DT4H5M6S` or `P2W`: parts in order, at least one of them.
  static func isDuration(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == UInt8(ascii: "P"), bytes.count > 2 else { return false }
    if bytes.last == UInt8(ascii: "W") { return bytes[1..<(bytes.count - 1)].allSatisfy(\.isDigit) }
    let halves = bytes[1...].split(separator: UInt8(ascii: "T"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let days = parts(halves[0], "YMD") else { return false }
    guard halves.count == 2 else { return days > 0 }
    return parts(halves[1], "HMS") ?? 0 > 0
  }

  private static func parts(_ text: ArraySlice<UInt8>, _ units: String) -> Int? {
    var units = Array(units.utf8)[...]
    var rest = text
    var count = 0
    while !rest.isEmpty {
      let digits = rest.prefix(while: \.isDigit)
      guard !digits.isEmpty, digits.endIndex < rest.endIndex, let place = units.firstIndex(of: rest[digits.endIndex])
      else { return nil }
      units = units[(place + 1)...]
      rest = rest[(digits.endIndex + 1)...]
      count += 1
    }
    return count
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    digits.allSatisfy(\.isDigit) ? digits.reduce(0) { $0 * 10 + Int($1 - 48) } : nil
  }
}
