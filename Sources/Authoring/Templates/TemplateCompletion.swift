/// What can be written where a template's text breaks off.
package struct TemplateCompletion: Sendable, Equatable {
  /// The kinds of names that templates have.
  package enum Kind: Sendable, Equatable {
    /// A variable, a macro or a function.
    case name
    /// What follows `|`.
    case filter
    /// What follows `is`.
    case test
    /// What follows `{%`.
    case tag
    /// A member of a variable, or of a member of it: `config['a']['` has the path `config`, `a`.
    case member(of: [String])
  }

  package let kind: Kind
  /// What of the name is written already.
  package let prefix: String
  /// The quotation mark that the name is in, as in `config['`.
  package let quote: Character?

  /// The names that Jinja's tags have.
  package static let tags = ["if", "elif", "else", "endif", "for", "endfor", "set", "endset", "macro", "endmacro"]

  /// Nil where no name is to be completed: outside of `{{ }}` and `{% %}`, in a text, or behind a whole value.
  /// - Parameters:
  ///   - text: a template up to the place.
  ///   - isExpression: whether the text is an expression, without `{{` around it.
  package init?(_ text: some StringProtocol, isExpression: Bool = false) {
    guard let code = isExpression ? (text: Substring(text), isTag: false) : Self.openCode(Substring(text)) else { return nil }
    let (tokens, isApart) = TemplateToken.tokens(of: code.text)
    guard let last = tokens.last else {
      (kind, prefix, quote) = (code.isTag ? .tag : .name, "", nil)
      return
    }
    switch last {
    case .text(let content, let mark, isOpen: true):
      guard let path = Self.owner(tokens.dropLast()) else { return nil }
      (kind, prefix, quote) = (.member(of: path), content, mark)
    case .word(let word) where !isApart:
      guard let kind = Self.kind(behind: tokens.dropLast(), isTag: code.isTag, isBegun: true) else { return nil }
      (self.kind, prefix, quote) = (kind, word, nil)
    default:
      guard let kind = Self.kind(behind: tokens[...], isTag: code.isTag, isBegun: false) else { return nil }
      (self.kind, prefix, quote) = (kind, "", nil)
    }
  }

  /// What is behind the last `{{` or `{%` that is not closed.
  private static func openCode(_ text: Substring) -> (text: Substring, isTag: Bool)? {
    var rest = text
    while let start = rest.firstIndex(of: "{") {
      let behind = rest[start...].dropFirst()
      guard let sign = behind.first, sign == "{" || sign == "%" else {
        rest = behind
        continue
      }
      let code = behind.dropFirst()
      guard let end = TemplateToken.end(of: code, closedBy: sign == "{" ? "}}" : "%}") else {
        return (code.first == "-" ? code.dropFirst() : code, sign == "%")
      }
      rest = text[end...]
    }
    return nil
  }

  private static func kind(behind tokens: ArraySlice<TemplateToken>, isTag: Bool, isBegun: Bool) -> Kind? {
    switch tokens.last {
    case nil: return isTag ? .tag : .name
    case .symbol(".")?: return path(endingWith: tokens.dropLast()).map { .member(of: $0) }
    case .symbol("|")?: return .filter
    case .symbol(")")?, .symbol("]")?, .symbol("}")?, .text?: return nil
    case .word("is")?: return .test
    case .word("not")? where tokens.dropLast().last == .word("is"): return .test
    case .word(let word)?:
      let isOperator = ["and", "or", "not", "in", "if", "else", "elif", "set", "for"].contains(word)
      return isOperator ? .name : nil
    case .number?: return nil
    case .symbol?: return .name
    }
  }

  /// The path of what a key in quotes is taken from: behind `config[`, or `config.get(`.
  private static func owner(_ tokens: ArraySlice<TemplateToken>) -> [String]? {
    switch tokens.last {
    case .symbol("[")?: return path(endingWith: tokens.dropLast())
    case .symbol("(")?:
      let rest = tokens.dropLast()
      guard rest.last == .word("get"), rest.dropLast().last == .symbol(".") else { return nil }
      return path(endingWith: rest.dropLast(2))
    default: return nil
    }
  }

  /// `config`, `config.a` or `config['a']` at the end of tokens.
  private static func path(endingWith tokens: ArraySlice<TemplateToken>) -> [String]? {
    switch tokens.last {
    case .word(let word)?:
      let rest = tokens.dropLast()
      guard rest.last == .symbol(".") else { return [word] }
      return path(endingWith: rest.dropLast()).map { $0 + [word] }
    case .symbol("]")?:
      let rest = tokens.dropLast()
      guard case .text(let key, _, isOpen: false)? = rest.last, rest.dropLast().last == .symbol("[") else { return nil }
      return path(endingWith: rest.dropLast(2)).map { $0 + [key] }
    default: return nil
    }
  }
}

/// A piece of the code of a template, as far as the completion of names needs it.
enum TemplateToken: Equatable {
  case word(String)
  case number
  case text(String, quote: Character, isOpen: Bool)
  case symbol(Character)

  /// The tokens of a code, and whether there is a blank behind the last one.
  static func tokens(of code: Substring) -> ([TemplateToken], isApart: Bool) {
    var tokens: [TemplateToken] = []
    var rest = code
    var isApart = false
    while let first = rest.first {
      isApart = first.isWhitespace
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if first == "'" || first == "\"" {
        let (content, behind, isOpen) = text(rest)
        tokens.append(.text(content, quote: first, isOpen: isOpen))
        rest = behind
      } else if isWord(first) {
        let word = rest.prefix(while: isWord)
        tokens.append(first.isNumber ? .number : .word(String(word)))
        rest = rest.dropFirst(word.count)
      } else {
        tokens.append(.symbol(first))
        rest = rest.dropFirst()
      }
    }
    return (tokens, isApart)
  }

  /// The place behind the mark that closes a code; nil if nothing closes it.
  static func end(of code: Substring, closedBy mark: String) -> Substring.Index? {
    var rest = code
    while let first = rest.first {
      if rest.hasPrefix(mark) { return rest.index(rest.startIndex, offsetBy: mark.count) }
      if first == "'" || first == "\"" {
        let (_, behind, isOpen) = text(rest)
        if isOpen { return nil }
        rest = behind
      } else {
        rest = rest.dropFirst()
      }
    }
    return nil
  }

  /// A text in quotes at the beginning of `rest`, and what is behind it.
  private static func text(_ rest: Substring) -> (content: String, behind: Substring, isOpen: Bool) {
    guard let quote = rest.first else { return ("", rest, true) }
    var content = ""
    var index = rest.index(after: rest.startIndex)
    while index < rest.endIndex {
      let character = rest[index]
      index = rest.index(after: index)
      if character == quote { return (content, rest[index...], false) }
      if character == "\\", index < rest.endIndex {
        content.append(rest[index])
        index = rest.index(after: index)
      } else {
        content.append(character)
      }
    }
    return (content, rest[index...], true)
  }

  private static func isWord(_ character: Character) -> Bool { character == "_" || character.isLetter || character.isNumber }
}
