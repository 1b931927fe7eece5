import BigInt

/// The methods and attributes of `int`, `bool` and `float`.
enum NumberMethod: String, Sendable, CaseIterable {
  case real, imag, numerator, denominator, conjugate, hex
  case bitLength = "bit_length"
  case bitCount = "bit_count"
  case isInteger = "is_integer"
  case asIntegerRatio = "as_integer_ratio"
}

extension Value {
  func hasMember(_ member: NumberMethod) -> Bool {
    switch member {
    case .real, .imag, .conjugate, .asIntegerRatio: true
    case .numerator, .denominator, .bitLength, .bitCount: !isFloat
    case .isInteger, .hex: isFloat
    }
  }

  func numberProperty(_ member: NumberMethod) -> Value? {
    switch (member, self) {
    case (.real, .float), (.real, .bigInt), (.numerator, .bigInt): self
    case (.real, _), (.numerator, _): .int(int ?? 0)
    case (.imag, .float): .float(0)
    case (.imag, _): .int(0)
    case (.denominator, _): .int(1)
    default: nil
    }
  }

  func callMember(_ member: NumberMethod, _ arguments: Arguments) throws(TemplateError) -> Value {
    guard arguments.isEmpty else { throw TemplateError(.type, "\(typeName).\(member.rawValue) takes no arguments") }
    switch (member, self) {
    case (.isInteger, .float(let double)): return .bool(double.isFinite && double.rounded() == double)
    case (.hex, .float): throw TemplateError(.type, "float.hex is not available in templates")
    case (.bitLength, _): return .int(bigMagnitude.bitWidth)
    case (.bitCount, _): return .int(bigMagnitude.words.reduce(0) { $0 + $1.nonzeroBitCount })
    case (.asIntegerRatio, .float(let double)): return try Value.ratio(double)
    case (.asIntegerRatio, _): return .tuple([numberProperty(.real) ?? self, .int(1)])
    default: return numberProperty(.real) ?? self
    }
  }

  private var bigMagnitude: BigUInt { number?.big?.magnitude ?? 0 }

  private static func ratio(_ double: Double) throws(TemplateError) -> Value {
    if double.isNaN { throw TemplateError(.value, "NaN is not a ratio of integers") }
    guard double.isFinite else { throw TemplateError(.overflow, "Infinity is not a ratio of integers") }
    var denominator = BigInt(1)
    var scaled = double
    while scaled.rounded() != scaled {
      scaled *= 2
      denominator *= 2
    }
    return .tuple([Value(normalizing: BigInt(scaled)), Value(normalizing: denominator)])
  }
}
