import Jinja

/// Rewrites a pattern of Python's `re` for the ICU engine, which differs in group names, some escapes and what sets mean.
struct PythonRegexTranslation {
  private let source: [Unicode.Scalar]
  private var position = 0
  private var output = ""
  private var groupCount = 0
  private(set) var groupNames: [String: Int] = [:]
  private let pattern: String

  private static let word = "\\p{L}\\p{N}_"
  private static let space = "\\t-\\r\\x1c-\\x20\\x85\\p{Z}"

  init(_ pattern: String) {
    self.pattern = pattern
    source = Array(pattern.unicodeScalars)
  }

  mutating func translate() throws(TemplateError) -> String {
    while position < source.count {
      let current = source[position]
      switch current {
      case "\\": try translateEscape()
      case "[": try translateSet()
      case "(": try translateGroup()
      case "{": translateBrace()
      default:
        output.unicodeScalars.append(current)
        position += 1
      }
    }
    // The engine refuses an empty pattern, which matches everywhere.
    return output.isEmpty ? "(?:)" : output
  }

  private func failure(_ reason: String) -> TemplateError {
    TemplateError(.value, "The regular expression '\(pattern)' is not valid: \(reason).")
  }

  private func peek(_ offset: Int) -> Unicode.Scalar? {
    position + offset < source.count ? source[position + offset] : nil
  }

  private func hasPrefix(_ text: String) -> Bool {
    source[position...].starts(with: text.unicodeScalars)
  }

  private mutating func translateEscape() throws(TemplateError) {
    guard let mark = peek(1) else { throw failure("a backslash at its end") }
    position += 2
    switch mark {
    case "A", "b", "B", "d", "D", "f", "n", "r", "t", "a", "x", "u", "U", "N":
      output += "\\"
      output.unicodeScalars.append(mark)
    case "Z": output += "\\z"
    case "v": output += "\\x0b"
    case "w": output += "[\(Self.word)]"
    case "W": output += "[^\(Self.word)]"
    case "s": output += "[\(Self.space)]"
    case "S": output += "[^\(Self.space)]"
    case "0": appendOctal(first: mark)
    case "1"..."9":
      if let second = peek(0), let third = peek(1), [mark, second, third].allSatisfy({ ("0"..."7").contains($0) }), mark < "4" {
        appendOctal(first: mark)
      } else {
        var digits = String(mark)
        if let second = peek(0), ("0"..."9").contains(second) {
          digits.unicodeScalars.append(second)
          position += 1
        }
        // Apart from a digit that may follow.
        output += "(?:\\\(digits))"
      }
    case "a"..."z", "A"..."Z": throw failure("an unknown escape \\\(mark)")
    default:
      output += "\\"
      output.unicodeScalars.append(mark)
    }
  }

  private mutating func appendOctal(first: Unicode.Scalar) {
    var value = first.value - 48
    var digits = 1
    while digits < 3, let next = peek(0), ("0"..."7").contains(next) {
      value = value * 8 + next.value - 48
      digits += 1
      position += 1
    }
    output += "\\x{\(String(value, radix: 16))}"
  }

  private mutating func translateSet() throws(TemplateError) {
    output += "["
    position += 1
    if peek(0) == "^" {
      output += "^"
      position += 1
    }
    var isFirst = true
    while let current = peek(0) {
      if current == "]", !isFirst {
        output += "]"
        position += 1
        return
      }
      isFirst = false
      position += 1
      switch current {
      case "[", "]", "&", "{", "}", "$", "^":
        output += "\\"
        output.unicodeScalars.append(current)
      case "-" where peek(0) == "-":
        // Two dashes subtract in ICU.
        output += "\\-"
      case "\\": try translateEscapeInSet()
      default: output.unicodeScalars.append(current)
      }
    }
    throw failure("a set that is not closed")
  }

  private mutating func translateEscapeInSet() throws(TemplateError) {
    guard let mark = peek(0) else { throw failure("a set that is not closed") }
    position += 1
    switch mark {
    case "b": output += "\\x08"
    case "v": output += "\\x0b"
    case "w": output += Self.word
    case "W": output += "[^\(Self.word)]"
    case "s": output += Self.space
    case "S": output += "[^\(Self.space)]"
    case "d", "D", "f", "n", "r", "t", "a", "x", "u", "U", "N":
      output += "\\"
      output.unicodeScalars.append(mark)
    case "0"..."7": appendOctal(first: mark)
    case "a"..."z", "A"..."Z", "8", "9": throw failure("an unknown escape \\\(mark) in a set")
    default:
      output += "\\"
      output.unicodeScalars.append(mark)
    }
  }

  private mutating func translateGroup() throws(TemplateError) {
    guard peek(1) == "?" else {
      groupCount += 1
      output += "("
      position += 1
      return
    }
    if hasPrefix("(?P<") {
      let name = try name(from: position + 4, until: ">")
      groupCount += 1
      guard groupNames.updateValue(groupCount, forKey: name) == nil else { throw failure("the group '\(name)' is there twice") }
      output += "("
    } else if hasPrefix("(?P=") {
      let name = try name(from: position + 4, until: ")")
      guard let group = groupNames[name] else { throw failure("no group '\(name)'") }
      output += "(?:\\\(group))"
    } else if hasPrefix("(?P") || hasPrefix("(?(") {
      throw failure("an unknown or unsupported extension")
    } else if let flags = flags() {
      output += flags
    } else {
      output += "(?"
      position += 2
      // The rest of the opening (`:`, `=`, `!`, `<=`, `<!`, `>`, `#`) is the same.
      while let mark = peek(0), "<=!:>#".unicodeScalars.contains(mark) {
        output.unicodeScalars.append(mark)
        position += 1
        if mark != "<" { break }
      }
    }
  }

  /// `(?i)` or `(?i-s:`: the engine knows the same letters but for `u`, `a` and `L`.
  private mutating func flags() -> String? {
    var end = position + 2
    var letters = ""
    while end < source.count, "aiLmsux-".unicodeScalars.contains(source[end]) {
      if !"auL".unicodeScalars.contains(source[end]) { letters.unicodeScalars.append(source[end]) }
      end += 1
    }
    guard end > position + 2, end < source.count, source[end] == ")" || source[end] == ":" else { return nil }
    let close = source[end]
    position = end + 1
    if letters.isEmpty { return close == ":" ? "(?:" : "" }
    return "(?\(letters)\(close)"
  }

  private mutating func name(from start: Int, until end: Unicode.Scalar) throws(TemplateError) -> String {
    guard let close = source[start...].firstIndex(of: end), close > start else { throw failure("a group without a name") }
    let name = source[start..<close]
    let isIdentifier = name.enumerated().allSatisfy { index, scalar in
      scalar == "_" || scalar.properties.isXIDStart || (index > 0 && scalar.properties.isXIDContinue)
    }
    guard isIdentifier else { throw failure("a bad character in a group's name") }
    position = close + 1
    return String(String.UnicodeScalarView(name))
  }

  /// `{2}`, `{2,}`, `{,3}` and `{2,3}` repeat, every other brace is a character.
  private mutating func translateBrace() {
    var end = position + 1
    var low = ""
    while end < source.count, ("0"..."9").contains(source[end]) {
      low.unicodeScalars.append(source[end])
      end += 1
    }
    var bounds = low
    var isRange = false
    if end < source.count, source[end] == "," {
      isRange = true
      bounds = (low.isEmpty ? "0" : low) + ","
      end += 1
      while end < source.count, ("0"..."9").contains(source[end]) {
        bounds.unicodeScalars.append(source[end])
        end += 1
      }
    }
    guard end < source.count, source[end] == "}", isRange || !low.isEmpty else {
      output += "\\{"
      position += 1
      return
    }
    output += "{\(bounds)}"
    position = end + 1
  }
}
