/// Names of hosts in the letters of ASCII (RFC 3492).
enum Punycode {
  /// What follows `xn--`, decoded; nil if it is not Punycode.
  package static func decoded(_ label: ArraySlice<UInt8>) -> String? {
    var output: [Unicode.Scalar] = []
    var rest = label
    if let hyphen = label.lastIndex(of: UInt8(ascii: "-")) {
      output = label[..<hyphen].map { Unicode.Scalar($0) }
      rest = label[(hyphen + 1)...]
    }
    var (code, position, bias) = (128, 0, 72)
    while !rest.isEmpty {
      let old = position
      var weight = 1
      var k = 36
      while true {
        guard let digit = rest.popFirst().flatMap(Self.digit) else { return nil }
        guard weight <= 1 << 40 else { return nil }
        position += digit * weight
        let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
        if digit < threshold { break }
        weight *= 36 - threshold
        k += 36
      }
      let count = output.count + 1
      bias = adapted(position - old, count, isFirst: old == 0)
      code += position / count
      position %= count
      guard code < 0x11_0000, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
      output.insert(scalar, at: position)
      position += 1
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: output)
    return String(text)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30 + 26
    case 0x41...0x5A: Int(byte) - 0x41
    case 0x61...0x7A: Int(byte) - 0x61
    default: nil
    }
  }

  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k = 0
    while delta > 455 {
      delta /= 35
      k += 36
    }
    return k + 36 * delta / (delta + 38)
  }
}
