import ConnectorModel
import PythonTime

/// Where the bounds of a datetime cursor's windows have to be: on days, on a weekday, on the first of months, or anywhere.
package enum Clamping: Sendable, Hashable {
  case none
  case day
  /// 0 for Monday.
  case week(Int)
  case month

  /// The names of weekdays in manifests, in the order of their numbers.
  static let weekdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

  /// The next bound at or after `value`, and the last one at or before it where `isCeiling` is false.
  /// A month's or week's own day keeps its date and loses its time in both directions, as in the reference.
  func clamp(_ value: CursorValue, isCeiling: Bool = true) throws(PythonTimeError) -> CursorValue {
    guard self != .none, let moment = value.moment else { return value }
    let midnight = try moment.replacing(hour: 0, minute: 0, second: 0, microsecond: 0)
    switch self {
    case .none:
      return value
    case .day:
      guard isCeiling, midnight != moment else { return .moment(midnight) }
      return .moment(try midnight.adding(PyTimeDelta(days: 1)))
    case .week(let day):
      let ahead = (day - moment.weekday + 7) % 7
      return .moment(try midnight.adding(PyTimeDelta(days: isCeiling || ahead == 0 ? ahead : ahead - 7)))
    case .month:
      guard moment.day != 1 else { return .moment(midnight) }
      guard isCeiling else { return .moment(try midnight.replacing(day: 1)) }
      let isDecember = moment.month == 12
      return .moment(
        try midnight.replacing(year: isDecember ? moment.year + 1 : moment.year, month: moment.month % 12 + 1, day: 1))
    }
  }
}
