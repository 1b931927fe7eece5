extension Unicode.Scalar {
  /// Whether Python's `str.isspace` holds.
  package var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0: true
    case 0..<0x80: false
    default: properties.isWhitespace
    }
  }

  /// Whether Python's `str.splitlines` ends a line here.
  package var isPythonLineEnd: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Whether `str.isdecimal` holds.
  package var isPythonDecimal: Bool { pythonDigit != nil }

  /// The value of a decimal digit of any script, 0 to 9; nil for everything else.
  package var pythonDigit: UInt8? {
    if isASCII { return value >= 0x30 && value <= 0x39 ? UInt8(value - 0x30) : nil }
    guard properties.generalCategory == .decimalNumber, let number = properties.numericValue else { return nil }
    return UInt8(exactly: number)
  }

  /// Whether `repr` shows the character as it is.
  package var isPythonPrintable: Bool {
    if isASCII { return value >= 0x20 && value < 0x7F }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}

extension String {
  /// Python's `text.strip()`.
  package var strippedInPython: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isPythonSpace }), let last = scalars.lastIndex(where: { !$0.isPythonSpace })
    else { return "" }
    return String(scalars[first...last])
  }
}
