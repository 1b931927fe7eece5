/// `repr()` of a Python string: single quotes unless it holds only single ones, escapes for what cannot be printed.
package func pythonRepr(_ text: String) -> String {
  let quote: Unicode.Scalar = text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
  var result = String(quote)
  for scalar in text.unicodeScalars {
    switch scalar {
    case quote, "\\":
      result += "\\"
      result.unicodeScalars.append(scalar)
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case " "..."~":
      result.unicodeScalars.append(scalar)
    default:
      if isPrintable(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        let (mark, width) = scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        result += mark + String(repeating: "0", count: width - digits.count) + digits
      }
    }
  }
  result.unicodeScalars.append(quote)
  return result
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  guard scalar.value >= 0x20, scalar.value != 0x7f else { return false }
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
  default: return true
  }
}
