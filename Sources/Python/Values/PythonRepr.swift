/// What Python's `repr` writes for texts, bytes and floats.
package enum PythonRepr {
  /// A text in single quotes, or in double ones where it holds only single ones. What cannot be printed is escaped.
  package static func of(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\") }
    if isPlain { return "'\(text)'" }
    let quote: Unicode.Scalar = text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
    var result = ""
    result.reserveCapacity(text.utf8.count + 2)
    result.unicodeScalars.append(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.isPythonPrintable { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (mark, width) = scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
    return mark + String(repeating: "0", count: width - digits.utf8.count) + digits
  }

  /// Bytes as a literal that begins with `b`.
  package static func of(bytes: [UInt8]) -> String {
    let quote = bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    var result: [UInt8] = [UInt8(ascii: "b"), quote]
    result.reserveCapacity(bytes.count + 3)
    for byte in bytes {
      switch byte {
      case quote, UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
      case 0x09: result += "\\t".utf8
      case 0x0A: result += "\\n".utf8
      case 0x0D: result += "\\r".utf8
      case 0x20..<0x7F: result.append(byte)
      default: result += "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      }
    }
    result.append(quote)
    return String(decoding: result, as: UTF8.self)
  }

  /// A float in the shortest digits that read back the same, with an exponent below 1e-4 and from 1e16 on.
  package static func of(_ double: Double) -> String {
    if double.isNaN { return "nan" }
    if double.isInfinite { return double < 0 ? "-inf" : "inf" }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatLayout.capacity) { place in
      let count = FloatLayout.python.write(double, into: place)
      return String(decoding: place[..<count], as: UTF8.self)
    }
  }
}
