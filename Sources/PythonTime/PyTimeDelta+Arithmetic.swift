extension PyTimeDelta {
  /// The sum. Throws `OverflowError` beyond a thousand million days.
  package func adding(_ other: PyTimeDelta) throws(PythonTimeError) -> PyTimeDelta {
    try PyTimeDelta(totalMicroseconds: totalMicroseconds + other.totalMicroseconds)
  }

  /// The difference. Throws `OverflowError` beyond a thousand million days.
  package func subtracting(_ other: PyTimeDelta) throws(PythonTimeError) -> PyTimeDelta {
    try PyTimeDelta(totalMicroseconds: totalMicroseconds - other.totalMicroseconds)
  }

  /// `-delta`. Throws `OverflowError` for the largest ones.
  package func negated() throws(PythonTimeError) -> PyTimeDelta { try PyTimeDelta(totalMicroseconds: -totalMicroseconds) }

  /// `abs(delta)`.
  package func magnitude() throws(PythonTimeError) -> PyTimeDelta { days < 0 ? try negated() : self }

  /// `delta * number`; a float multiplies exactly and rounds halves to even.
  package func multiplied(by factor: PyNumber) throws(PythonTimeError) -> PyTimeDelta {
    switch factor {
    case .int(let value):
      let (product, overflow) = totalMicroseconds.multipliedReportingOverflow(by: Int128(value))
      guard !overflow else { throw .overflow("Python int too large to convert to C int") }
      return try PyTimeDelta(totalMicroseconds: product)
    case .float(let value):
      return try scaled(by: ratio(of: value))
    }
  }

  /// `delta / number`; rounds halves to even. Throws `ZeroDivisionError` for zero.
  package func divided(by divisor: PyNumber) throws(PythonTimeError) -> PyTimeDelta {
    switch divisor {
    case .int(let value):
      guard value != 0 else { throw Self.divisionByZero }
      return try PyTimeDelta(totalMicroseconds: divideRoundingHalfToEven(totalMicroseconds, Int128(value)))
    case .float(let value) where value.isFinite && abs(value) >= 1e20:
      // Less than a microsecond is left.
      return try PyTimeDelta(totalMicroseconds: Int128((Double(totalMicroseconds) / value).rounded(.toNearestOrEven)))
    case .float(let value):
      let (numerator, denominator) = try ratio(of: value)
      guard numerator != 0 else { throw PythonTimeError(.zeroDivisionError, "division by zero") }
      return try scaled(by: (numerator < 0 ? -denominator : denominator, abs(numerator)))
    }
  }

  /// `delta // integer`. Throws `ZeroDivisionError` for zero.
  package func floorDivided(by divisor: Int) throws(PythonTimeError) -> PyTimeDelta {
    guard divisor != 0 else { throw Self.divisionByZero }
    return try PyTimeDelta(totalMicroseconds: floorDivide(totalMicroseconds, Int128(divisor)).quotient)
  }

  /// `delta / delta`. Throws `ZeroDivisionError` for zero.
  package func ratio(to other: PyTimeDelta) throws(PythonTimeError) -> Double {
    guard other.isTruthy else { throw PythonTimeError(.zeroDivisionError, "division by zero") }
    return trueDivide(totalMicroseconds, other.totalMicroseconds)
  }

  /// `divmod(delta, delta)`. Throws `ZeroDivisionError` for zero.
  package func divMod(_ other: PyTimeDelta) throws(PythonTimeError) -> (quotient: Int128, remainder: PyTimeDelta) {
    guard other.isTruthy else { throw Self.divisionByZero }
    let (quotient, rest) = floorDivide(totalMicroseconds, other.totalMicroseconds)
    return (quotient, try PyTimeDelta(totalMicroseconds: rest))
  }

  private static let divisionByZero = PythonTimeError(.zeroDivisionError, "integer division or modulo by zero")

  private func scaled(by fraction: (numerator: Int128, denominator: Int128)) throws(PythonTimeError) -> PyTimeDelta {
    let (product, overflow) = totalMicroseconds.multipliedReportingOverflow(by: fraction.numerator)
    guard !overflow else {
      // Too wide for 128 bits: the leading digits decide, and the result is out of range or exact enough as a double.
      let value = Double(totalMicroseconds) * (Double(fraction.numerator) / Double(fraction.denominator))
      guard abs(value) < 1e20 else { throw .overflow("Python int too large to convert to C int") }
      return try PyTimeDelta(totalMicroseconds: Int128(value.rounded(.toNearestOrEven)))
    }
    return try PyTimeDelta(totalMicroseconds: divideRoundingHalfToEven(product, fraction.denominator))
  }

  /// `float.as_integer_ratio()`, as far as a time difference needs it.
  private func ratio(of value: Double) throws(PythonTimeError) -> (numerator: Int128, denominator: Int128) {
    guard !value.isNaN else { throw .value("cannot convert NaN to integer ratio") }
    guard !value.isInfinite else { throw .overflow("cannot convert Infinity to integer ratio") }
    guard value != 0 else { return (0, 1) }
    guard abs(value) < 1e20 else { throw .overflow("Python int too large to convert to C int") }
    var numerator = Int128(value.significand * 4_503_599_627_370_496)
    if value < 0 { numerator = -numerator }
    var exponent = Int(value.exponent) - 52
    while exponent < 0, numerator % 2 == 0 {
      numerator /= 2
      exponent += 1
    }
    if exponent >= 0 { return (numerator << Int128(exponent), 1) }
    guard exponent > -120 else { return (0, 1) }
    return (numerator, Int128(1) << Int128(-exponent))
  }
}

extension PyTimeDelta: CustomStringConvertible {
  /// `str(delta)`: `1 day, 2:03:04.000005`.
  package var description: String {
    var text = ""
    if days != 0 { text = "\(days) day\(abs(days) == 1 ? "" : "s"), " }
    text += "\(seconds / 3600):"
    appendDigits(seconds / 60 % 60, width: 2, to: &text)
    text += ":"
    appendDigits(seconds % 60, width: 2, to: &text)
    if microseconds != 0 {
      text += "."
      appendDigits(microseconds, width: 6, to: &text)
    }
    return text
  }

  /// `repr(delta)`: `datetime.timedelta(days=1, seconds=7384)`.
  package var repr: String {
    var parts: [String] = []
    if days != 0 { parts.append("days=\(days)") }
    if seconds != 0 { parts.append("seconds=\(seconds)") }
    if microseconds != 0 { parts.append("microseconds=\(microseconds)") }
    return "datetime.timedelta(\(parts.isEmpty ? "0" : parts.joined(separator: ", ")))"
  }
}
