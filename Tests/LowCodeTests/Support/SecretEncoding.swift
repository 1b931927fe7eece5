import Foundation

@testable import ConnectorModel

/// The encodings that `docs/secrets.md` lists, as an API would write them.
enum SecretEncoding: String, CaseIterable, Sendable {
  case plain, upper, lower, zeroWidth
  case quoted, quotedFully, quotedSmall, form, quotedUTF16
  case json, ascii, php, hexEscapes, octalEscapes, wideEscapes, bracedEscapes
  case html, htmlNamed, htmlDecimal, htmlPadded, htmlBare
  case hex, hexCapital, hexSpaced, hexColons, hexPrefixed
  case base64, base64URL, base64Padded1, base64Padded2, mime76, lines64, utf16Little, utf16Big

  /// Those that change letters which the others need as they are.
  static let innermost: Set<SecretEncoding> = [.upper, .lower]
  /// What stands before the secret in base64, and how long its lines are.
  private var base64Layout: (before: String, width: Int, lineEnd: String)? {
    switch self {
    case .base64, .base64URL: ("", .max, "")
    case .base64Padded1: ("u", .max, "")
    case .base64Padded2: ("me", .max, "")
    case .mime76: ("a name that takes much of the first of the lines:", 76, "\r\n")
    case .lines64: ("a name that takes much of the line:", 64, "\n")
    default: nil
    }
  }

  /// Where the encoded text says what the bytes of `range` say, and nothing else.
  func range(of range: Range<Int>, in text: String) -> Range<Int> {
    let bytes = Array(text.utf8)
    func encoded(_ count: Int) -> Int { encode(String(decoding: bytes[..<count], as: UTF8.self)).utf8.count }
    if let (before, width, lineEnd) = base64Layout {
      func place(_ group: Int) -> Int { group * 4 + (width == .max ? 0 : max(0, group * 4 - 1) / width * lineEnd.utf8.count) }
      let start = place((before.utf8.count + range.lowerBound + 2) / 3)
      return start..<max(start, place((before.utf8.count + range.upperBound) / 3))
    }
    if self == .utf16Little || self == .utf16Big {
      func units(_ count: Int) -> Int { String(decoding: bytes[..<count], as: UTF8.self).utf16.count }
      let start = (units(range.lowerBound) * 2 + 2) / 3 * 4
      return start..<max(start, units(range.upperBound) * 2 / 3 * 4)
    }
    // Neither a separator nor a prefix says anything.
    let isFirst = range.lowerBound == 0
    let lead =
      switch self {
      case .hexPrefixed: isFirst ? 2 : 4
      case .hexSpaced, .hexColons, .zeroWidth: isFirst ? 0 : self == .zeroWidth ? 3 : 1
      default: 0
      }
    let start = encoded(range.lowerBound) + lead
    return start..<max(start, encoded(range.upperBound))
  }

  func encode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func hex(_ value: UInt32, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    func each(_ write: (Unicode.Scalar) -> String) -> String { text.unicodeScalars.map(write).joined() }
    func eachByte(_ separator: String = "", _ write: (UInt8) -> String) -> String {
      bytes.map(write).joined(separator: separator)
    }
    func inLines(_ text: String, _ width: Int, _ end: String) -> String {
      stride(from: 0, to: text.utf8.count, by: width).map { String(text.dropFirst($0).prefix(width)) }.joined(separator: end)
    }
    switch self {
    case .plain: return text
    case .upper: return text.uppercased()
    case .lower: return text.lowercased()
    case .zeroWidth: return text.map(String.init).joined(separator: "\u{200B}")
    case .quoted: return PercentEncoding.quotePlus(text).replacing("+", with: "%20")
    case .quotedFully: return eachByte { "%" + hex(UInt32($0), 2).uppercased() }
    case .quotedSmall: return eachByte { "%" + hex(UInt32($0), 2) }
    case .form: return PercentEncoding.quotePlus(text)
    case .quotedUTF16: return text.utf16.map { "%u" + hex(UInt32($0), 4) }.joined()
    case .json:
      return each { scalar in
        switch scalar {
        case "\"", "\\": return "\\" + String(scalar)
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: return String(scalar)
        }
      }
    case .ascii: return text.utf16.map { "\\u" + hex(UInt32($0), 4) }.joined()
    case .php: return Self.json.encode(text).replacing("/", with: "\\/")
    case .hexEscapes: return eachByte { "\\x" + hex(UInt32($0), 2) }
    case .octalEscapes:
      return eachByte { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    case .wideEscapes: return each { "\\U" + hex($0.value, 8) }
    case .bracedEscapes: return each { "\\u{" + hex($0.value, 1) + "}" }
    case .html:
      return text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    case .htmlNamed:
      return each { scalar in
        let names: [Unicode.Scalar: String] = [
          "&": "amp", "+": "plus", "/": "sol", "=": "equals", "@": "commat", "%": "percnt", "\\": "bsol", ":": "colon",
          "_": "lowbar", "{": "lcub", "}": "rcub", "\"": "quot", "<": "lt", ".": "period", ",": "comma", "!": "excl",
        ]
        return names[scalar].map { "&\($0);" } ?? String(scalar)
      }
    case .htmlDecimal: return each { "&#\($0.value);" }
    case .htmlPadded: return each { "&#x" + hex($0.value, 14) + ";" }
    case .htmlBare: return each { "&#\($0.value)" }
    case .hex: return eachByte { hex(UInt32($0), 2) }
    case .hexCapital: return eachByte { hex(UInt32($0), 2).uppercased() }
    case .hexSpaced: return eachByte(" ") { hex(UInt32($0), 2) }
    case .hexColons: return eachByte(":") { hex(UInt32($0), 2).uppercased() }
    case .hexPrefixed: return eachByte(", ") { "0x" + hex(UInt32($0), 2) }
    case .base64, .base64Padded1, .base64Padded2, .mime76, .lines64:
      let (before, width, lineEnd) = base64Layout ?? ("", .max, "")
      let encoded = Data((before + text + (before.isEmpty ? "" : "!")).utf8).base64EncodedString()
      return width == .max ? encoded : inLines(encoded, width, lineEnd)
    case .base64URL:
      return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    case .utf16Little: return Data(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).base64EncodedString()
    case .utf16Big: return Data(text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }).base64EncodedString()
    }
  }
}
