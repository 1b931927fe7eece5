import BigInt
import Python

/// A token of a template, and where it begins.
struct Token {
  enum Kind: Equatable {
    case data, variableBegin, variableEnd, blockBegin, blockEnd, name, string, number, end
    case op(Operator)
  }

  enum Operator: String, CaseIterable {
    case add = "+"
    case subtract = "-"
    case divide = "/"
    case floorDivide = "//"
    case multiply = "*"
    case modulo = "%"
    case power = "**"
    case tilde = "~"
    case leftBracket = "["
    case rightBracket = "]"
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBrace = "{"
    case rightBrace = "}"
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="
    case assign = "="
    case dot = "."
    case colon = ":"
    case pipe = "|"
    case comma = ","
    case semicolon = ";"
  }

  let kind: Kind
  let text: String
  /// The value of a number.
  var number: Value?
  let position: TemplatePosition

  /// The token as an error names it.
  var summary: String {
    switch kind {
    case .data: "text"
    case .variableBegin: "{{"
    case .variableEnd: "}}"
    case .blockBegin: "{%"
    case .blockEnd: "%}"
    case .end: "the end of the template"
    case .name, .op, .number: text
    case .string: "a string"
    }
  }
}

/// Cuts a template into tokens, as Jinja's lexer does with its default delimiters and settings.
struct Lexer {
  private let source: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var lineStart = 0
  private var tokens: [Token] = []
  private var open: [Unicode.Scalar] = []

  /// Line ends become line feeds, and one at the very end is dropped.
  init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" {
        scalars.append("\n")
      } else if !(scalar == "\n" && afterReturn) {
        scalars.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    if scalars.last == "\n" { scalars.removeLast() }
    source = scalars
  }

  /// All tokens of the template, closed by one of kind `.end`.
  mutating func tokenize() throws(TemplateError) -> [Token] {
    while index < source.count {
      let start = position
      let dataStart = index
      guard let opening = findOpening(from: index) else {
        move(to: source.count)
        add(.data, string(dataStart, source.count), start)
        break
      }
      var dataEnd = opening
      if scalar(opening + 2) == "-" {
        while dataEnd > dataStart, source[dataEnd - 1].isPythonSpace { dataEnd -= 1 }
      }
      move(to: opening)
      if dataEnd > dataStart { add(.data, string(dataStart, dataEnd), start) }
      let begin = position
      let marker = source[opening + 1]
      let sign = scalar(opening + 2)
      let afterSign = opening + (sign == "-" || sign == "+" ? 3 : 2)
      if marker == "%", let rawBody = matchRawBegin(from: afterSign) {
        move(to: rawBody)
        try raw()
      } else if marker == "#" {
        move(to: afterSign)
        try comment(begin)
      } else {
        move(to: afterSign)
        add(marker == "%" ? .blockBegin : .variableBegin, "", begin)
        try code(closing: marker == "%" ? "%" : "}")
      }
    }
    add(.end, "", position)
    return tokens
  }

  // MARK: Outside of tags

  private func findOpening(from start: Int) -> Int? {
    var at = start
    while at + 1 < source.count {
      if source[at] == "{" {
        let next = source[at + 1]
        if next == "{" || next == "%" || next == "#" { return at }
      }
      at += 1
    }
    return nil
  }

  private func matchRawBegin(from start: Int) -> Int? {
    var at = skipSpace(start)
    guard matches("raw", at) else { return nil }
    at = skipSpace(at + 3)
    if matches("-%}", at) { return skipSpace(at + 3) }
    return matches("%}", at) ? at + 2 : nil
  }

  private mutating func raw() throws(TemplateError) {
    let start = position
    let begin = index
    var at = index
    while at + 1 < source.count {
      if source[at] == "{", source[at + 1] == "%" {
        let sign = scalar(at + 2)
        var cursor = skipSpace(at + (sign == "-" || sign == "+" ? 3 : 2))
        if matches("endraw", cursor) {
          cursor = skipSpace(cursor + 6)
          let closing = scalar(cursor)
          let body = closing == "-" || closing == "+" ? cursor + 1 : cursor
          if matches("%}", body) {
            var end = at
            if sign == "-" {
              while end > begin, source[end - 1].isPythonSpace { end -= 1 }
            }
            if end > begin { add(.data, string(begin, end), start) }
            move(to: closing == "-" ? skipSpace(body + 2) : body + 2)
            return
          }
        }
      }
      at += 1
    }
    if index < source.count { throw TemplateError(.syntax, "A raw block is not closed by endraw", at: start) }
  }

  private mutating func comment(_ begin: TemplatePosition) throws(TemplateError) {
    var at = index
    while at + 1 < source.count {
      if source[at] == "#", source[at + 1] == "}" {
        let strips = at > index && source[at - 1] == "-"
        move(to: strips ? skipSpace(at + 2) : at + 2)
        return
      }
      at += 1
    }
    // A comment that opens at the very end is let pass, as the reference does.
    if index < source.count { throw TemplateError(.syntax, "A comment is not closed", at: begin) }
  }

  // MARK: Inside tags

  private mutating func code(closing: Unicode.Scalar) throws(TemplateError) {
    open = []
    while index < source.count {
      if open.isEmpty, let end = matchEnd(closing) {
        let start = position
        move(to: end)
        add(closing == "%" ? .blockEnd : .variableEnd, "", start)
        return
      }
      let current = source[index]
      if current.isPythonSpace {
        move(to: skipSpace(index))
      } else if current.isASCIIDigit {
        try number()
      } else if current.isIdentifierPart {
        try name()
      } else if current == "'" || current == "\"", let end = stringEnd(current) {
        try stringLiteral(end)
      } else {
        try operatorToken(current)
      }
    }
  }

  private func matchEnd(_ closing: Unicode.Scalar) -> Int? {
    let first = source[index]
    let at = first == "-" || (first == "+" && closing == "%") ? index + 1 : index
    guard scalar(at) == closing, scalar(at + 1) == "}" else { return nil }
    return first == "-" ? skipSpace(at + 2) : at + 2
  }

  private mutating func name() throws(TemplateError) {
    let start = position
    let begin = index
    var at = index
    while at < source.count, source[at].isIdentifierPart { at += 1 }
    move(to: at)
    guard source[begin].isIdentifierStart else {
      throw TemplateError(.syntax, "A name contains a character that is not allowed there", at: start)
    }
    add(.name, string(begin, at), start)
  }

  private func stringEnd(_ quote: Unicode.Scalar) -> Int? {
    var at = index + 1
    while at < source.count {
      if source[at] == quote { return at }
      at += source[at] == "\\" ? 2 : 1
    }
    return nil
  }

  private mutating func stringLiteral(_ end: Int) throws(TemplateError) {
    let start = position
    let text: String
    do throws(TemplateError) {
      text = try unescape(source[(index + 1)..<end])
    } catch {
      throw error.located(at: start)
    }
    move(to: end + 1)
    add(.string, text, start)
  }

  private mutating func operatorToken(_ current: Unicode.Scalar) throws(TemplateError) {
    let start = position
    var text = String(current)
    var found: Token.Operator?
    if let next = scalar(index + 1), let double = Token.Operator(rawValue: text + String(next)) {
      found = double
      text += String(next)
    } else {
      found = Token.Operator(rawValue: text)
    }
    guard let found else { throw TemplateError(.syntax, "Unexpected character '\(current)'", at: start) }
    switch found {
    case .leftBrace: open.append("}")
    case .leftParenthesis: open.append(")")
    case .leftBracket: open.append("]")
    case .rightBrace, .rightParenthesis, .rightBracket:
      guard let expected = open.popLast() else { throw TemplateError(.syntax, "Unexpected '\(text)'", at: start) }
      guard expected == current else {
        throw TemplateError(.syntax, "Unexpected '\(text)' where '\(expected)' is expected", at: start)
      }
    default: break
    }
    move(to: index + text.unicodeScalars.count)
    add(.op(found), text, start)
  }

  private mutating func number() throws(TemplateError) {
    let start = position
    let begin = index
    let precededByDot = begin > 0 && source[begin - 1] == "."
    if !precededByDot, let end = floatEnd(begin) {
      let text = string(begin, end)
      move(to: end)
      add(.number, text, start, number: .float(Double(text.filter { $0 != "_" }) ?? .infinity))
      return
    }
    let (end, radix) = integerEnd(begin)
    let text = string(begin, end)
    move(to: end)
    let digits = text.filter { $0 != "_" }
    guard digits.utf8.count <= Limits.integerDigits else {
      throw TemplateError(.value, "An integer has more than \(Limits.integerDigits) digits", at: start)
    }
    let body = radix == 10 ? Substring(digits) : digits.dropFirst(2)
    let value = Int(body, radix: radix).map(Value.int) ?? BigInt(body, radix: radix).map(Value.init(normalizing:))
    add(.number, text, start, number: value ?? .int(0))
  }

  private func digitsEnd(_ start: Int, _ isDigit: (Unicode.Scalar) -> Bool) -> Int {
    var at = start
    while let current = scalar(at) {
      if isDigit(current) {
        at += 1
      } else if current == "_", at > start, let next = scalar(at + 1), isDigit(next) {
        at += 2
      } else {
        break
      }
    }
    return at
  }

  private func floatEnd(_ start: Int) -> Int? {
    let whole = digitsEnd(start) { $0.isASCIIDigit }
    var end = whole
    var isFloat = false
    if scalar(whole) == ".", let next = scalar(whole + 1), next.isASCIIDigit {
      end = digitsEnd(whole + 1) { $0.isASCIIDigit }
      isFloat = true
    }
    if let mark = scalar(end), mark == "e" || mark == "E" {
      var at = end + 1
      if let sign = scalar(at), sign == "+" || sign == "-" { at += 1 }
      if let digit = scalar(at), digit.isASCIIDigit {
        end = digitsEnd(at) { $0.isASCIIDigit }
        isFloat = true
      }
    }
    return isFloat ? end : nil
  }

  private func integerEnd(_ start: Int) -> (end: Int, radix: Int) {
    guard source[start] == "0" else { return (digitsEnd(start) { $0.isASCIIDigit }, 10) }
    let radices: [(Unicode.Scalar, Int)] = [("b", 2), ("o", 8), ("x", 16)]
    if let mark = scalar(start + 1), let radix = radices.first(where: { $0.0 == mark || $0.0.value == mark.value + 32 })?.1 {
      let begin = scalar(start + 2) == "_" ? start + 3 : start + 2
      let end = digitsEnd(begin) { ($0.hexValue ?? 99) < radix }
      if end > begin { return (end, radix) }
    }
    return (digitsEnd(start) { $0 == "0" }, 10)
  }

  // MARK: The source

  private var position: TemplatePosition { TemplatePosition(line: line, column: index - lineStart + 1) }

  private func scalar(_ at: Int) -> Unicode.Scalar? { at < source.count ? source[at] : nil }

  private func matches(_ text: String, _ at: Int) -> Bool {
    var cursor = at
    for expected in text.unicodeScalars {
      guard scalar(cursor) == expected else { return false }
      cursor += 1
    }
    return true
  }

  private func skipSpace(_ start: Int) -> Int {
    var at = start
    while let current = scalar(at), current.isPythonSpace { at += 1 }
    return at
  }

  private mutating func move(to end: Int) {
    while index < end {
      if source[index] == "\n" {
        line += 1
        lineStart = index + 1
      }
      index += 1
    }
  }

  private func string(_ start: Int, _ end: Int) -> String { String(source[start..<end]) }

  private mutating func add(_ kind: Token.Kind, _ text: String, _ position: TemplatePosition, number: Value? = nil) {
    tokens.append(Token(kind: kind, text: text, number: number, position: position))
  }
}
