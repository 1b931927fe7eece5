import Essentials
import JSON
import JSONSchema
import Python

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
    case .string(let text): return PythonNumberText.float(text)
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
      return .number(whole.fixed(0))
    case .string(let text): return integer(text)
    case .null, .array, .object: return nil
    }
  }

  static func boolean(_ value: JSONValue) -> Bool? {
    guard case .string(let text) = value else { return value.isTruthy }
    switch text.lowercased().strippedInPython {
    case "y", "yes", "t", "true", "on", "1": return true
    case "n", "no", "f", "false", "off", "0": return false
    default: return nil
    }
  }

  private static func integer(_ text: String) -> JSONValue? {
    switch PythonNumberText.integer(text) {
    case .int(let int): .int(int)
    case .large(let isNegative, let digits, _): .number((isNegative ? "-" : "") + digits)
    case nil: nil
    }
  }
}
