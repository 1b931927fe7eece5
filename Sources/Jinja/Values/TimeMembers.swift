import PythonTime

/// The methods and attributes of `date`, `datetime` and `timedelta`.
enum TimeMember: String, Sendable, CaseIterable {
  case year, month, day, hour, minute, second, microsecond, tzinfo, days, seconds, microseconds, years, months, tdelta
  case fold, min, max, resolution
  case date, time, timestamp, isoformat, strftime, weekday, isoweekday, isocalendar, toordinal, replace, astimezone
  case utcoffset, tzname, ctime, timetuple, utctimetuple, dst
  case totalSeconds = "total_seconds"
}

extension Value {
  func hasMember(_ member: TimeMember) -> Bool {
    switch member {
    case .days, .seconds, .microseconds, .totalSeconds:
      switch self {
      case .timedelta, .duration: true
      default: false
      }
    case .years, .months, .tdelta:
      if case .duration = self { true } else { false }
    case .min, .max, .resolution:
      if case .duration = self { false } else { true }
    case .year, .month, .day, .isoformat, .strftime, .weekday, .isoweekday, .isocalendar, .toordinal, .replace, .ctime:
      switch self {
      case .date, .datetime: true
      default: false
      }
    case .timetuple, .utctimetuple, .time, .dst: false
    default:
      if case .datetime = self { true } else { false }
    }
  }

  func timeProperty(_ member: TimeMember) -> Value? {
    switch self {
    case .date(let date):
      switch member {
      case .year: .int(date.year)
      case .month: .int(date.month)
      case .day: .int(date.day)
      case .min: .date(.min)
      case .max: .date(.max)
      case .resolution: try? .timedelta(PyTimeDelta(totalMicroseconds: 86_400_000_000))
      default: nil
      }
    case .datetime(let time): time.property(member)
    case .timedelta(let delta): delta.property(member)
    case .duration(let duration):
      switch member {
      case .tdelta: .timedelta(duration.timeDelta)
      case .years: .float(duration.years.double)
      case .months: .float(duration.months.double)
      default: duration.timeDelta.property(member)
      }
    default: nil
    }
  }

  func callMember(_ member: TimeMember, _ arguments: Arguments) throws(TemplateError) -> Value {
    do {
      switch self {
      case .date(let date): return try date.call(member, arguments)
      case .datetime(let time): return try time.call(member, arguments)
      case .timedelta(let delta): return .float(delta.totalSeconds)
      case .duration(let duration): return .float(duration.timeDelta.totalSeconds)
      default: return .none
      }
    } catch let error as TemplateError {
      throw error
    } catch let error as PythonTimeError {
      throw TemplateError(time: error)
    } catch {
      throw TemplateError(.runtime, "\(error)")
    }
  }
}

extension PyTimeDelta {
  fileprivate func property(_ member: TimeMember) -> Value? {
    switch member {
    case .days: .int(days)
    case .seconds: .int(seconds)
    case .microseconds: .int(microseconds)
    case .min: .timedelta(.min)
    case .max: .timedelta(.max)
    case .resolution: .timedelta(.resolution)
    default: nil
    }
  }
}

extension PyDate {
  fileprivate func call(_ member: TimeMember, _ arguments: Arguments) throws -> Value {
    switch member {
    case .isoformat: return .string(isoFormat)
    case .ctime: return .string(ctime)
    case .weekday: return .int(weekday)
    case .isoweekday: return .int(isoWeekday)
    case .toordinal: return .int(ordinal)
    case .isocalendar: return .tuple([.int(isoCalendar.year), .int(isoCalendar.week), .int(isoCalendar.weekday)])
    case .strftime: return .string(DatetimeFormat(try arguments.format()).strftime(self))
    case .replace:
      let parts = try arguments.parts(["year", "month", "day"])
      return .date(try replacing(year: parts[0], month: parts[1], day: parts[2]))
    default: return .none
    }
  }
}

extension PyDateTime {
  fileprivate func property(_ member: TimeMember) -> Value? {
    switch member {
    case .year: .int(year)
    case .month: .int(month)
    case .day: .int(day)
    case .hour: .int(hour)
    case .minute: .int(minute)
    case .second: .int(second)
    case .microsecond: .int(microsecond)
    case .fold: .int(0)
    case .tzinfo: tz.map { .object(TimeZoneObject($0)) } ?? Value.none
    case .min: .datetime(PyDateTime(date: .min))
    case .resolution: .timedelta(.resolution)
    case .max:
      (try? PyDateTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999))
        .map { .datetime($0) }
    default: nil
    }
  }

  fileprivate func call(_ member: TimeMember, _ arguments: Arguments) throws -> Value {
    switch member {
    case .date: return .date(date)
    case .timestamp: return .float(timestamp)
    case .strftime: return .string(DatetimeFormat(try arguments.format()).strftime(self))
    case .utcoffset: return tz.map { .timedelta($0.offset) } ?? .none
    case .tzname: return tz?.name.map { .string($0) } ?? .none
    case .ctime: return .string(ctime)
    case .isoformat:
      let given = try arguments.bound(to: ["sep", "timespec"], of: "datetime.isoformat")
      let separator = given[0]?.text ?? "T"
      guard separator.unicodeScalars.count == 1, let only = separator.first else {
        throw TemplateError(.type, "The separator of datetime.isoformat must be exactly one character")
      }
      guard let spec = TimeSpec(rawValue: given[1]?.text ?? "auto") else {
        throw TemplateError(.value, "datetime.isoformat does not have this timespec")
      }
      return .string(isoFormat(separator: only, timeSpec: spec))
    case .replace:
      var arguments = arguments
      var result = self
      if let place = arguments.keywords.firstIndex(where: { $0.name == "tzinfo" }) {
        result = result.replacing(tz: try TimeZoneObject.zone(arguments.keywords.remove(at: place).value))
      }
      let parts = try arguments.parts(["year", "month", "day", "hour", "minute", "second", "microsecond"])
      return .datetime(
        try result.replacing(
          year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
          microsecond: parts[6]))
    case .astimezone:
      let given = try arguments.bound(to: ["tz"], of: "datetime.astimezone")
      return .datetime(try converted(to: try given[0].flatMap(TimeZoneObject.zone) ?? .utc))
    default: return try date.call(member, arguments)
    }
  }
}

extension Arguments {
  fileprivate func format() throws(TemplateError) -> String {
    guard let format = try bound(to: ["format"], of: "strftime", required: 1)[0]?.text else {
      throw TemplateError(.type, "strftime expects a text")
    }
    return format
  }

  fileprivate func parts(_ names: [String]) throws(TemplateError) -> [Int?] {
    var parts: [Int?] = []
    for value in try bound(to: names, of: "replace") { parts.append(try value?.index(for: "replace")) }
    return parts
  }
}

/// A `tzinfo` as a value.
package final class TimeZoneObject: TemplateObject, ComparableObject {
  package let zone: PyTimeZone

  package init(_ zone: PyTimeZone) { self.zone = zone }

  package var typeName: String { "timezone" }
  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String { zone.description }

  func equals(_ other: any TemplateObject) -> Bool { (other as? TimeZoneObject)?.zone == zone }

  func isEqual(to other: any TemplateObject, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    equals(other)
  }

  /// The zone that a value is, nil for none; a type error for anything else.
  package static func zone(_ value: Value) throws(TemplateError) -> PyTimeZone? {
    if value.isNone { return nil }
    guard case .object(let object) = value, let zone = object as? TimeZoneObject else {
      throw TemplateError(.type, "A time zone is expected, not a value of type \(value.typeName)")
    }
    return zone.zone
  }
}
