import Essentials
import Python

extension Unicode.Scalar {
  var isASCIIDigit: Bool { value >= 0x30 && value <= 0x39 }

  /// The value of a hexadecimal digit.
  var hexValue: Int? {
    switch value {
    case 0x30...0x39: Int(value) - 0x30
    case 0x41...0x46: Int(value) - 0x37
    case 0x61...0x66: Int(value) - 0x57
    default: nil
    }
  }

  /// Whether `\w` of Python's regular expressions matches, or the character may continue an identifier.
  var isIdentifierPart: Bool {
    if isASCII { return self == "_" || isASCIIDigit || isASCIILetter }
    return properties.isXIDContinue || properties.isAlphabetic || properties.numericType != nil
  }

  var isIdentifierStart: Bool {
    isASCII ? self == "_" || isASCIILetter : properties.isXIDStart
  }

  var isASCIILetter: Bool { (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }

  /// Whether Python's `str.isalpha` holds: a letter of any category.
  var isPythonAlpha: Bool {
    if isASCII { return isASCIILetter }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return false
    }
  }

  /// Whether `str.isdigit` holds.
  var isPythonDigit: Bool {
    if isASCII { return isASCIIDigit }
    return properties.numericType == .decimal || properties.numericType == .digit
  }

  /// Whether `str.isnumeric` holds.
  var isPythonNumeric: Bool { isASCII ? isASCIIDigit : properties.numericType != nil }

  var isPythonAlphanumeric: Bool { isPythonAlpha || isPythonDecimal || isPythonDigit || isPythonNumeric }

  var isPythonUpper: Bool { isASCII ? value >= 0x41 && value <= 0x5A : properties.isUppercase }
  var isPythonLower: Bool { isASCII ? value >= 0x61 && value <= 0x7A : properties.isLowercase }
  var isPythonTitle: Bool { !isASCII && properties.generalCategory == .titlecaseLetter }
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

/// Resolves the escapes of a string literal by Python's rules; unknown escapes stay as they are.
func unescape(_ source: ArraySlice<Unicode.Scalar>) throws(TemplateError) -> String {
  guard source.contains("\\") else { return String(source) }
  let simple: [Unicode.Scalar: Unicode.Scalar] = [
    "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
  ]
  var units = String.UnicodeScalarView()
  var at = source.startIndex

  // Lone surrogates, which Python keeps, have no place in a text here.
  func append(_ value: UInt32) {
    units.append(Unicode.Scalar(value) ?? "\u{FFFD}")
  }

  while at < source.endIndex {
    let current = source[at]
    guard current == "\\", at + 1 < source.endIndex else {
      units.append(current)
      at += 1
      continue
    }
    let mark = source[at + 1]
    at += 2
    if mark == "\n" { continue }
    if let plain = simple[mark] {
      units.append(plain)
    } else if let width = ["x": 2, "u": 4, "U": 8][String(mark)] {
      var value: UInt32 = 0
      for offset in 0..<width {
        guard at + offset < source.endIndex, let digit = source[at + offset].hexValue, value <= 0x0FFF_FFFF else {
          throw TemplateError(.syntax, "A string contains an incomplete \\\(mark) escape")
        }
        value = value << 4 | UInt32(digit)
      }
      guard value <= 0x10FFFF else { throw TemplateError(.syntax, "A string contains an escape beyond U+10FFFF") }
      at += width
      append(value)
    } else if let first = mark.hexValue, first < 8 {
      var value = UInt32(first)
      var digits = 1
      while digits < 3, at < source.endIndex, let digit = source[at].hexValue, digit < 8 {
        value = value << 3 | UInt32(digit)
        digits += 1
        at += 1
      }
      append(value)
    } else if mark == "N" {
      guard at < source.endIndex, source[at] == "{", let close = source[at...].firstIndex(of: "}"), close > at + 1,
        let found = UnicodeNames.scalar(named: String(source[(at + 1)..<close]).uppercased())
      else { throw TemplateError(.syntax, "A string contains a \\N escape without a known character name") }
      units.append(found)
      at = close + 1
    } else {
      units.append("\\")
      units.append(mark)
    }
  }
  return String(units)
}
