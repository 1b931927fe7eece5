/// Numbers as Python's `int` and `float` read them from a text.
///
/// Both take blanks around the number, a sign, single underscores between digits, and decimal digits of any script.
package enum PythonNumberText {
  /// Python reads no decimal integer of more digits from a text.
  package static let maximumDigits = 4_300

  /// `float(text)`, nil if Python raises `ValueError`. What is too large is infinite.
  package static func float(_ text: String) -> Double? {
    guard let bytes = asciiBytes(text) else { return nil }
    return float(bytes[...])
  }

  /// `float(…)` of bytes.
  package static func float(_ bytes: ArraySlice<UInt8>) -> Double? {
    let bytes = stripped(bytes)
    guard let plain = withoutUnderscores(bytes) else { return nil }
    let isNegative = plain.first == UInt8(ascii: "-")
    let unsigned = isNegative || plain.first == UInt8(ascii: "+") ? plain.dropFirst() : plain
    if unsigned.count <= 8, let special = special(unsigned) { return isNegative ? -special : special }
    guard isDecimal(unsigned) else { return nil }
    guard let magnitude = Double(String(decoding: unsigned, as: UTF8.self)) else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// `int(text, base)`, nil if Python raises `ValueError`.
  /// - Parameter base: 2 to 36, or 0 for the one that the text's prefix names.
  package static func integer(_ text: String, base: Int = 10) -> PythonInteger? {
    guard let bytes = asciiBytes(text) else { return nil }
    return integer(bytes[...], base: base)
  }

  /// `int(…)` of bytes.
  package static func integer(_ bytes: ArraySlice<UInt8>, base: Int = 10) -> PythonInteger? {
    guard base == 0 || (2...36).contains(base) else { return nil }
    var digits = stripped(bytes)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    var radix = base
    if digits.first == UInt8(ascii: "0"), let prefixed = digits.dropFirst().first.flatMap(prefixedBase),
      base == 0 || base == prefixed
    {
      radix = prefixed
      digits.removeFirst(2)
      if digits.first == UInt8(ascii: "_") { digits.removeFirst() }
    } else if base == 0 {
      // A number that begins with zeros is zero.
      if digits.first == UInt8(ascii: "0"), digits.contains(where: { $0 != UInt8(ascii: "0") && $0 != UInt8(ascii: "_") }) {
        return nil
      }
      radix = 10
    }
    return magnitude(digits, radix: radix, isNegative: isNegative)
  }

  private static func magnitude(_ digits: ArraySlice<UInt8>, radix: Int, isNegative: Bool) -> PythonInteger? {
    var value = 0
    var overflows = false
    var count = 0
    var afterDigit = false
    for byte in digits {
      if byte == UInt8(ascii: "_") {
        guard afterDigit else { return nil }
        afterDigit = false
        continue
      }
      guard let digit = digitValue(byte), digit < radix else { return nil }
      afterDigit = true
      count += 1
      guard !overflows else { continue }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: radix)
      let (sum, stillTooLarge) = product.addingReportingOverflow(isNegative ? -digit : digit)
      overflows = tooLarge || stillTooLarge
      value = sum
    }
    guard afterDigit else { return nil }
    // Only bases that are not a power of two cost Python more than their digits.
    if count > maximumDigits, radix & (radix - 1) != 0 { return nil }
    guard overflows else { return .int(value) }
    let plain = digits.lazy.filter { $0 != UInt8(ascii: "_") }.drop { $0 == UInt8(ascii: "0") }
    return .large(isNegative: isNegative, digits: String(decoding: Array(plain), as: UTF8.self), base: radix)
  }

  private static func digitValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x5A: Int(byte) - 0x37
    case 0x61...0x7A: Int(byte) - 0x57
    default: nil
    }
  }

  private static func prefixedBase(_ letter: UInt8) -> Int? {
    switch letter | 0x20 {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  // MARK: Texts

  /// The text's bytes, with blanks and digits beyond ASCII as those of ASCII; nil if anything else is beyond ASCII.
  private static func asciiBytes(_ text: String) -> [UInt8]? {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        bytes.append(UInt8(scalar.value))
      } else if let digit = scalar.pythonDigit {
        bytes.append(0x30 + digit)
      } else if scalar.isPythonSpace {
        bytes.append(0x20)
      } else {
        return nil
      }
    }
    return bytes
  }

  /// Without the blanks of C around it, which are fewer than those of `str.strip`.
  private static func stripped(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else {
      return []
    }
    return bytes[first...last]
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Without single underscores between digits; nil if there are others.
  private static func withoutUnderscores(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard bytes.contains(UInt8(ascii: "_")) else { return bytes }
    for (index, byte) in zip(bytes.indices, bytes) where byte == UInt8(ascii: "_") {
      guard index > bytes.startIndex, index + 1 < bytes.endIndex, isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) else {
        return nil
      }
    }
    return bytes.filter { $0 != UInt8(ascii: "_") }[...]
  }

  private static func special(_ word: ArraySlice<UInt8>) -> Double? {
    switch String(decoding: word.map { $0 | 0x20 }, as: UTF8.self) {
    case "inf", "infinity": .infinity
    case "nan": .nan
    default: nil
    }
  }

  /// Whether it is a number without a sign: digits, with a point before, between or after them, and perhaps an exponent.
  private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    func skipDigits() -> Bool {
      let start = rest.startIndex
      rest = rest.drop(while: isDigit)
      return rest.startIndex > start
    }
    var hasDigits = skipDigits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      hasDigits = skipDigits() || hasDigits
    }
    guard hasDigits else { return false }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard skipDigits() else { return false }
    }
    return rest.isEmpty
  }
}

/// An integer that Python's `int` reads.
package enum PythonInteger: Sendable, Equatable {
  case int(Int)
  /// One beyond 64 bits: its digits in a base, of ASCII and without zeros before them.
  case large(isNegative: Bool, digits: String, base: Int)

  /// The integer, if 64 bits hold it.
  package var int: Int? { if case .int(let int) = self { int } else { nil } }
}
