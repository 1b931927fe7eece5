import Foundation
import Python

/// A zone of the IANA data base, as `pytz.timezone(name)` finds it.
package struct NamedTimeZone: Sendable {
  private let zone: TimeZone

  /// Names without a slash that the IANA data base has.
  private static let plainNames: Set<String> = [
    "CET", "CST6CDT", "CUBA", "EET", "EGYPT", "EIRE", "EST", "EST5EDT", "GB", "GB-EIRE", "GMT", "GMT+0", "GMT-0", "GMT0",
    "GREENWICH", "HST", "HONGKONG", "ICELAND", "IRAN", "ISRAEL", "JAMAICA", "JAPAN", "KWAJALEIN", "LIBYA", "MET", "MST",
    "MST7MDT", "NAVAJO", "NZ", "NZ-CHAT", "POLAND", "PORTUGAL", "PRC", "PST8PDT", "ROC", "ROK", "SINGAPORE", "TURKEY",
    "UCT", "UNIVERSAL", "UTC", "W-SU", "WET", "ZULU",
  ]

  /// Names are found whatever their case. Throws `UnknownTimeZoneError`.
  package init(_ name: String) throws(PythonTimeError) {
    let upper = name.uppercased()
    let isPlain = Self.plainNames.contains(upper)
    let zone = TimeZone(identifier: name) ?? (isPlain ? TimeZone(identifier: upper) : nil) ?? Self.ignoringCase(name)
    guard isPlain || name.contains("/"), let zone else {
      throw PythonTimeError(.unknownTimeZone, PythonRepr.of(name))
    }
    self.zone = zone
  }

  private static func ignoringCase(_ name: String) -> TimeZone? {
    let wanted = name.lowercased()
    return TimeZone.knownTimeZoneIdentifiers.first { $0.lowercased() == wanted }.flatMap(TimeZone.init(identifier:))
  }

  /// The offset from UTC at an instant.
  package func offset(at instant: PyDateTime) -> PyTimeDelta {
    let date = Date(timeIntervalSince1970: instant.timestamp)
    return (try? PyTimeDelta(seconds: zone.secondsFromGMT(for: date))) ?? .zero
  }

  /// The same instant on the zone's clock. Throws `OverflowError` outside years 1 to 9999.
  package func convert(_ instant: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    try instant.converted(to: .offset(offset(at: instant)))
  }
}
