import YAML

/// Texts for terminals, logs and everything else that people read line by line.
///
/// Names come from manifests, configs and APIs. What a terminal would obey, what would begin another line and what cannot be seen
/// is written as an escape, such as `\n` or `\u{202E}`.
package enum TerminalText {
  /// A text that is, or is a part of, one line.
  package static func line(_ text: String) -> String { escaped(text, isLine: true) }

  /// A text of several lines, whose line breaks stay.
  package static func lines(_ text: String) -> String { escaped(text, isLine: false) }

  /// A text of JSON for a terminal: the same values, in which everything that a terminal would obey, or that cannot be seen, is an
  /// escape of JSON, such as `\u202e`.
  package static func json(_ text: String) -> String {
    // Controls below U+0020 are escapes in JSON already, or its layout.
    func isHidden(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x7F && isUnsafe(scalar) }
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      guard isHidden(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result
  }

  /// The source line of a mark with a caret below, a break between them; empty if there is none.
  /// - Parameter mask: leaves secrets out, before anything is cut.
  package static func snippet(of place: SourceMark?, hiding mask: SecretMask? = nil) -> String {
    place?.snippet(hiding: mask?.hiddenRanges(in:), escaping: line) ?? ""
  }

  private static func escaped(_ text: String, isLine: Bool) -> String {
    guard text.unicodeScalars.contains(where: { isUnsafe($0) && (isLine || $0 != "\n") }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar), isLine || scalar != "\n" {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }

  /// Whether a character controls something, has no width or does not exist: control characters (C0, DEL, C1), line and paragraph
  /// separators, bidirectional marks and isolates, joiners, tags and other characters that nothing shows, noncharacters.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    if scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value) { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    // Variation selectors choose between shapes that both show.
    default: return scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isVariationSelector
    }
  }
}
