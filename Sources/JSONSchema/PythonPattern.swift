import Foundation

/// A regular expression with the syntax and the meaning of Python's `re`, searched for anywhere in a text.
struct PythonPattern: Sendable {
  let source: String
  private let matcher: Matcher

  private enum Matcher: Sendable {
    /// `^literal`, by far the commonest pattern of keys.
    case prefix(String)
    case expression(NSRegularExpression)
  }

  /// - Throws: ``PatternError`` where Python refuses the pattern, or the expression engine does.
  init(_ source: String) throws(PatternError) {
    self.source = source
    if source.utf8.first == UInt8(ascii: "^"), source.utf8.dropFirst().allSatisfy(Self.isPlain) {
      matcher = .prefix(String(source.dropFirst()))
      return
    }
    var translator = PatternTranslator(source)
    let translated = try translator.translate()
    do {
      matcher = .expression(try NSRegularExpression(pattern: translated, options: [.useUnixLineSeparators]))
    } catch {
      throw PatternError(reason: "it is not a regular expression")
    }
  }

  func matches(_ text: String) -> Bool {
    switch matcher {
    case .prefix(let prefix): return text.utf8.starts(with: prefix.utf8)
    case .expression(let expression):
      return expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}

/// Why a text is not a regular expression.
struct PatternError: Error, Sendable {
  let reason: String
}

/// Rewrites Python's syntax into the one of ICU, which `NSRegularExpression` uses.
struct PatternTranslator {
  private let input: [Unicode.Scalar]
  private var position = 0
  private var output = String.UnicodeScalarView()
  private var groups = 0
  private var names: Set<String> = []

  init(_ source: String) {
    input = Array(source.unicodeScalars)
  }

  mutating func translate() throws(PatternError) -> String {
    while let scalar = next() {
      switch scalar {
      case "\\": try escape(inClass: false)
      case "[": try characterClass()
      case "(": try group()
      case "{": brace()
      case "}", "]": put("\\\(scalar)")
      default: output.append(scalar)
      }
    }
    return String(output)
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    let index = position + offset
    return index < input.count ? input[index] : nil
  }

  private mutating func next() -> Unicode.Scalar? {
    guard position < input.count else { return nil }
    defer { position += 1 }
    return input[position]
  }

  private mutating func put(_ text: String) {
    output.append(contentsOf: text.unicodeScalars)
  }

  private mutating func group() throws(PatternError) {
    guard peek() == "?" else {
      groups += 1
      return put("(")
    }
    switch (peek(1), peek(2)) {
    case ("P", "<"):
      position += 3
      let name = try readName(until: ">")
      put("(?<\(name)>")
      groups += 1
      names.insert(name)
    case ("P", "="):
      position += 3
      let name = try readName(until: ")")
      guard names.contains(name) else { throw PatternError(reason: "it refers to a group that is not there") }
      put("\\k<\(name)>")
    case ("P", _): throw PatternError(reason: "(?P is followed neither by a name nor by a reference")
    case ("<", let following) where following != "=" && following != "!":
      throw PatternError(reason: "a named group is written (?P<name>…)")
    case ("(", _): throw PatternError(reason: "a condition on a group is not supported")
    case (":", _), ("=", _), ("!", _), (">", _), ("<", _), ("#", _):
      put("(")
    default: try inlineFlags()
    }
  }

  private mutating func readName(until end: Unicode.Scalar) throws(PatternError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = next() {
      if scalar == end {
        guard !name.isEmpty else { break }
        // ICU has no underscore in names: one spelling for each, told apart by its hexadecimal digits.
        return "g" + name.map { String($0.value, radix: 16) + "z" }.joined()
      }
      guard scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { break }
      name.append(scalar)
    }
    throw PatternError(reason: "a group's name is not complete")
  }

  /// `(?aiLmsux-imsx)` and `(?i:…)`: ICU knows i, m, s and x; a and u only choose what Python's default is here.
  private mutating func inlineFlags() throws(PatternError) {
    position += 1
    var flags = ""
    while let scalar = next() {
      switch scalar {
      case "i", "m", "s", "x", "-": flags.unicodeScalars.append(scalar)
      case "a", "u": break
      case ":":
        return put("(?\(flags):")
      case ")":
        return put(flags.isEmpty ? "" : "(?\(flags))")
      default: throw PatternError(reason: "(?\(scalar) is not a group")
      }
    }
    throw PatternError(reason: "a group is not closed")
  }

  /// A brace that is no quantifier stands for itself in Python.
  private mutating func brace() {
    var index = position
    func digits() -> String {
      var text = ""
      while index < input.count, ("0"..."9").contains(input[index]) {
        text.unicodeScalars.append(input[index])
        index += 1
      }
      return text
    }
    let low = digits()
    var quantifier = low
    if index < input.count, input[index] == "," {
      index += 1
      quantifier = (low.isEmpty ? "0" : low) + "," + digits()
    }
    if !quantifier.isEmpty, index < input.count, input[index] == "}" {
      put("{\(quantifier)}")
      position = index + 1
    } else {
      put("\\{")
    }
  }

  private mutating func characterClass() throws(PatternError) {
    put("[")
    if peek() == "^" {
      position += 1
      put("^")
    }
    var first = true
    while let scalar = next() {
      switch scalar {
      case "]" where !first: return put("]")
      case "\\": try escape(inClass: true)
      case "]", "[", "&", "{", "}": put("\\\(scalar)")
      // A doubled hyphen is a set difference to ICU, and a range or a literal to Python.
      case "-" where first || peek() == "]": put("\\-")
      case "-" where peek() == "-": put("-\\-"); position += 1
      default: output.append(scalar)
      }
      first = false
    }
    throw PatternError(reason: "a character set is not closed")
  }

  private mutating func escape(inClass: Bool) throws(PatternError) {
    guard let scalar = next() else { throw PatternError(reason: "it ends in a backslash") }
    switch scalar {
    case "d": put("\\p{Nd}")
    case "D": put("\\P{Nd}")
    case "w": put(inClass ? Self.word : "[\(Self.word)]")
    case "W": put("[^\(Self.word)]")
    case "s": put(inClass ? Self.space : "[\(Self.space)]")
    case "S": put("[^\(Self.space)]")
    case "v": put("\\x0b")
    case "a": put("\\x07")
    case "b": put(inClass ? "\\x08" : Self.boundary)
    case "f", "n", "r", "t": put("\\\(scalar)")
    case "x": try hexadecimal(digits: 2)
    case "u": try hexadecimal(digits: 4)
    case "U": try hexadecimal(digits: 8)
    case "A" where !inClass: put("\\A")
    case "B" where !inClass: put(Self.noBoundary)
    case "Z" where !inClass: put("\\z")
    case "0"..."9": try number(scalar, inClass: inClass)
    case _ where scalar.properties.isAlphabetic && scalar.isASCII:
      throw PatternError(reason: "\\\(scalar) is not an escape")
    case _ where scalar.isASCII: put("\\\(scalar)")
    default: output.append(scalar)
    }
  }

  /// Letters and numbers of Python's `str`; ICU's own `\\w` and `\\b` count marks too, and not all numbers.
  private static let word = "\\p{L}\\p{N}_"
  private static let boundary = "(?:(?<=[\(word)])(?![\(word)])|(?<![\(word)])(?=[\(word)]))"
  /// Python finds it nowhere in an empty text.
  private static let noBoundary = "(?:(?<=[\(word)])(?=[\(word)])|(?<![\(word)])(?![\(word)])(?!\\A\\z))"

  /// The white space of Python's `str`.
  private static let space = "\\t-\\r\\x1c-\\x20\\u0085\\p{Z}"

  private mutating func hexadecimal(digits: Int) throws(PatternError) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = next(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw PatternError(reason: "an escape has too few hexadecimal digits")
      }
      value = value &* 16 &+ UInt32(digit)
    }
    guard value <= 0x10FFFF else { throw PatternError(reason: "an escape is beyond Unicode") }
    put("\\x{\(String(value, radix: 16))}")
  }

  /// A reference to a group, or a character by its octal number.
  private mutating func number(_ first: Unicode.Scalar, inClass: Bool) throws(PatternError) {
    var digits = [first.value - 48]
    while digits.count < 3, let scalar = peek(), ("0"..."9").contains(scalar) {
      digits.append(scalar.value - 48)
      position += 1
    }
    let octal = digits.prefix { $0 < 8 }
    if digits[0] == 0 || inClass || octal.count == 3 {
      guard let leading = octal.first else { throw PatternError(reason: "\\\(first) is not an escape") }
      position -= digits.count - octal.count
      let value = octal.dropFirst().reduce(leading) { $0 * 8 + $1 }
      guard value <= 0o377 else { throw PatternError(reason: "an octal escape is beyond 0o377") }
      return put("\\x{\(String(value, radix: 16))}")
    }
    if digits.count == 3 {
      position -= 1
      digits.removeLast()
    }
    let group = digits.reduce(0) { $0 * 10 + $1 }
    guard group <= groups else { throw PatternError(reason: "it refers to a group that is not there") }
    // The empty group keeps a digit that follows out of the reference.
    put("\\\(group)(?:)")
  }
}
