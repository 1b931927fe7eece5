/// Well-formed UTF-8 as RFC 3629 §4 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Check {
  /// The length of the sequence that starts at `place` with a byte beyond ASCII, or 0 if it is malformed.
  ///
  /// Reads at most up to the first byte that does not belong, so a zero byte ends every sequence.
  @inline(__always)
  static func length(_ place: UnsafePointer<UInt8>) -> Int {
    let lead = place[0]
    if lead < 0xE0 {
      return lead >= 0xC2 && isTail(place[1]) ? 2 : 0
    }
    let second = place[1]
    if lead < 0xF0 {
      let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest && isTail(place[2]) ? 3 : 0
    }
    let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
    return lead <= 0xF4 && second >= lowest && second <= highest && isTail(place[2]) && isTail(place[3]) ? 4 : 0
  }

  @inline(__always)
  private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
