import PythonTime

/// What this module answers to a recorded case, written as Python writes it.
enum Answers {
  static func answer(to recorded: RecordedCase) -> String {
    do throws(PythonTimeError) {
      return try result(recorded)
    } catch {
      return error.description
    }
  }

  private static func result(_ c: RecordedCase) throws(PythonTimeError) -> String {
    switch c.operation {
    case "strftime": return DatetimeFormat(c.text(1)).strftime(try c.moment(0))
    case "strftimeDate":
      return DatetimeFormat(c.text(3)).strftime(try PyDate(year: c.int(0), month: c.int(1), day: c.int(2)))
    case "strptime": return try DatetimeFormat(c.text(1)).strptime(c.text(0)).repr
    case "isoparse": return try PyDateTime.isoParse(c.text(0)).repr
    case "duration":
      switch try ISODuration(parsing: c.text(0)) {
      case .timeDelta(let delta): return delta.repr
      case .duration(let duration): return duration.repr
      }
    case "durationText":
      switch try ISODuration(parsing: c.text(0)) {
      case .timeDelta(let delta): return delta.description
      case .duration(let duration): return duration.description
      }
    case "durationAdd": return try ISODuration(parsing: c.text(0)).added(to: c.moment(1)).repr
    case "durationSubtract": return try ISODuration(parsing: c.text(0)).subtracted(from: c.moment(1)).repr
    case "fromTimestamp":
      let number = Int(c.text(0)).map(PyNumber.int) ?? c.float(0)
      return try PyDateTime.fromTimestamp(number).repr
    case "date": return try PyDate(year: c.int(0), month: c.int(1), day: c.int(2)).repr
    case "datePlus":
      return try PyDate(year: c.int(0), month: c.int(1), day: c.int(2)).adding(days: c.int(3)).repr
    case "isoformat":
      return try c.moment(0).isoFormat(timeSpec: PyDateTime.TimeSpec(rawValue: c.text(1)) ?? .auto)
    case let name where name.hasPrefix("moment"): return try momentResult(c)
    default: return try deltaResult(c)
    }
  }

  private static func momentResult(_ c: RecordedCase) throws(PythonTimeError) -> String {
    let moment = try c.moment(0)
    switch c.operation {
    case "momentText":
      let iso = moment.date.isoCalendar
      return "\(moment) \(moment.repr) \(moment.isoFormat()) \(moment.ctime) \(moment.date.dayOfYear) \(moment.weekday) "
        + "(\(iso.year), \(iso.week), \(iso.weekday))"
    case "momentUTC": return try "\(python(moment.timestamp)) \(moment.converted(to: .utc))"
    case "momentLess":
      let other = try c.moment(1)
      return try "\(python(moment.isLess(than: other))) \(python(moment == other))"
    case "momentMinus": return try moment.subtracting(c.moment(1)).repr
    default: return try moment.adding(c.delta(1)).repr
    }
  }

  private static func deltaResult(_ c: RecordedCase) throws(PythonTimeError) -> String {
    if c.operation == "deltaFloats" {
      return try PyTimeDelta(days: c.float(0), seconds: c.float(1), milliseconds: c.float(2), hours: c.float(3)).repr
    }
    let delta = try c.delta(0)
    switch c.operation {
    case "deltaText":
      return try "\(delta) \(delta.repr) \(python(delta.totalSeconds)) \(delta.negated().repr) \(delta.magnitude().repr) "
        + python(delta.isTruthy)
    case "deltaTimesInt": return try delta.multiplied(by: .int(c.int(3))).repr
    case "deltaTimesFloat": return try delta.multiplied(by: c.float(3)).repr
    case "deltaOverInt": return try delta.divided(by: .int(c.int(3))).repr
    case "deltaOverFloat": return try delta.divided(by: c.float(3)).repr
    case "deltaFloorInt": return try delta.floorDivided(by: c.int(3)).repr
    case "deltaOverDelta": return python(try delta.ratio(to: c.delta(3)))
    case "deltaDivMod":
      let (quotient, remainder) = try delta.divMod(c.delta(3))
      return "(\(quotient), \(remainder.repr))"
    default: return "no such operation"
    }
  }

  private static func python(_ value: Bool) -> String { value ? "True" : "False" }

  /// `repr(float)` for the magnitudes that occur here.
  private static func python(_ value: Double) -> String { "\(value)" }
}
