import JSON
import Jinja

extension PythonLiteralParser {
  /// Digits that Python reads as an integer; more are an error there.
  private static let maximumDigits = 4_300

  /// An integer in base 10, 16, 8 or 2, or a float. Complex numbers are not taken.
  mutating func number(isNegative: Bool) -> Value? {
    if next == UInt8(ascii: "0") {
      switch byte(after: 1) | 0x20 {
      case UInt8(ascii: "x"): return based(16, isNegative)
      case UInt8(ascii: "o"): return based(8, isNegative)
      case UInt8(ascii: "b"): return based(2, isNegative)
      default: break
      }
    }
    let start = position
    guard next == UInt8(ascii: ".") || skipDigits() else { return nil }
    let integerEnd = position
    var isFloat = false
    if next == UInt8(ascii: ".") {
      isFloat = true
      position += 1
      if (48...57).contains(next) {
        guard skipDigits() else { return nil }
      } else if integerEnd == start {
        return nil
      }
    }
    if next | 0x20 == UInt8(ascii: "e") {
      isFloat = true
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard (48...57).contains(next), skipDigits() else { return nil }
    }
    guard !Self.isIdentifier(next) else { return nil }
    return isFloat ? float(start, isNegative) : integer(start, isNegative)
  }

  /// Digits with single underscores between them.
  private mutating func skipDigits() -> Bool {
    while true {
      guard (48...57).contains(next) else { return false }
      while (48...57).contains(next) { position += 1 }
      guard next == UInt8(ascii: "_") else { return true }
      position += 1
    }
  }

  private func float(_ start: Int, _ isNegative: Bool) -> Value? {
    let text = String(decoding: bytes[start..<position].lazy.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    guard let value = Double(text.hasPrefix(".") ? "0" + text : text) else { return nil }
    return .float(isNegative ? -value : value)
  }

  private func integer(_ start: Int, _ isNegative: Bool) -> Value? {
    var value = 0
    var overflow = false
    var digits = 0
    for byte in bytes[start..<position] where byte != UInt8(ascii: "_") {
      digits += 1
      let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooBigAgain) = product.addingReportingOverflow(isNegative ? -Int(byte &- 48) : Int(byte &- 48))
      if tooBig || tooBigAgain { overflow = true }
      value = overflow ? 0 : sum
    }
    // `01` is an error in Python, `00` is zero.
    if bytes[start] == 48, value != 0 || overflow { return nil }
    guard overflow else { return .int(value) }
    guard digits <= Self.maximumDigits else { return nil }
    let text = String(decoding: bytes[start..<position].lazy.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    return Value(JSONValue.number(isNegative ? "-" + text : text))
  }

  private mutating func based(_ base: Int, _ isNegative: Bool) -> Value? {
    position += 2
    var decimal = DecimalDigits()
    var count = 0
    while true {
      if next == UInt8(ascii: "_") { position += 1 }
      guard let digit = Self.digit(next), digit < base else { return nil }
      while let digit = Self.digit(next), digit < base {
        count += 1
        guard count <= Self.maximumDigits else { return nil }
        decimal.append(digit, base: base)
        position += 1
      }
      guard next == UInt8(ascii: "_") else { break }
    }
    guard !Self.isIdentifier(next) else { return nil }
    let text = (isNegative ? "-" : "") + decimal.text
    return Int(text).map { .int($0) } ?? Value(JSONValue.number(text))
  }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte - 48)
    case 65...70: Int(byte - 55)
    case 97...102: Int(byte - 87)
    default: nil
    }
  }
}

/// An integer of any size by its decimal digits, for numbers written in another base.
private struct DecimalDigits {
  private static let base = 1_000_000_000
  /// Groups of nine digits, the lowest first.
  private var groups = [0]

  mutating func append(_ digit: Int, base: Int) {
    var carry = digit
    for index in groups.indices {
      let sum = groups[index] * base + carry
      groups[index] = sum % Self.base
      carry = sum / Self.base
    }
    if carry > 0 { groups.append(carry) }
  }

  var text: String {
    var text = String(groups.last ?? 0)
    for group in groups.dropLast().reversed() {
      let digits = String(group)
      text += String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return text
  }
}
