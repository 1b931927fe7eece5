import Essentials

/// Whether the clock can be right.
enum ClockCheck {
  private static let subject = "clock"
  /// No machine that runs this lives before it: 2026-01-01.
  private static let earliest: Int64 = 1_767_225_600
  /// Logins that are signed with the time are refused by most servers when it is off by more.
  private static let tolerance: Int64 = 60

  /// - Parameters:
  ///   - now: microseconds since the epoch.
  ///   - server: what a server says the time is, in seconds since the epoch.
  static func finding(now: Int64, server: Int64?) -> MachineFinding {
    let seconds = now / 1_000_000
    let text = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    guard seconds >= earliest else {
      return .fails(subject, "\(text) is before this program was written", remedy: "set the clock, or start its time service")
    }
    if let server, abs(server - seconds) > tolerance {
      return .fails(
        subject, "\(text) is \(abs(server - seconds)) seconds \(seconds > server ? "ahead of" : "behind") the server's",
        remedy: "set the clock, or start its time service")
    }
    return .works(subject, text + (server == nil ? "" : ", as the server's"))
  }
}
