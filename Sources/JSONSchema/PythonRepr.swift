import JSON

/// Values as Python's `repr` writes them, for messages that users know in that form.
package enum PythonRepr {
  static let depthLimit = 512

  /// Deeper structures are cut with an ellipsis.
  package static func of(_ value: JSONValue) -> String {
    var text = ""
    write(value, depth: 0, to: &text)
    return text
  }

  /// A string in the quotes that Python would choose.
  package static func of(_ string: String) -> String {
    let quote: Unicode.Scalar = string.contains("'") && !string.contains("\"") ? "\"" : "'"
    var text = String.UnicodeScalarView()
    text.append(quote)
    for scalar in string.unicodeScalars {
      switch scalar {
      case quote, "\\":
        text.append("\\")
        text.append(scalar)
      case "\n": text.append(contentsOf: "\\n".unicodeScalars)
      case "\r": text.append(contentsOf: "\\r".unicodeScalars)
      case "\t": text.append(contentsOf: "\\t".unicodeScalars)
      default:
        if isPrintable(scalar) {
          text.append(scalar)
        } else {
          text.append(contentsOf: escape(scalar).unicodeScalars)
        }
      }
    }
    text.append(quote)
    return String(text)
  }

  /// A float in its shortest digits.
  package static func of(_ double: Double) -> String {
    if double.isNaN { return "nan" }
    if double.isInfinite { return double < 0 ? "-inf" : "inf" }
    // Swift and Python choose the same shortest digits, but not always the same notation.
    let text = "\(double.magnitude)"
    let sign = double.sign == .minus ? "-" : ""
    let parts = text.split(separator: "e", maxSplits: 1)
    let mantissa = parts[0].split(separator: ".", maxSplits: 1)
    let written = String(mantissa[0]) + (mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : "")
    let leading = written.prefix { $0 == "0" }.count
    let digits = String(written.dropFirst(leading))
    if digits.isEmpty { return sign + "0.0" }
    let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].count - leading
    var trimmed = digits
    while trimmed.count > 1, trimmed.last == "0" { trimmed.removeLast() }
    if exponent > 16 || exponent < -3 {
      let rest = trimmed.dropFirst()
      let power = exponent - 1
      let padded = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
      return sign + trimmed.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (power < 0 ? "-" : "+") + padded
    }
    if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + trimmed }
    if exponent >= trimmed.count {
      return sign + trimmed + String(repeating: "0", count: exponent - trimmed.count) + ".0"
    }
    return sign + trimmed.prefix(exponent) + "." + trimmed.dropFirst(exponent)
  }

  private static func write(_ value: JSONValue, depth: Int, to text: inout String) {
    guard depth < depthLimit else {
      text += "..."
      return
    }
    switch value {
    case .null: text += "None"
    case .bool(let bool): text += bool ? "True" : "False"
    case .int(let int): text += String(int)
    case .double(let double): text += of(double)
    case .number(let digits):
      if case .double(let double)? = Number(value) { text += of(double) } else { text += digits }
    case .string(let string): text += of(string)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += ", " }
        write(item, depth: depth + 1, to: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      var first = true
      for (key, member) in object {
        if !first { text += ", " }
        first = false
        text += of(key) + ": "
        write(member, depth: depth + 1, to: &text)
      }
      text += "}"
    }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 32 && scalar.value < 127 }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default:
      return true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    func padded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - hex.count)) + hex }
    if scalar.value < 0x100 { return "\\x" + padded(2) }
    return scalar.value < 0x10000 ? "\\u" + padded(4) : "\\U" + padded(8)
  }
}
