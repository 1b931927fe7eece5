import Essentials
import Jinja

/// Base64 as Python's `base64` module reads and writes it.
enum Base64Text {
  static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  /// Reads base64 leniently: characters outside the alphabet are skipped, what follows a complete padding is ignored.
  /// Throws a value error for missing padding and for bytes that are not UTF-8.
  static func decode(_ text: String) throws(TemplateError) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count / 4 * 3)
    var place = 0
    var pending: UInt8 = 0
    var padding = 0
    var isComplete = false
    scan: for byte in text.utf8 {
      if byte == UInt8(ascii: "=") {
        if place >= 2 {
          padding += 1
          if place + padding >= 4 {
            isComplete = true
            break scan
          }
        }
        continue
      }
      guard let value = sextet(byte) else { continue }
      padding = 0
      switch place {
      case 0: pending = value
      case 1:
        output.append(pending << 2 | value >> 4)
        pending = value & 0x0f
      case 2:
        output.append(pending << 4 | value >> 2)
        pending = value & 0x03
      default: output.append(pending << 6 | value)
      }
      place = (place + 1) % 4
    }
    if !isComplete, place != 0 {
      guard place > 1 else {
        let count = output.count / 3 * 4 + 1
        throw TemplateError(
          .value, "Invalid base64-encoded string: number of data characters (\(count)) cannot be 1 more than a multiple of 4")
      }
      throw TemplateError(.value, "Incorrect padding")
    }
    guard let text = String(validating: output, as: UTF8.self) else {
      throw TemplateError(.value, "The decoded base64 text is not UTF-8")
    }
    return text
  }

  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
