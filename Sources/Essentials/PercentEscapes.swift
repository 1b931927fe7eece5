extension StringProtocol {
  /// The text with its escapes (`%20`) undone; nil if the result is not UTF-8, or a percent sign begins no escape.
  package var withoutPercentEscapes: String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var rest = Substring(self).utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with every byte escaped but letters, digits, and the given signs.
  package func percentEscaped(except signs: String) -> String {
    let plain = Set(signs.utf8)
    var result: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.append(byte)
      case _ where plain.contains(byte): result.append(byte)
      default: result += [UInt8(ascii: "%"), capitalDigit(byte >> 4), capitalDigit(byte & 15)]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

private func digit(_ byte: UInt8?) -> UInt8? {
  switch byte {
  case let byte? where (0x30...0x39).contains(byte): byte - 0x30
  case let byte? where (0x61...0x66).contains(byte | 0x20): (byte | 0x20) - 0x61 + 10
  default: nil
  }
}

private func capitalDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
