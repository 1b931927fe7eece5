import Python

/// A zone of the IANA data base, as `pytz.timezone(name)` finds it.
package struct NamedTimeZone: Sendable {
  private let rules: ZoneRules

  /// Names are found whatever their case. Throws `UnknownTimeZoneError`.
  package init(_ name: String) throws(PythonTimeError) { try self.init(name, in: .standard) }

  /// The zone of a name in a data base other than the usual one.
  package init(_ name: String, in base: ZoneBase) throws(PythonTimeError) {
    guard let rules = base.rules(of: name) else { throw PythonTimeError(.unknownTimeZone, PythonRepr.of(name)) }
    self.rules = rules
  }

  /// The offset from UTC at an instant.
  package func offset(at instant: PyDateTime) -> PyTimeDelta {
    let seconds = Int(floorDivide(instant.epochMicroseconds, 1_000_000).quotient)
    return (try? PyTimeDelta(seconds: rules.offset(at: seconds))) ?? .zero
  }

  /// The same instant on the zone's clock. Throws `OverflowError` outside years 1 to 9999.
  package func convert(_ instant: PyDateTime) throws(PythonTimeError) -> PyDateTime {
    try instant.converted(to: .offset(offset(at: instant)))
  }
}
