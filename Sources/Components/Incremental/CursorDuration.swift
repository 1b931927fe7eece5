import PythonTime

/// A distance between two cursor values, as ISO 8601 writes it: `P30D`, `PT0.000001S`, or `P1M`, whose length depends on where it
/// starts.
package enum CursorDuration: Sendable, Hashable {
  case fixed(PyTimeDelta)
  case calendar(PyDuration)

  /// Whether Python counts it as true; a cursor ignores a duration that does not, such as `PT0S`.
  var isTruthy: Bool {
    switch self {
    case .fixed(let delta): delta.isTruthy
    case .calendar: true
    }
  }

  /// - Throws: `ISO8601Error` for anything that is not a duration.
  package init(iso text: String) throws(PythonTimeError) {
    switch try ISODuration(parsing: text) {
    case .timeDelta(let delta): self = .fixed(delta)
    case .duration(let duration): self = .calendar(duration)
    }
  }

  /// - Throws: `OverflowError` past year 9999, `ValueError` where months or years lead there.
  package func added(to moment: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    switch self {
    case .fixed(let delta): try moment.adding(delta)
    case .calendar(let duration): try duration.added(to: moment)
    }
  }

  func subtracted(from moment: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    switch self {
    case .fixed(let delta): try moment.subtracting(delta)
    case .calendar(let duration): try duration.subtracted(from: moment)
    }
  }
}
