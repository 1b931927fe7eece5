import Python

/// The kinds of `tzinfo` that a template can meet. Each has a fixed offset; they differ in how they print.
package enum PyTimeZone: Hashable, Sendable {
  /// `datetime.timezone.utc`.
  case utc
  /// `pytz.utc`.
  case pytzUTC
  /// `dateutil.tz.tzutc()`.
  case dateutilUTC
  /// `datetime.timezone(offset, name)`.
  case fixed(PyTimeDelta, name: String?)
  /// `dateutil.tz.tzoffset(None, offset)`.
  case dateutilOffset(PyTimeDelta)

  /// What is added to UTC to get local time.
  package var offset: PyTimeDelta {
    switch self {
    case .utc, .pytzUTC, .dateutilUTC: .zero
    case .fixed(let offset, _), .dateutilOffset(let offset): offset
    }
  }

  /// The offset in microseconds; less than a day on either side.
  var offsetMicroseconds: Int {
    switch self {
    case .utc, .pytzUTC, .dateutilUTC: 0
    case .fixed(let offset, _), .dateutilOffset(let offset):
      offset.days * 86_400_000_000 + offset.seconds * 1_000_000 + offset.microseconds
    }
  }

  /// `tzname()`; nil if the zone has none.
  package var name: String? {
    switch self {
    case .utc, .pytzUTC, .dateutilUTC: return "UTC"
    case .fixed(_, let name?): return name
    case .fixed(let offset, nil): return offset == .zero ? "UTC" : "UTC" + Self.text(of: offset, colons: true)
    case .dateutilOffset: return nil
    }
  }

  /// A fixed zone; an offset of zero without a name is ``utc``, as strptime's `%z` gives it. Throws `ValueError` from 24 hours on.
  package static func offset(_ offset: PyTimeDelta, name: String? = nil) throws(PythonTimeError) -> PyTimeZone {
    if offset == .zero, name == nil { return .utc }
    guard abs(offset.totalMicroseconds) < 86_400_000_000 else {
      throw .value(
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not \(offset.repr).")
    }
    return .fixed(offset, name: name)
  }

  package var repr: String {
    switch self {
    case .utc: "datetime.timezone.utc"
    case .pytzUTC: "<UTC>"
    case .dateutilUTC: "tzutc()"
    case .fixed(let offset, let name?): "datetime.timezone(\(offset.repr), \(PythonRepr.of(name)))"
    case .fixed(let offset, nil): "datetime.timezone(\(offset.repr))"
    case .dateutilOffset(let offset): "tzoffset(None, \(Int(offset.totalSeconds)))"
    }
  }

  /// `+01:00`, with seconds and microseconds where there are any.
  static func text(of offset: PyTimeDelta, colons: Bool) -> String {
    var micros = offset.days * 86_400_000_000 + offset.seconds * 1_000_000 + offset.microseconds
    var text = micros < 0 ? "-" : "+"
    micros = abs(micros)
    let seconds = micros / 1_000_000
    let colon = colons ? ":" : ""
    appendDigits(seconds / 3600, width: 2, to: &text)
    text += colon
    appendDigits(seconds / 60 % 60, width: 2, to: &text)
    if seconds % 60 != 0 || micros % 1_000_000 != 0 {
      text += colon
      appendDigits(seconds % 60, width: 2, to: &text)
    }
    if micros % 1_000_000 != 0 {
      text += "."
      appendDigits(micros % 1_000_000, width: 6, to: &text)
    }
    return text
  }
}

extension PyTimeZone: CustomStringConvertible {
  /// `str(tzinfo)`.
  package var description: String {
    switch self {
    case .utc, .pytzUTC: "UTC"
    case .fixed: name ?? ""
    case .dateutilUTC, .dateutilOffset: repr
    }
  }
}
