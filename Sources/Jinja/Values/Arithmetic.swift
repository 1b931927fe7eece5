import BigInt
import Essentials
import PythonTime

extension BinaryOperator {
  /// Python's operator on two values.
  func apply(_ left: Value, _ right: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if case .int(let left) = left, case .int(let right) = right, let result = quickly(left, right) { return .int(result) }
    if let result = quickly(left, right) { return .float(result) }
    if self == .modulo, let format = left.text {
      let result = try percentFormat(format, right, isMarkup: left.isMarkup, &evaluation)
      return left.isMarkup ? .markup(result) : .string(result)
    }
    if case .bytes = left, self == .modulo { throw unsupported(left, right) }
    if case .undefined(let reason) = left { throw reason.error }
    if case .undefined(let reason) = right { throw reason.error }
    if let left = left.number, let right = right.number { return try numeric(left, right, &evaluation) }
    switch self {
    case .add:
      if let result = try concatenate(left, right, &evaluation) { return result }
    case .multiply:
      if let count = right.int, let result = try repeated(left, count, &evaluation) { return result }
      if let count = left.int, let result = try repeated(right, count, &evaluation) { return result }
    default: break
    }
    if let result = try TimeArithmetic.apply(self, left, right) { return result }
    throw unsupported(left, right)
  }

  private func unsupported(_ left: Value, _ right: Value) -> TemplateError {
    TemplateError(.type, "'\(rawValue)' is not supported between values of types \(left.typeName) and \(right.typeName)")
  }

  private func quickly(_ left: Int, _ right: Int) -> Int? {
    let result: (partialValue: Int, overflow: Bool)
    switch self {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    case .floorDivide:
      guard right != 0, right != -1 else { return nil }
      let quotient = left / right
      return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient
    case .modulo:
      guard right != 0, right != -1 else { return nil }
      let remainder = left % right
      return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
    default: return nil
    }
    return result.overflow ? nil : result.partialValue
  }

  /// Sums and products of two floats, or of one and an integer.
  private func quickly(_ left: Value, _ right: Value) -> Double? {
    switch (left, right) {
    case (.float(let left), .float(let right)): quickly(left, right)
    case (.float(let left), .int(let right)): quickly(left, Double(right))
    case (.int(let left), .float(let right)): quickly(Double(left), right)
    default: nil
    }
  }

  private func quickly(_ left: Double, _ right: Double) -> Double? {
    switch self {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    default: nil
    }
  }

  // MARK: Numbers

  private func numeric(_ left: Number, _ right: Number, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if let left = left.big, let right = right.big, self != .divide { return try integer(left, right, &evaluation) }
    if self == .divide, let left = left.big, let right = right.big {
      if right == 0 { throw divisionByZero }
      try evaluation.charge(bits: max(left.bitWidth, right.bitWidth), by: right.bitWidth)
      return .float(try trueQuotient(left, right))
    }
    let first = left.double
    let second = right.double
    // A float takes no integer beyond its range.
    if (first.isInfinite && left.big != nil) || (second.isInfinite && right.big != nil) {
      throw TemplateError(.overflow, "An integer is too large to become a float")
    }
    switch self {
    case .add: return .float(first + second)
    case .subtract: return .float(first - second)
    case .multiply: return .float(first * second)
    case .divide:
      if second == 0 { throw divisionByZero }
      return .float(first / second)
    case .floorDivide:
      if second == 0 { throw divisionByZero }
      return .float(floorDivision(first, second).quotient)
    case .modulo:
      if second == 0 { throw divisionByZero }
      return .float(floorDivision(first, second).remainder)
    case .power: return .float(try power(first, second))
    }
  }

  private var divisionByZero: TemplateError { TemplateError(.zeroDivision, "'\(rawValue)' divides by zero") }

  private func integer(_ left: BigInt, _ right: BigInt, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    switch self {
    case .add, .subtract:
      try evaluation.charge(looking: max(left.bitWidth, right.bitWidth) >> 3)
      return Value(normalizing: self == .add ? left + right : left - right)
    case .multiply:
      if left.bitWidth + right.bitWidth > Limits.integerBits { throw tooLong }
      try evaluation.charge(bits: left.bitWidth, by: right.bitWidth)
      return Value(normalizing: left * right)
    case .floorDivide, .modulo, .divide:
      if right == 0 { throw divisionByZero }
      try evaluation.charge(bits: left.bitWidth, by: right.bitWidth)
      var (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
      if remainder != 0, (remainder < 0) != (right < 0) {
        quotient -= 1
        remainder += right
      }
      return Value(normalizing: self == .modulo ? remainder : quotient)
    case .power:
      if right < 0 {
        if left == 0 { throw divisionByZero }
        return .float(try power(Double(left), Double(right)))
      }
      if left.magnitude <= 1 { return .int(left == 0 ? (right == 0 ? 1 : 0) : left == 1 || right % 2 == 0 ? 1 : -1) }
      guard let exponent = Int(exactly: right), exponent < Limits.integerBits,
        left.bitWidth.multipliedReportingOverflow(by: exponent).partialValue <= Limits.integerBits
      else { throw tooLong }
      let bits = left.bitWidth * exponent
      try evaluation.charge(bits: bits, by: bits)
      return Value(normalizing: left.power(exponent))
    }
  }

  private var tooLong: TemplateError { TemplateError(.limit, "An integer has more than \(Limits.integerBits) bits") }

  private func trueQuotient(_ left: BigInt, _ right: BigInt) throws(TemplateError) -> Double {
    if left.magnitude < 1 << 53, right.magnitude < 1 << 53 { return Double(left) / Double(right) }
    // Scaled so that the quotient has 64 bits or more, with a sticky bit for what is left, it rounds once.
    let shift = max(0, right.bitWidth - left.bitWidth + 66)
    let (quotient, remainder) = (left.magnitude << shift).quotientAndRemainder(dividingBy: right.magnitude)
    let excess = max(0, quotient.bitWidth - 64)
    var kept = quotient >> excess
    if remainder != 0 || (excess > 0 && kept << excess != quotient) { kept |= 1 }
    let magnitude = scalbn(Double(UInt64(truncatingIfNeeded: kept)), excess - shift)
    if magnitude.isInfinite { throw TemplateError(.overflow, "The result of a division is too large for a float") }
    return (left.sign == right.sign) ? magnitude : -magnitude
  }

  private func floorDivision(_ left: Double, _ right: Double) -> (quotient: Double, remainder: Double) {
    var remainder = fmod(left, right)
    var quotient = (left - remainder) / right
    if remainder != 0 {
      if (right < 0) != (remainder < 0) {
        remainder += right
        quotient -= 1
      }
    } else {
      remainder = copysign(0, right)
    }
    guard quotient != 0 else { return (copysign(0, left / right), remainder) }
    var whole = quotient.rounded(.down)
    if quotient - whole > 0.5 { whole += 1 }
    return (whole, remainder)
  }

  private func power(_ base: Double, _ exponent: Double) throws(TemplateError) -> Double {
    if base == 0, exponent < 0 { throw divisionByZero }
    if base < 0, base.isFinite, exponent.isFinite, exponent.rounded() != exponent {
      throw TemplateError(.value, "A negative number to a fraction gives a complex number, which templates do not have")
    }
    let result = pow(base, exponent)
    if result.isInfinite, base.isFinite, exponent.isFinite {
      throw TemplateError(.overflow, "The result of a power is too large for a float")
    }
    return result
  }

  // MARK: Texts and lists

  private func concatenate(_ left: Value, _ right: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch (left, right) {
    case (.string(let left), .string(let right)):
      try evaluation.charge(text: left.utf8.count + right.utf8.count)
      return .string(left + right)
    case (.markup, .string), (.string, .markup), (.markup, .markup):
      try evaluation.charge(text: (left.text?.utf8.count ?? 0) + (right.text?.utf8.count ?? 0))
      let first = left.escapedText
      let second = right.escapedText
      try evaluation.charge(text: first.utf8.count + second.utf8.count)
      return .markup(first + second)
    case (.bytes(let left), .bytes(let right)):
      try evaluation.charge(text: left.count + right.count)
      return .bytes(left + right)
    case (.tuple(let left), .tuple(let right)):
      try evaluation.charge(list: left.count + right.count)
      return .tuple(left.items + right.items)
    default:
      guard left.isList, right.isList, let first = try left.listItems(&evaluation), let second = try right.listItems(&evaluation)
      else { return nil }
      try evaluation.charge(list: first.count + second.count)
      return .list(ListObject(first + second))
    }
  }

  private func repeated(_ value: Value, _ count: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    let times = max(0, count)
    switch value {
    case .string(let text): return .string(try repeatText(text, times, &evaluation))
    case .markup(let text): return .markup(try repeatText(text, times, &evaluation))
    case .bytes(let bytes):
      try evaluation.charge(text: product(bytes.count, times))
      return .bytes(Array([[UInt8]](repeating: bytes, count: bytes.isEmpty ? 0 : times).joined()))
    case .tuple(let items):
      try evaluation.charge(list: product(items.count, times))
      return .tuple(Array([[Value]](repeating: items.items, count: items.isEmpty ? 0 : times).joined()))
    default:
      guard let items = try value.listItems(&evaluation) else { return nil }
      try evaluation.charge(list: product(items.count, times))
      return .list(ListObject(Array([[Value]](repeating: items, count: items.isEmpty ? 0 : times).joined())))
    }
  }

  private func repeatText(_ text: String, _ times: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    try evaluation.charge(text: product(text.utf8.count, times))
    return text.isEmpty ? "" : String(repeating: text, count: times)
  }

  private func product(_ left: Int, _ right: Int) -> Int {
    let result = left.multipliedReportingOverflow(by: right)
    return result.overflow ? .max : result.partialValue
  }
}

extension UnaryOperator {
  func apply(_ value: Value) throws(TemplateError) -> Value {
    switch (self, value.number) {
    case (.plus, .int(let int)): return .int(int)
    case (.plus, .some): return value
    case (.negate, .int(let int)): return int == .min ? .bigInt(-BigInt(int)) : .int(-int)
    case (.negate, .big(let big)): return Value(normalizing: -big)
    case (.negate, .float(let double)): return .float(-double)
    case (_, nil): break
    }
    if case .undefined(let reason) = value { throw reason.error }
    if let result = try TimeArithmetic.apply(self, value) { return result }
    throw TemplateError(.type, "A sign is not supported on a value of type \(value.typeName)")
  }
}
