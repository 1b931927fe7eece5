import BigInt
import Python

/// A Python number apart from the value that holds it; True and False are 1 and 0.
enum Number {
  case int(Int)
  case big(BigInt)
  case float(Double)

  var double: Double {
    switch self {
    case .int(let int): Double(int)
    case .big(let big): Double(big)
    case .float(let double): double
    }
  }

  /// The integer; nil for a float.
  var big: BigInt? {
    switch self {
    case .int(let int): BigInt(int)
    case .big(let big): big
    case .float: nil
    }
  }

  var isZero: Bool {
    switch self {
    case .int(let int): int == 0
    case .big: false
    case .float(let double): double == 0
    }
  }

  /// The order by exact value, also between integers and floats.
  func order(to other: Number) -> PythonOrdering {
    switch (self, other) {
    case (.int(let left), .int(let right)): return .init(left == right, left < right)
    case (.float(let left), .float(let right)):
      return left.isNaN || right.isNaN ? .unordered : .init(left == right, left < right)
    case (.float(let left), _):
      switch other.order(to: .float(left)) {
      case .less: return .greater
      case .greater: return .less
      case let same: return same
      }
    case (_, .float(let right)):
      if right.isNaN { return .unordered }
      if right.isInfinite { return right > 0 ? .less : .greater }
      if case .int(let left) = self, left.magnitude < 1 << 53 { return .init(Double(left) == right, Double(left) < right) }
      let whole = BigInt(right.rounded(.down))
      let left = big ?? 0
      if left == whole { return whole == BigInt(right.rounded(.up)) ? .equal : .less }
      return left < whole ? .less : .greater
    default:
      let left = big ?? 0
      let right = other.big ?? 0
      return .init(left == right, left < right)
    }
  }
}

extension Value {
  /// The bits of the integer that it is, 0 for anything else.
  var bits: Int {
    if case .bigInt(let big) = self { return big.bitWidth }
    return 0
  }

  /// The number that it is, nil for anything else.
  var number: Number? {
    switch self {
    case .int(let int): .int(int)
    case .float(let double): .float(double)
    case .bool(let flag): .int(flag ? 1 : 0)
    case .bigInt(let big): .big(big)
    default: nil
    }
  }

  /// The integer that it is, True and False included, where it fits into 64 bits.
  package var int: Int? {
    switch self {
    case .int(let int): int
    case .bool(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// The integer for a parameter that needs one; a type error for anything else, clamped beyond 64 bits.
  package func index(for what: String) throws(TemplateError) -> Int {
    switch self {
    case .int(let int): return int
    case .bool(let flag): return flag ? 1 : 0
    case .bigInt(let big): return big.sign == .minus ? .min : .max
    case .undefined(let reason): throw reason.error
    default: throw TemplateError(.type, "\(what) expects an integer, not a value of type \(typeName)")
    }
  }
}

extension Double {
  /// The number as `json.dumps` writes it.
  package var pythonJSON: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
    return PythonRepr.of(self)
  }
}
