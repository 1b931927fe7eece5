import Essentials

/// Reading numbers.
enum Numbers {
  /// The limit of Python's `int()` on a text's digits.
  static let maximumIntegerDigits = 4300

  private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }

  /// The nearest double to a JSON number; `text` is followed by a byte that no number contains.
  ///
  /// Up to 15 digits and a power of ten up to 22 it is one exact operation on exact operands.
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    guard let start = text.baseAddress else { return .nan }
    var at = 0
    let isNegative = start[0] == UInt8(ascii: "-")
    if isNegative { at = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var fraction = 0
    var hasPoint = false
    while at < text.count {
      let byte = start[at]
      if byte == UInt8(ascii: ".") {
        hasPoint = true
      } else {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return slowDouble(text) }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        if hasPoint { fraction += 1 }
        if digits > 15 { return slowDouble(text) }
      }
      at += 1
    }
    let magnitude = fraction == 0 ? Double(mantissa) : Double(mantissa) / powers[fraction]
    return isNegative ? -magnitude : magnitude
  }

  private static func slowDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    // Also understands NaN, Infinity and -Infinity, and gives an infinity for what overflows, as Python does.
    Double(String(decoding: text, as: UTF8.self)) ?? .nan
  }

  /// The integer, where it fits into 64 bits with a sign.
  static func int(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var value = 0
    var isNegative = false
    for (index, byte) in text.enumerated() {
      if index == 0, byte == UInt8(ascii: "-") {
        isNegative = true
        continue
      }
      let digit = Int(byte &- UInt8(ascii: "0"))
      guard digit < 10 else { return nil }
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// Whether an integer's digits fit neither into 64 bits with a sign nor without one.
  static func isOverlong(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if text.count <= 18 { return false }
    let string = String(decoding: text, as: UTF8.self)
    return Int(string) == nil && UInt(string) == nil
  }

  /// Whether `text` is a number as JSON writes it.
  static func isValid(_ text: String) -> Bool {
    var scanned: (length: Int, isInteger: Bool)?
    var text = text
    text.append("\0")
    let count = text.utf8.count - 1
    text.withUTF8 { utf8 in
      if let start = utf8.baseAddress { scanned = scan(start) }
    }
    return scanned.map { $0.length == count && count > 0 } ?? false
  }

  /// The length of the JSON number at `start`, which a byte that no number contains ends; nil if there is none.
  ///
  /// As in Python, a point or an exponent without digits does not belong to the number.
  static func scan(_ start: UnsafePointer<UInt8>) -> (length: Int, isInteger: Bool)? {
    func isDigit(_ place: UnsafePointer<UInt8>) -> Bool { place.pointee &- UInt8(ascii: "0") < 10 }
    var at = start
    if at.pointee == UInt8(ascii: "-") { at += 1 }
    guard isDigit(at) else { return nil }
    if at.pointee == UInt8(ascii: "0") {
      at += 1
    } else {
      while isDigit(at) { at += 1 }
    }
    var isInteger = true
    if at.pointee == UInt8(ascii: "."), isDigit(at + 1) {
      isInteger = false
      at += 2
      while isDigit(at) { at += 1 }
    }
    if at.pointee | 0x20 == UInt8(ascii: "e") {
      var exponent = at + 1
      if exponent.pointee == UInt8(ascii: "+") || exponent.pointee == UInt8(ascii: "-") { exponent += 1 }
      if isDigit(exponent) {
        isInteger = false
        while isDigit(exponent) { exponent += 1 }
        at = exponent
      }
    }
    return (at - start, isInteger)
  }
}

extension Numbers {
  /// The digits of a whole double, exactly: 1e20 is 100000000000000000000.
  static func integerDigits(_ value: Double) -> String {
    if let int = Int(exactly: value) { return String(int) }
    guard value.isFinite, value.rounded(.towardZero) == value else { return "" }
    // The significand times a power of two, doubled in decimal digits, lowest first.
    var digits = String(UInt64(value.significandBitPattern) | 1 << 52).utf8.reversed().map { $0 - UInt8(ascii: "0") }
    for _ in 0..<max(Int(value.exponent) - 52, 0) {
      var carry: UInt8 = 0
      for index in digits.indices {
        let doubled = digits[index] * 2 + carry
        digits[index] = doubled % 10
        carry = doubled / 10
      }
      if carry > 0 { digits.append(carry) }
    }
    return (value < 0 ? "-" : "") + digits.reversed().map(String.init).joined()
  }
}
