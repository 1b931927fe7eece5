import BigInt
import Essentials
import Python
import PythonTime

extension Environment {
  mutating func addNumberFilters() {
    addFilter("default", "d", parameters: ["default_value", "boolean"]) { (value, arguments, _) throws(TemplateError) in
      let replaces = value.isUndefined || (arguments.count > 1 && (arguments[1]?.isTruthy ?? false) && !value.isTruthy)
      return replaces ? arguments.first.flatMap { $0 } ?? .string("") : value
    }
    addFilter("abs") { (value, _, _) throws(TemplateError) in
      switch value {
      case .int(let int): return int == .min ? .bigInt(-BigInt(int)) : .int(abs(int))
      case .bool(let flag): return .int(flag ? 1 : 0)
      case .bigInt(let big): return Value(normalizing: BigInt(big.magnitude))
      case .float(let double): return .float(double.magnitude)
      case .timedelta(let delta): return .timedelta(try python { () throws(PythonTimeError) in try delta.magnitude() })
      default: throw TemplateError(.type, "abs expects a number, not a value of type \(value.typeName)")
      }
    }
    addFilter("int", parameters: ["default", "base"]) { (value, arguments, e) throws(TemplateError) in
      if let text = value.text { try e.charge(text: text.utf8.count) }
      let given = arguments.isEmpty ? [nil, nil] : arguments
      let base = try (given[1] ?? .int(10)).index(for: "int")
      return try integer(value, standard: given[0] ?? .int(0), base: base)
    }
    addFilter("float", parameters: ["default"]) { (value, arguments, e) throws(TemplateError) in
      if let text = value.text { try e.charge(text: text.utf8.count) }
      if case .undefined(let reason) = value { throw reason.error }
      if case .bigInt(let big) = value, Double(big).isInfinite {
        throw TemplateError(.overflow, "An integer is too large for a float")
      }
      return value.pythonFloat.map { .float($0) } ?? (arguments.first.flatMap { $0 } ?? .float(0))
    }
    addFilter("round", parameters: ["precision", "method"]) { (value, arguments, e) throws(TemplateError) in
      try e.charge(bits: value.bits, by: Limits.integerDigits * 4)
      let given = arguments.isEmpty ? [nil, nil] : arguments
      return try roundFilter(value, given[0] ?? .int(0), method: given[1] ?? .string("common"))
    }
    addFilter("filesizeformat", parameters: ["binary"]) { (value, arguments, e) throws(TemplateError) in
      if let text = value.text { try e.charge(text: text.utf8.count) }
      if case .undefined(let reason) = value { throw reason.error }
      guard let size = value.pythonFloat else {
        throw TemplateError(value.text == nil ? .type : .value, "filesizeformat expects a number")
      }
      return .string(try fileSize(size, isBinary: arguments.first.flatMap { $0 }?.isTruthy ?? false))
    }
  }
}

extension Value {
  /// Python's `float(…)`, nil if it fails.
  var pythonFloat: Double? {
    switch self {
    case .string(let text), .markup(let text): PythonNumberText.float(text)
    case .bytes(let bytes): PythonNumberText.float(bytes[...])
    default: number?.double
    }
  }
}

/// Python's `int` of a text in a base; nil if it is not one, and in every base beyond the digits that Python reads in base 10.
private func integer(_ read: PythonInteger?) -> Value? {
  switch read {
  case .int(let int): return .int(int)
  case .large(let isNegative, let digits, let base):
    guard digits.utf8.count <= Limits.integerDigits, let big = BigInt(digits, radix: base) else { return nil }
    return Value(normalizing: isNegative ? -big : big)
  case nil: return nil
  }
}

private func integer(_ value: Value, standard: Value, base: Int) throws(TemplateError) -> Value {
  switch value {
  case .undefined(let reason): throw reason.error
  case .bool(let flag): return .int(flag ? 1 : 0)
  case .int, .bigInt: return value
  case .float(let double):
    if double.isNaN { return standard }
    guard double.isFinite else { throw TemplateError(.overflow, "Infinity has no integer") }
    return Value(normalizing: BigInt(double.rounded(.towardZero)))
  case .string(let text), .markup(let text):
    guard base == 0 || (2...36).contains(base) else { return standard }
    if let parsed = integer(PythonNumberText.integer(text, base: base)) { return parsed }
    guard let double = PythonNumberText.float(text), double.isFinite else { return standard }
    return Value(normalizing: BigInt(double.rounded(.towardZero)))
  case .bytes(let bytes): return integer(PythonNumberText.integer(bytes[...])) ?? standard
  default: return standard
  }
}

private func roundFilter(_ value: Value, _ precision: Value, method: Value) throws(TemplateError) -> Value {
  guard let method = method.text, ["common", "ceil", "floor"].contains(method) else {
    throw TemplateError(.runtime, "round takes the methods common, ceil and floor")
  }
  if case .undefined(let reason) = value {
    if method == "common" { throw TemplateError(.type, "round expects a number") }
    throw reason.error
  }
  guard let number = value.number else {
    throw TemplateError(.type, "round expects a number, not a value of type \(value.typeName)")
  }
  if method == "common" {
    let digits = precision.isNone ? 0 : try precision.index(for: "round")
    guard case .float(let double) = number else { return try roundInteger(number.big ?? 0, digits) }
    if precision.isNone {
      guard double.isFinite else { throw TemplateError(double.isNaN ? .value : .overflow, "The number has no integer") }
      return Value(normalizing: BigInt(double.rounded(.toNearestOrEven)))
    }
    return .float(try roundDouble(double, digits))
  }
  guard precision.number != nil else { throw TemplateError(.type, "round expects a number of digits") }
  let scale = pow(10, precision.number?.double ?? 0)
  let scaled = number.double * scale
  guard scaled.isFinite else { throw TemplateError(scaled.isNaN ? .value : .overflow, "The number has no integer") }
  let whole = method == "ceil" ? scaled.rounded(.up) : scaled.rounded(.down)
  if scale == 0 { throw TemplateError(.zeroDivision, "round divides by zero") }
  return .float(whole / scale)
}

private func roundInteger(_ big: BigInt, _ digits: Int) throws(TemplateError) -> Value {
  if digits >= 0 { return Value(normalizing: big) }
  guard digits > -Limits.integerDigits else { return .int(0) }
  let unit = BigInt(10).power(-digits)
  var (quotient, remainder) = big.quotientAndRemainder(dividingBy: unit)
  if remainder < 0 {
    remainder += unit
    quotient -= 1
  }
  let twice = remainder * 2
  if twice > unit || (twice == unit && quotient % 2 != 0) { quotient += 1 }
  return Value(normalizing: quotient * unit)
}

/// `round(double, digits)`: correctly rounded, halves to even, by the exact decimal value.
func roundDouble(_ double: Double, _ digits: Int) throws(TemplateError) -> Double {
  guard double.isFinite, digits <= 330 else { return double }
  if digits < -330 { return copysign(0, double) }
  let rounded: Double
  if digits >= 0 {
    rounded = Double(double.fixed(digits)) ?? double
  } else {
    let unit = pow(10, Double(-digits))
    rounded = (double / unit).rounded(.toNearestOrEven) * unit
  }
  guard rounded.isFinite else { throw TemplateError(.overflow, "The rounded number is too large") }
  return rounded
}

private func fileSize(_ size: Double, isBinary: Bool) throws(TemplateError) -> String {
  let base = isBinary ? 1024.0 : 1000.0
  if size == 1 { return "1 Byte" }
  if size < base {
    guard size.isFinite else { throw TemplateError(.overflow, "The size is not finite") }
    return "\(BigInt(size.rounded(.towardZero))) Bytes"
  }
  if size.isNaN { throw TemplateError(.value, "The size is not a number") }
  let letters = isBinary ? ["K", "M", "G", "T", "P", "E", "Z", "Y"] : ["k", "M", "G", "T", "P", "E", "Z", "Y"]
  var unit = base
  for (index, letter) in letters.enumerated() {
    unit *= base
    if size < unit || index == letters.count - 1 {
      return (base * size / unit).fixed(1) + " \(letter)\(isBinary ? "iB" : "B")"
    }
  }
  return ""
}
