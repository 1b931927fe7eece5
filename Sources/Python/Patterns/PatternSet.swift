/// A set of characters: `[a-z\d]`, or a category such as `\w` alone.
struct PatternSet {
  /// What `\d`, `\s` and `\w` mean, and their capitals.
  enum Category {
    case digit, space, word
    case noDigit, noSpace, noWord
  }

  var isNegated = false
  private(set) var ranges: [ClosedRange<UInt32>] = []
  private var categories: [Category] = []

  init() {}

  init(_ category: Category) { categories = [category] }

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }
  mutating func insert(_ category: Category) { categories.append(category) }

  /// The set as PCRE2 writes it.
  func written(_ flags: PatternFlags) -> String {
    let isASCII = flags.contains(.ascii)
    var body = ""
    for range in ranges {
      body += Self.text(of: range)
      guard flags.contains(.ignoreCase) else { continue }
      for scalar in CaseClasses.variants(of: range, ascii: isASCII) { body += Self.text(of: scalar.value...scalar.value) }
    }
    for category in categories { body += Self.text(of: category, ascii: isASCII) }
    // Surrogates alone are not characters of a text.
    if body.isEmpty { return isNegated ? "[\\x{0}-\\x{10ffff}]" : "(?!)" }
    return (isNegated ? "[^" : "[") + body + "]"
  }

  private static func text(of range: ClosedRange<UInt32>) -> String {
    let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
    guard range.overlaps(surrogates) else {
      return range.count == 1 ? escaped(range.lowerBound) : "\(escaped(range.lowerBound))-\(escaped(range.upperBound))"
    }
    var text = ""
    if range.lowerBound < surrogates.lowerBound { text += Self.text(of: range.lowerBound...surrogates.lowerBound - 1) }
    if range.upperBound > surrogates.upperBound { text += Self.text(of: surrogates.upperBound + 1...range.upperBound) }
    return text
  }

  private static func escaped(_ value: UInt32) -> String { "\\x{\(String(value, radix: 16))}" }

  /// Python's `str.isalnum`, `str.isspace` and `str.isdecimal` by Unicode's categories.
  private static func text(of category: Category, ascii: Bool) -> String {
    switch category {
    case .digit: ascii ? "0-9" : "\\p{Nd}"
    case .noDigit: ascii ? "\\x{0}-/:-\\x{10ffff}" : "\\P{Nd}"
    case .space: ascii ? "\\t-\\r\\x{20}" : "\\t-\\r\\x{1c}-\\x{20}\\x{85}\\p{Z}"
    case .noSpace:
      ascii
        ? "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}"
        : "\\x{0}-\\x{8}\\x{e}-\\x{1b}\\x{21}-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
          + "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{10ffff}"
    case .word: ascii ? "0-9A-Z_a-z" : "\\p{L}\\p{N}_"
    case .noWord:
      // All categories but letters and numbers; of the connecting punctuation, all but the underscore.
      ascii
        ? "\\x{0}-/:-@\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}"
        : "\\p{M}\\p{S}\\p{Z}\\p{C}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}\\x{203f}\\x{2040}\\x{2054}\\x{fe33}\\x{fe34}"
          + "\\x{fe4d}-\\x{fe4f}\\x{ff3f}"
    }
  }
}
