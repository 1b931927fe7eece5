/// Which characters are the same where case does not count.
///
/// As in Python's `re`: characters with the same lower-case letter, and lower-case letters with the same capital (`s` and `ſ`).
enum CaseClasses {
  /// The characters that `scalar` matches if case does not count, including itself.
  static func variants(of scalar: Unicode.Scalar, ascii: Bool) -> [Unicode.Scalar] {
    if scalar.isASCII {
      guard scalar.properties.isAlphabetic else { return [scalar] }
      let both = [UInt8(scalar.value) & ~0x20, UInt8(scalar.value) | 0x20].map { Unicode.Scalar($0) }
      return ascii ? both : both + (beyondASCII[both[1]] ?? [])
    }
    if ascii { return [scalar] }
    return index[scalar].map { all[$0] } ?? [scalar]
  }

  /// The characters outside of `range` that are the same as one within.
  static func variants(of range: ClosedRange<UInt32>, ascii: Bool) -> [Unicode.Scalar] {
    if range.upperBound < 0x80 || ascii {
      let letters = range.clamped(to: 0...0x7F)
      return letters.compactMap(Unicode.Scalar.init).flatMap { variants(of: $0, ascii: ascii) }.filter {
        !range.contains($0.value)
      }
    }
    return all.filter { $0.contains { range.contains($0.value) } }.joined().filter { !range.contains($0.value) }
  }

  /// The characters beyond ASCII that are the same as an ASCII letter.
  private static let beyondASCII: [Unicode.Scalar: [Unicode.Scalar]] = [
    "i": ["\u{130}", "\u{131}"], "k": ["\u{212A}"], "s": ["\u{17F}"],
  ]

  /// Each class of more than one character.
  static let all: [[Unicode.Scalar]] = {
    var bySmall: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for value in UInt32(0x41)...lastCased {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let small = small(scalar)
      guard small != scalar || scalar.properties.changesWhenUppercased else { continue }
      bySmall[small, default: []].append(scalar)
    }
    var byCapital: [String: [Unicode.Scalar]] = [:]
    for (small, members) in bySmall { byCapital[small.properties.uppercaseMapping, default: []] += members }
    return byCapital.values.filter { $0.count > 1 }
  }()

  private static let index: [Unicode.Scalar: Int] = all.enumerated().reduce(into: [:]) { index, entry in
    for scalar in entry.element { index[scalar] = entry.offset }
  }

  /// No character beyond it has a case.
  private static let lastCased: UInt32 = 0x1FFFF

  /// The one small letter of a character; `İ` is the only one whose small letter is written as two.
  private static func small(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapping = scalar.properties.lowercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping[mapping.startIndex] : scalar == "\u{130}" ? "i" : scalar
  }
}
