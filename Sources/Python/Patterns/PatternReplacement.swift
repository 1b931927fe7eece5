/// The replacement of `re.sub`, read once: text and references to groups.
package struct PatternReplacement: Sendable {
  private enum Part {
    case text(String)
    case group(Int)
  }

  private var parts: [Part] = []
  private var literal = ""
  private let pattern: PythonPattern

  /// - Throws: ``PatternError`` for escapes and groups that Python refuses.
  package init(_ source: String, for pattern: PythonPattern) throws(PatternError) {
    self.pattern = pattern
    var scanner = PatternScanner(source)
    while let scalar = scanner.next() {
      guard scalar == "\\" else {
        literal.unicodeScalars.append(scalar)
        continue
      }
      guard let mark = scanner.next() else { throw PatternError("bad escape (end of pattern) in a replacement") }
      switch mark {
      case "g": try append(group: readGroup(&scanner))
      case "0"..."9": try append(number: mark, &scanner)
      case "n": literal += "\n"
      case "t": literal += "\t"
      case "r": literal += "\r"
      case "a": literal += "\u{07}"
      case "b": literal += "\u{08}"
      case "f": literal += "\u{0c}"
      case "v": literal += "\u{0b}"
      case "\\": literal += "\\"
      case "a"..."z", "A"..."Z": throw PatternError("bad escape \\\(mark) in a replacement")
      default:
        literal += "\\"
        literal.unicodeScalars.append(mark)
      }
    }
    flush()
  }

  /// `\g<name>` and `\g<1>`.
  private func readGroup(_ scanner: inout PatternScanner) throws(PatternError) -> Int {
    guard scanner.take("<"), let name = scanner.take(until: ">") else {
      throw PatternError("missing group name in a replacement")
    }
    if name.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(name) { return number }
    guard let number = pattern.groupNames[name] else {
      throw PatternError("unknown group name '\(name)'", isUnknownGroup: true)
    }
    return number
  }

  /// `\0`, `\012` and three octal digits are characters, other digits a group.
  private mutating func append(number first: Unicode.Scalar, _ scanner: inout PatternScanner) throws(PatternError) {
    guard first != "0" else { return append(character: scanner.octal(from: 0, atMost: 2)) }
    var number = Int(first.value) - 48
    if let second = scanner.peek(), ("0"..."9").contains(second) {
      if let third = scanner.peek(1), [first, second, third].allSatisfy({ ("0"..."7").contains($0) }) {
        let value = scanner.octal(from: first.value - 48, atMost: 2)
        guard value <= 0o377 else { throw PatternError("an octal escape in a replacement is outside of range 0-0o377") }
        return append(character: value)
      }
      scanner.skip()
      number = number * 10 + Int(second.value) - 48
    }
    try append(group: number)
  }

  private mutating func append(character value: UInt32) {
    if let scalar = Unicode.Scalar(value) { literal.unicodeScalars.append(scalar) }
  }

  private mutating func append(group: Int) throws(PatternError) {
    guard group <= pattern.groupCount else { throw PatternError("invalid group reference \(group)") }
    flush()
    parts.append(.group(group))
  }

  private mutating func flush() {
    if !literal.isEmpty { parts.append(.text(literal)) }
    literal = ""
  }

  /// What replaces `match`.
  func text(for match: PatternMatch) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .text(let literal): text += literal
      case .group(let group): text += match.group(group) ?? ""
      }
    }
  }
}
