/// Base64 as Python's `base64.decodebytes` reads it: characters outside the alphabet are skipped.
enum Base64 {
  /// The decoded bytes; nil if the padding does not fit.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var position = 0
    var leftover: UInt8 = 0
    var padding = 0
    for byte in text {
      if byte == UInt8(ascii: "=") {
        padding += 1
        if position >= 2, position + padding >= 4 { return result }
        continue
      }
      guard let digit = value(of: byte) else { continue }
      padding = 0
      switch position {
      case 0: leftover = digit
      case 1:
        result.append(leftover << 2 | digit >> 4)
        leftover = digit & 0x0F
      case 2:
        result.append(leftover << 4 | digit >> 2)
        leftover = digit & 0x03
      default: result.append(leftover << 6 | digit)
      }
      position = (position + 1) % 4
    }
    return position == 0 ? result : nil
  }

  private static func value(of byte: UInt8) -> UInt8? {
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
