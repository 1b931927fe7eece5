import Essentials
import JSON

/// A JSON number as Python sees it: an integer of any size, or a double. Comparisons between them are exact.
enum Number: Sendable {
  case int(Int)
  case double(Double)
  /// An integer beyond 64 bits: its sign and its decimal digits, the first of them not zero.
  case big(negative: Bool, digits: [UInt8])

  init?(_ value: JSONValue) {
    switch value {
    case .int(let int): self = .int(int)
    case .double(let double): self = .double(double)
    case .number(let text): self.init(text: text)
    default: return nil
    }
  }

  private init(text: String) {
    if let int = Int(text) {
      self = .int(int)
      return
    }
    let negative = text.utf8.first == UInt8(ascii: "-")
    let digits = text.utf8.dropFirst(negative ? 1 : 0)
    if !digits.isEmpty, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      self = .big(negative: negative, digits: digits.drop { $0 == 48 }.map { $0 - 48 })
    } else {
      self = .double(Double(text) ?? .nan)
    }
  }

  /// Whether draft-07 calls it an integer: `1.0` is one.
  var isInteger: Bool {
    switch self {
    case .int, .big: true
    case .double(let double): double.isFinite && double == double.rounded(.towardZero)
    }
  }

  var nearestDouble: Double {
    switch self {
    case .int(let int): Double(int)
    case .double(let double): double
    case .big(let negative, let digits):
      (Double(String(decoding: digits.map { $0 + 48 }, as: UTF8.self)) ?? .infinity) * (negative ? -1 : 1)
    }
  }

  /// The same for equal numbers, however they are stored.
  func hash(into hasher: inout Hasher) {
    switch self {
    case .int(let int): hasher.combine(int)
    case .double(let double):
      if let int = Int(exactly: double) {
        hasher.combine(int)
      } else if double.isFinite, double.magnitude >= 0x1p63 {
        Number(text: double.fixed(0)).hash(into: &hasher)
      } else {
        hasher.combine(double)
      }
    case .big(let negative, let digits):
      hasher.combine(negative)
      hasher.combine(digits)
    }
  }

  /// -1, 0 or 1; nil if one of both is not a number.
  func compared(to other: Number) -> Int? {
    switch (self, other) {
    case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.double(let a), .double(let b)):
      return a.isNaN || b.isNaN ? nil : a < b ? -1 : a == b ? 0 : 1
    case (.int(let a), .double(let b)): return Self.compare(a, b)
    case (.double(let a), .int(let b)): return Self.compare(b, a).map { -$0 }
    case (.big(let negative, let digits), .big(let otherNegative, let otherDigits)):
      if negative != otherNegative { return negative ? -1 : 1 }
      return Self.compare(digits, otherDigits) * (negative ? -1 : 1)
    case (.big(let negative, _), .int): return negative ? -1 : 1
    case (.int, .big(let negative, _)): return negative ? 1 : -1
    case (.big(let negative, let digits), .double(let b)):
      return Self.compare(negative: negative, digits, b)
    case (.double(let a), .big(let negative, let digits)):
      return Self.compare(negative: negative, digits, a).map { -$0 }
    }
  }

  private static func compare(_ int: Int, _ double: Double) -> Int? {
    if double.isNaN { return nil }
    if double >= 0x1p63 { return -1 }
    if double < -0x1p63 { return 1 }
    let whole = double.rounded(.towardZero)
    let integer = Int(whole)
    if int != integer { return int < integer ? -1 : 1 }
    return double > whole ? -1 : double < whole ? 1 : 0
  }

  private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.count != b.count { return a.count < b.count ? -1 : 1 }
    return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
  }

  private static func compare(negative: Bool, _ digits: [UInt8], _ double: Double) -> Int? {
    if double.isNaN { return nil }
    let sign = negative ? -1 : 1
    if double.magnitude < 0x1p63 || (double < 0) != negative { return sign }
    if double.isInfinite { return -sign }
    // Beyond 2^63 each double is an integer, and "%.0f" writes all of its digits.
    let exact = double.magnitude.fixed(0).utf8.map { $0 - 48 }
    return compare(digits, exact) * sign
  }
}

extension Number {
  /// Whether it is a multiple of `divisor`, as Python's jsonschema computes it: by the quotient of doubles where the
  /// divisor is written as a decimal, by the remainder where it is an integer.
  func isMultiple(of divisor: Number) -> Bool {
    switch divisor {
    case .double(let step):
      let quotient = nearestDouble / step
      if quotient.isNaN { return false }
      return quotient.isFinite ? quotient == quotient.rounded(.towardZero) : isExactMultiple(of: step)
    case .int(let step):
      guard step != 0 else { return false }
      switch self {
      case .int(let int): return step == -1 || int % step == 0
      case .double(let double):
        return double.isFinite && double.truncatingRemainder(dividingBy: Double(step)) == 0
      case .big(_, let digits): return Self.remainder(digits, by: UInt64(step.magnitude)) == 0
      }
    case .big(_, let step):
      switch self {
      case .int(let int): return int == 0
      case .double(let double):
        return double.isFinite && double.truncatingRemainder(dividingBy: divisor.nearestDouble) == 0
      case .big(_, let digits): return Self.isMultiple(digits, of: step)
      }
    }
  }

  /// The quotient is beyond doubles: this is huge and `step` below one, so that only the odd parts decide.
  private func isExactMultiple(of step: Double) -> Bool {
    guard step.isFinite, step != 0 else { return false }
    let odd = Self.oddPart(of: step)
    switch self {
    case .int(let int): return UInt64(int.magnitude) % odd == 0
    case .double(let double): return double.isFinite && Self.oddPart(of: double) % odd == 0
    case .big(_, let digits): return Self.remainder(digits, by: odd) == 0
    }
  }

  private static func oddPart(of double: Double) -> UInt64 {
    guard double != 0, double.isFinite else { return 1 }
    let significand = double.significandBitPattern | (double.isNormal ? 1 << 52 : 0)
    return significand >> UInt64(significand.trailingZeroBitCount)
  }

  private static func remainder(_ digits: [UInt8], by divisor: UInt64) -> UInt64 {
    digits.reduce(0) { rest, digit in
      let (high, low) = rest.multipliedFullWidth(by: 10)
      let (sum, carry) = low.addingReportingOverflow(UInt64(digit))
      return divisor.dividingFullWidth((high + (carry ? 1 : 0), sum)).remainder
    }
  }

  /// Long division in decimal digits, for a divisor beyond 64 bits.
  private static func isMultiple(_ digits: [UInt8], of divisor: [UInt8]) -> Bool {
    var rest: [UInt8] = []
    for digit in digits {
      if !rest.isEmpty || digit != 0 { rest.append(digit) }
      while compare(rest, divisor) >= 0 {
        var borrow: Int8 = 0
        for offset in 1...rest.count {
          let place = rest.count - offset
          let taken = offset <= divisor.count ? Int8(divisor[divisor.count - offset]) : 0
          var value = Int8(rest[place]) - taken - borrow
          borrow = value < 0 ? 1 : 0
          if value < 0 { value += 10 }
          rest[place] = UInt8(value)
        }
        rest.removeFirst(rest.prefix { $0 == 0 }.count)
      }
    }
    return rest.isEmpty
  }
}
