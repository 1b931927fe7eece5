import Foundation

// Character data, references and attribute values.
extension XMLParsing {
  mutating func characters() throws(XMLError) {
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "<"), bytes[at] != UInt8(ascii: "&") { at += 1 }
    let run = bytes[start..<at]
    try check(run)
    if run.contains(UInt8(ascii: "]")), String(decoding: run, as: UTF8.self).contains("]]>") {
      throw error("`]]>` stands in a text")
    }
    if !run.isEmpty { append(normalised(run)) }
    // An entity of the document is left out, as the reference does.
    if take("&"), case .text(let text) = try reference() { append(text) }
  }

  enum Reference { case text([UInt8]), entity([UInt8]) }

  /// What stands behind an ampersand.
  mutating func reference() throws(XMLError) -> Reference {
    if take("#") {
      let isHex = take("x")
      let digits = String(decoding: try text(until: ";", "a character reference"), as: UTF8.self)
      guard digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: isHex ? 16 : 10), let scalar = UnicodeScalar(code),
        code >= 0x20 || code == 9 || code == 10 || code == 13, code != 0xFFFE, code != 0xFFFF
      else { throw error("a character reference names no character") }
      return .text(Array(String(scalar).utf8))
    }
    let name = try name()
    guard take(";") else { throw error("an entity is not closed") }
    switch name {
    case "amp": return .text([UInt8(ascii: "&")])
    case "lt": return .text([UInt8(ascii: "<")])
    case "gt": return .text([UInt8(ascii: ">")])
    case "quot": return .text([UInt8(ascii: "\"")])
    case "apos": return .text([UInt8(ascii: "'")])
    default:
      guard let value = entities[name] ?? (mayHaveOtherEntities ? [] : nil) else {
        throw error("the entity `\(name)` is not defined")
      }
      return .entity(value)
    }
  }

  mutating func attributeValue(_ quote: UInt8) throws(XMLError) -> String {
    var value: [UInt8] = []
    while let byte = peek {
      at += 1
      switch byte {
      case quote: return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "<"): throw error("`<` stands in an attribute")
      case UInt8(ascii: "&"):
        switch try reference() {
        case .text(let text), .entity(let text): value += text
        }
      case UInt8(ascii: "\r"):
        if peek == UInt8(ascii: "\n") { at += 1 }
        value.append(UInt8(ascii: " "))
      case UInt8(ascii: "\n"), UInt8(ascii: "\t"): value.append(UInt8(ascii: " "))
      case 0..<0x20: throw error("there is a control character")
      default: value.append(byte)
      }
    }
    throw error("the value of an attribute is not closed")
  }

  mutating func append(_ text: some Sequence<UInt8>) { stack[stack.count - 1].text.bytes += text }

  /// Line ends as XML 1.0 §2.11 wants them.
  func normalised(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\r")) else { return Array(text) }
    var out: [UInt8] = []
    var isAfterReturn = false
    for byte in text {
      if byte == UInt8(ascii: "\n"), isAfterReturn {
        isAfterReturn = false
        continue
      }
      isAfterReturn = byte == UInt8(ascii: "\r")
      out.append(isAfterReturn ? UInt8(ascii: "\n") : byte)
    }
    return out
  }

  func check(_ text: ArraySlice<UInt8>) throws(XMLError) {
    if text.contains(where: { $0 < 0x20 && $0 != 9 && $0 != 10 && $0 != 13 }) { throw error("there is a control character") }
  }
}

// The smallest pieces.
extension XMLParsing {
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    for index in 0..<count where bytes[at + index] != text.utf8Start[index] { return false }
    at += count
    return true
  }

  /// What stands before `end`, which is passed.
  mutating func text(until end: StaticString, _ what: String) throws(XMLError) -> ArraySlice<UInt8> {
    let start = at
    while at < bytes.count {
      if bytes[at] == end.utf8Start[0], take(end) { return bytes[start..<(at - end.utf8CodeUnitCount)] }
      at += 1
    }
    throw error("\(what) is not closed")
  }

  mutating func name() throws(XMLError) -> String {
    let start = at
    while let byte = peek, at > start ? Self.isNameByte(byte) : Self.beginsName(byte) { at += 1 }
    guard at > start else { throw error("a name is expected") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  static func beginsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: ":"),
      0x80...0xFF:
      true
    default: false
    }
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    beginsName(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  @discardableResult
  mutating func skipSpaces() -> Bool {
    let start = at
    while let byte = peek, isSpace(byte) { at += 1 }
    return at > start
  }

  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  func error(_ reason: String) -> XMLError {
    XMLError(reason: reason, line: bytes.prefix(at).reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 })
  }
}
