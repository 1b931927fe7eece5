import Foundation
import JSON
import JSONSchema

/// `str`, `int`, `float` and `bool` of Python for JSON values; nil is its `ValueError` or `TypeError`.
enum PythonText {
  static func string(_ value: JSONValue) -> String {
    if case .string(let text) = value { return text }
    return PythonRepr.of(number(value))
  }

  /// A decimal is a float, with whatever digits it was written.
  private static func number(_ value: JSONValue) -> JSONValue {
    guard case .number(let text) = value, text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") })
    else { return value }
    return .double(Double(text) ?? .nan)
  }

  static func float(_ value: JSONValue) -> Double? {
    switch value {
    case .int(let int): return Double(int)
    case .double(let double): return double
    case .number(let text): return Double(text)
    case .bool(let bool): return bool ? 1 : 0
    case .string(let text): return float(text)
    case .null, .array, .object: return nil
    }
  }

  static func integer(_ value: JSONValue) throws(PythonCastError) -> JSONValue? {
    switch number(value) {
    case .int, .number: return value
    case .bool(let bool): return .int(bool ? 1 : 0)
    case .double(let double):
      if double.isNaN { return nil }
      if double.isInfinite { throw .infinite }
      let whole = double.rounded(.towardZero)
      if let int = Int(exactly: whole) { return .int(int) }
      return .number(String(format: "%.0f", whole))
    case .string(let text): return integer(text)
    case .null, .array, .object: return nil
    }
  }

  static func boolean(_ value: JSONValue) -> Bool? {
    switch value {
    case .null: return false
    case .bool(let bool): return bool
    case .int(let int): return int != 0
    case .double(let double): return double != 0
    case .number(let text): return Double(text) != 0
    case .array(let items): return !items.isEmpty
    case .object(let object): return !object.isEmpty
    case .string(let text):
      switch stripped(text.lowercased()) {
      case "y", "yes", "t", "true", "on", "1": return true
      case "n", "no", "f", "false", "off", "0": return false
      default: return nil
      }
    }
  }

  // MARK: Texts

  private static func integer(_ text: String) -> JSONValue? {
    guard var digits = plainDigits(text) else { return nil }
    let isNegative = digits.first == "-"
    if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
    // Python reads no more digits than that from a text.
    guard !digits.isEmpty, digits.utf8.count <= 4_300, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    let sign = isNegative ? "-" : ""
    if let int = Int(sign + digits) { return .int(int) }
    return .number(sign + digits.drop { $0 == "0" })
  }

  private static func float(_ text: String) -> Double? {
    guard let plain = plainDigits(text)?.lowercased() else { return nil }
    let unsigned = plain.first == "-" || plain.first == "+" ? String(plain.dropFirst()) : plain
    let sign: Double = plain.first == "-" ? -1 : 1
    if unsigned == "inf" || unsigned == "infinity" { return sign * .infinity }
    if unsigned == "nan" { return .nan }
    guard isDecimal(unsigned) else { return nil }
    return Double(unsigned).map { sign * $0 }
  }

  private static func isDecimal(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    func digits() -> Int {
      let found = rest.prefix { $0 >= 48 && $0 <= 57 }
      rest = rest[found.endIndex...]
      return found.count
    }
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if rest.first == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// Without white space around it, single underscores between digits left out, digits of other scripts as those of ASCII.
  private static func plainDigits(_ text: String) -> String? {
    var plain = String.UnicodeScalarView()
    var afterDigit = false
    var afterUnderscore = false
    for scalar in stripped(text).unicodeScalars {
      var isDigit = false
      if scalar == "_" {
        guard afterDigit else { return nil }
        afterUnderscore = true
      } else if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
        let digit = Unicode.Scalar(48 + UInt32(value))
      {
        plain.append(digit)
        isDigit = true
      } else {
        plain.append(scalar)
      }
      if afterUnderscore, scalar != "_", !isDigit { return nil }
      if isDigit { afterUnderscore = false }
      afterDigit = isDigit
    }
    return afterUnderscore ? nil : String(plain)
  }

  private static func stripped(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) }) else {
      return ""
    }
    return String(scalars[first...last])
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (scalar.value >= 0x1C && scalar.value <= 0x1F)
  }
}
