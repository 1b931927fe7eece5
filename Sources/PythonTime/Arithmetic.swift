/// Python's `divmod` of integers: the remainder has the sign of the divisor. The divisor is not zero.
func floorDivide(_ a: Int128, _ b: Int128) -> (quotient: Int128, remainder: Int128) {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  if remainder != 0, (remainder < 0) != (b < 0) { return (quotient - 1, remainder + b) }
  return (quotient, remainder)
}

/// Python's `divmod` of integers, with a divisor above zero.
func floorDivide(_ a: Int, _ b: Int) -> (quotient: Int, remainder: Int) {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
}

/// The nearest integer to `a / b`, ties to even. The divisor is not zero.
func divideRoundingHalfToEven(_ a: Int128, _ b: Int128) -> Int128 {
  let (quotient, remainder) = floorDivide(a, b)
  let (rest, divisor) = (remainder.magnitude, b.magnitude)
  let opposite = divisor - rest
  if rest > opposite || (rest == opposite && quotient % 2 != 0) { return quotient + 1 }
  return quotient
}

/// Python's `a / b` of integers: the double nearest to the exact quotient. The divisor is not zero.
func trueDivide(_ a: Int128, _ b: Int128) -> Double {
  let exact = Int128(1) << 53
  if a == 0 { return b < 0 ? -0.0 : 0 }
  if abs(a) <= exact, abs(b) <= exact { return Double(Int(a)) / Double(Int(b)) }
  // Scale the quotient to 64 bits and more, keep a sticky bit for what is cut off, and round once.
  let negative = (a < 0) != (b < 0)
  var (numerator, denominator) = (a.magnitude, b.magnitude)
  var exponent = 0
  while numerator.leadingZeroBitCount > 1, exponent > -120, numerator / denominator < (UInt128(1) << 64) {
    numerator <<= 1
    exponent -= 1
  }
  while numerator / denominator < (UInt128(1) << 56) {
    // Only when the divisor is very wide: narrow it, its lowest bits are beyond the precision of a double.
    denominator >>= 1
    exponent -= 1
  }
  let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
  let sticky = quotient | (remainder == 0 ? 0 : 1)
  let value = Double(sign: .plus, exponent: exponent, significand: Double(sticky))
  return negative ? -value : value
}

/// Appends `value` (not negative) with leading zeros up to `width`.
func appendDigits(_ value: Int, width: Int, to text: inout String) {
  let digits = String(value)
  for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
  text += digits
}

extension Array where Element == UInt8 {
  /// Appends the lowest `width` decimal digits of `value` (not negative).
  @inline(__always)
  mutating func appendPadded(_ value: Int, _ width: Int) {
    switch width {
    case 2:
      append(UInt8(truncatingIfNeeded: 48 + value / 10 % 10))
      append(UInt8(truncatingIfNeeded: 48 + value % 10))
    default:
      var divisor = 1
      for _ in 1..<Swift.max(1, width) { divisor *= 10 }
      while divisor > 0 {
        append(UInt8(truncatingIfNeeded: 48 + value / divisor % 10))
        divisor /= 10
      }
    }
  }
}
