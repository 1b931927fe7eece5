/// What stands for a secret in a recording: four stars, and the digits of ``SecretPlaceholders``.
enum Placeholder {
  private static let star = UInt8(ascii: "*")
  private static let marks = SecretPlaceholders.mark.utf8.count

  /// The placeholders in a text, in order. Stars without digits are what other masks leave.
  static func ranges(in bytes: some RandomAccessCollection<UInt8>) -> [Range<Int>] {
    // Most texts have none.
    guard bytes.contains(star) else { return [] }
    let bytes = Array(bytes)
    var ranges: [Range<Int>] = []
    var place = 0
    while let start = bytes[place...].firstIndex(of: star) {
      let stars = bytes[start...].prefix { $0 == star }
      place = stars.endIndex
      guard stars.count >= marks else { continue }
      let digits = bytes[place...].prefix(SecretPlaceholders.digits)
      if digits.count == SecretPlaceholders.digits, digits.allSatisfy(isDigit) { place = digits.endIndex }
      ranges.append(start..<place)
    }
    return ranges
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
