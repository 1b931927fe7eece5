/// The flags that hold at a place of a pattern: `(?imsxa)`.
struct PatternFlags: OptionSet {
  let rawValue: UInt8

  static let ignoreCase = PatternFlags(rawValue: 1)
  static let multiline = PatternFlags(rawValue: 2)
  static let dotAll = PatternFlags(rawValue: 4)
  static let verbose = PatternFlags(rawValue: 8)
  static let ascii = PatternFlags(rawValue: 16)
}
