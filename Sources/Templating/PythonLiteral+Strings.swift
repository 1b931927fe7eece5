import Jinja

extension PythonLiteralParser {
  /// String or bytes literals; several beside each other are one.
  mutating func strings(isBracketed: Bool) -> Value? {
    guard var whole = string() else { return nil }
    while true {
      let end = position
      skipBlanks()
      guard startsString() else {
        position = end
        break
      }
      guard let part = string(), part.isBytes == whole.isBytes else { return nil }
      whole.bytes += part.bytes
    }
    return whole.isBytes ? .bytes(whole.bytes) : .string(String(decoding: whole.bytes, as: UTF8.self))
  }

  private struct Prefix {
    var length = 0
    var isRaw = false
    var isBytes = false
  }

  private func startsString() -> Bool { prefix() != nil }

  /// The letters before a quote; nil if no string begins.
  private func prefix() -> Prefix? {
    var prefix = Prefix()
    var isUnicode = false
    while !PythonLiteral.isQuote(byte(after: prefix.length)) {
      switch byte(after: prefix.length) | 0x20 {
      case UInt8(ascii: "r") where !prefix.isRaw && !isUnicode: prefix.isRaw = true
      case UInt8(ascii: "b") where !prefix.isBytes && !isUnicode: prefix.isBytes = true
      case UInt8(ascii: "u") where prefix.length == 0: isUnicode = true
      default: return nil
      }
      prefix.length += 1
    }
    return prefix
  }

  private mutating func string() -> (bytes: [UInt8], isBytes: Bool)? {
    guard let prefix = prefix() else { return nil }
    position += prefix.length
    let quote = next
    let isTriple = byte(after: 1) == quote && byte(after: 2) == quote
    position += isTriple ? 3 : 1
    var output: [UInt8] = []
    while true {
      guard !isAtEnd else { return nil }
      let current = next
      if current == quote {
        if !isTriple {
          position += 1
          return (output, prefix.isBytes)
        }
        if byte(after: 1) == quote, byte(after: 2) == quote {
          position += 3
          return (output, prefix.isBytes)
        }
        output.append(current)
        position += 1
      } else if isLineEnd(current) {
        guard isTriple else { return nil }
        appendLineEnd(to: &output)
      } else if current == UInt8(ascii: "\\") {
        guard position + 1 < bytes.count else { return nil }
        guard prefix.isRaw ? rawEscape(into: &output) : escape(into: &output, isBytes: prefix.isBytes) else { return nil }
      } else {
        guard current < 0x80 || !prefix.isBytes else { return nil }
        output.append(current)
        position += 1
      }
    }
  }

  /// Every line end is a line feed to Python.
  private mutating func appendLineEnd(to output: inout [UInt8]) {
    if next == 0x0d, byte(after: 1) == 0x0a { position += 1 }
    output.append(0x0a)
    position += 1
  }

  private mutating func rawEscape(into output: inout [UInt8]) -> Bool {
    output.append(UInt8(ascii: "\\"))
    position += 1
    if isLineEnd(next) {
      appendLineEnd(to: &output)
    } else {
      output.append(next)
      position += 1
    }
    return true
  }

  private mutating func escape(into output: inout [UInt8], isBytes: Bool) -> Bool {
    let mark = byte(after: 1)
    position += 2
    switch mark {
    case 0x0d:
      if next == 0x0a { position += 1 }
    case 0x0a: break
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): output.append(mark)
    case UInt8(ascii: "a"): output.append(0x07)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0c)
    case UInt8(ascii: "n"): output.append(0x0a)
    case UInt8(ascii: "r"): output.append(0x0d)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "v"): output.append(0x0b)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = UInt32(mark - 48)
      var digits = 1
      while digits < 3, (48...55).contains(next) {
        value = value * 8 + UInt32(next - 48)
        digits += 1
        position += 1
      }
      return append(value, isBytes: isBytes, to: &output)
    case UInt8(ascii: "x"): return hexadecimal(2, isBytes: isBytes, into: &output)
    case UInt8(ascii: "u") where !isBytes: return hexadecimal(4, isBytes: false, into: &output)
    case UInt8(ascii: "U") where !isBytes: return hexadecimal(8, isBytes: false, into: &output)
    case UInt8(ascii: "N") where !isBytes: return named(into: &output)
    default:
      // An escape that Python does not know stays as it is written.
      output.append(UInt8(ascii: "\\"))
      guard mark < 0x80 || !isBytes else { return false }
      output.append(mark)
    }
    return true
  }

  private mutating func hexadecimal(_ count: Int, isBytes: Bool, into output: inout [UInt8]) -> Bool {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue, next < 0x80 else { return false }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return append(value, isBytes: isBytes, to: &output)
  }

  private func append(_ value: UInt32, isBytes: Bool, to output: inout [UInt8]) -> Bool {
    if isBytes {
      output.append(UInt8(truncatingIfNeeded: value))
      return true
    }
    guard value <= 0x10ffff else { return false }
    // A lone surrogate has no place in a text here.
    output.append(contentsOf: String(Character(Unicode.Scalar(value) ?? "\u{fffd}")).utf8)
    return true
  }

  private mutating func named(into output: inout [UInt8]) -> Bool {
    guard next == UInt8(ascii: "{"), let close = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { return false }
    let name = String(decoding: bytes[(position + 1)..<close], as: UTF8.self).uppercased()
    guard !name.isEmpty, name.utf8.count <= 100, let scalar = UnicodeNames.scalar(named: name) else { return false }
    output.append(contentsOf: String(Character(scalar)).utf8)
    position = close + 1
    return true
  }
}
