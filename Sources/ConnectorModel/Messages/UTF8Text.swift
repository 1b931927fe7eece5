/// Checking UTF-8 (RFC 3629 §4).
package enum UTF8Text {
  /// How many of the bytes at the start are whole characters, and whether what follows them is the beginning of one that is cut off.
  package static func validPrefix(of bytes: UnsafeRawBufferPointer) -> (count: Int, isCutOff: Bool) {
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      if first < 0x80 {
        at += 1
        continue
      }
      guard let (length, second) = following(first) else { return (at, false) }
      for step in 1..<length {
        guard at + step < bytes.count else { return (at, true) }
        guard (step == 1 ? second : 0x80...0xBF).contains(bytes[at + step]) else { return (at, false) }
      }
      at += length
    }
    return (at, false)
  }

  /// How many bytes a character has that begins with `first`, and what its second byte may be.
  private static func following(_ first: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
  }
}
