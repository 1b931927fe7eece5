/// A set of Unicode scalars, to trim texts of.
package struct ScalarSet: Sendable {
  package let contains: @Sendable (Unicode.Scalar) -> Bool

  /// Tabs and spaces of all kinds.
  package static let whitespaces = ScalarSet {
    $0 == "\t" || $0 == "\u{200B}" || $0.value == 0x20 || $0.value >= 0x80 && $0.properties.generalCategory == .spaceSeparator
  }

  /// What ends a line: U+000A to U+000D, U+0085, U+2028 and U+2029.
  package static let newlines = ScalarSet {
    switch $0.value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  package static let whitespacesAndNewlines = ScalarSet { whitespaces.contains($0) || newlines.contains($0) }

  package static let punctuation = ScalarSet {
    switch $0.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation:
      true
    default: false
    }
  }

  /// The scalars of a text.
  package static func of(_ text: String) -> ScalarSet {
    let scalars = Set(text.unicodeScalars)
    return ScalarSet { scalars.contains($0) }
  }
}

extension StringProtocol {
  /// The text without the scalars of a set at both ends.
  package func trimmed(_ set: ScalarSet) -> String {
    var rest = Substring(self).unicodeScalars
    while let first = rest.first, set.contains(first) { rest.removeFirst() }
    while let last = rest.last, set.contains(last) { rest.removeLast() }
    return String(rest)
  }
}
