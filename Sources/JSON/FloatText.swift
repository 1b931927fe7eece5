/// The shortest digits of a double, laid out as orjson or as Python's `repr` writes them.
enum FloatText {
  /// Appends a double as orjson does: plain for 1e-5 ≤ |x| < 1e16, else with an exponent without padding; null unless finite.
  static func writeCompact(_ value: Double, to out: inout ByteBuffer) {
    guard value.isFinite else { return out.append("null") }
    write(value, plainDown: -5, exponentDigits: 1, to: &out)
  }

  /// Appends a double as Python's `repr` does, as `json.dumps` writes it: NaN, Infinity and -Infinity as those words.
  static func writePython(_ value: Double, to out: inout ByteBuffer) {
    if value.isNaN { return out.append("NaN") }
    guard value.isFinite else { return out.append(value < 0 ? "-Infinity" : "Infinity") }
    write(value, plainDown: -4, exponentDigits: 2, to: &out)
  }

  /// Whether ``writeCompact(_:to:)`` writes exactly these bytes.
  static func compact(_ value: Double, equals text: UnsafeBufferPointer<UInt8>) -> Bool {
    var out = ByteBuffer()
    writeCompact(value, to: &out)
    return out.withUnsafeBytes { $0.elementsEqual(text) }
  }

  private static func write(_ value: Double, plainDown: Int, exponentDigits: Int, to out: inout ByteBuffer) {
    if value.sign == .minus { out.append(UInt8(ascii: "-")) }
    if value == 0 { return out.append("0.0") }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { digits in
      // `description` has the shortest digits that read back as the same double; only their layout differs.
      var count = 0
      var point: Int?
      var exponent = 0
      var isExponent = false
      var isNegativeExponent = false
      for byte in value.magnitude.description.utf8 {
        switch byte {
        case UInt8(ascii: "."): point = count
        case UInt8(ascii: "e"): isExponent = true
        case UInt8(ascii: "-"): isNegativeExponent = true
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
          if isExponent {
            exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
          } else if count < digits.count {
            digits[count] = byte
            count += 1
          }
        default: break
        }
      }
      if isNegativeExponent { exponent = -exponent }
      // The value is 0.d1d2d3… times ten to the power of `scale`.
      var scale = (point ?? count) + exponent
      var first = 0
      while first < count - 1, digits[first] == UInt8(ascii: "0") {
        first += 1
        scale -= 1
      }
      while count > first + 1, digits[count - 1] == UInt8(ascii: "0") { count -= 1 }
      let significant = UnsafeBufferPointer(rebasing: digits[first..<count])
      layOut(significant, scale: scale, plainDown: plainDown, exponentDigits: exponentDigits, to: &out)
    }
  }

  private static func layOut(
    _ digits: UnsafeBufferPointer<UInt8>, scale: Int, plainDown: Int, exponentDigits: Int, to out: inout ByteBuffer
  ) {
    let exponent = scale - 1
    if exponent >= plainDown, exponent < 16 {
      if scale <= 0 { out.append("0.") }
      for _ in 0..<max(-scale, 0) { out.append(UInt8(ascii: "0")) }
      for (index, digit) in digits.enumerated() {
        if index == scale, scale > 0 { out.append(UInt8(ascii: ".")) }
        out.append(digit)
      }
      if digits.count <= scale {
        for _ in digits.count..<scale { out.append(UInt8(ascii: "0")) }
        out.append(".0")
      }
      return
    }
    for (index, digit) in digits.enumerated() {
      if index == 1 { out.append(UInt8(ascii: ".")) }
      out.append(digit)
    }
    out.append(exponent < 0 ? "e-" : "e+")
    if exponentDigits == 2, exponent.magnitude < 10 { out.append(UInt8(ascii: "0")) }
    out.append(decimal: abs(exponent))
  }
}
