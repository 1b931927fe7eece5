/// Walks over a pattern's characters and reads its smallest parts: escapes, numbers, names and flags.
struct PatternScanner {
  typealias Stop = PatternTranslator.Stop

  var position = 0
  private let source: [Unicode.Scalar]

  init(_ source: String) { self.source = Array(source.unicodeScalars) }

  var isAtEnd: Bool { position >= source.count }
  var previous: Unicode.Scalar? { position > 0 ? source[position - 1] : nil }

  func peek(_ offset: Int = 0) -> Unicode.Scalar? { position + offset < source.count ? source[position + offset] : nil }

  mutating func skip() { position += 1 }

  mutating func next() -> Unicode.Scalar? {
    guard position < source.count else { return nil }
    defer { position += 1 }
    return source[position]
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    position += 1
    return true
  }

  mutating func digits() -> String {
    var digits = ""
    while let scalar = peek(), ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    return digits
  }

  /// Whether `scalar`, which was just read, is white space or begins a comment, which ends with its line.
  mutating func skipsInVerbose(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "#" {
      while let next = next(), next != "\n" {}
      return true
    }
    return " \t\n\r\u{b}\u{c}".unicodeScalars.contains(scalar)
  }

  // MARK: Escapes

  enum Escape {
    case scalar(UInt32)
    case category(PatternSet.Category)
    case textStart, textEnd, boundary, noBoundary
    case group(Int)
  }

  /// What follows a backslash outside of a set.
  mutating func escape() throws(Stop) -> Escape {
    guard let scalar = next() else { throw .fault("it ends in a backslash") }
    switch scalar {
    case "A": return .textStart
    case "Z": return .textEnd
    case "b": return .boundary
    case "B": return .noBoundary
    case "0": return .scalar(octal(from: 0, atMost: 2))
    case "1"..."9": return try groupOrOctal(scalar)
    default: return try common(scalar)
    }
  }

  /// What follows a backslash in a set.
  mutating func escapeInSet() throws(Stop) -> Escape {
    guard let scalar = next() else { throw .fault("a set is not closed") }
    switch scalar {
    case "b": return .scalar(8)
    case "0"..."7":
      let value = octal(from: scalar.value - 48, atMost: 2)
      if value > 0o377 { throw .fault("an octal escape is beyond 0o377") }
      return .scalar(value)
    case "8", "9": throw .fault("\\\(scalar) is not an escape")
    default: return try common(scalar)
    }
  }

  private mutating func common(_ scalar: Unicode.Scalar) throws(Stop) -> Escape {
    switch scalar {
    case "d": return .category(.digit)
    case "D": return .category(.noDigit)
    case "s": return .category(.space)
    case "S": return .category(.noSpace)
    case "w": return .category(.word)
    case "W": return .category(.noWord)
    case "a": return .scalar(7)
    case "t": return .scalar(9)
    case "n": return .scalar(10)
    case "v": return .scalar(11)
    case "f": return .scalar(12)
    case "r": return .scalar(13)
    case "x": return .scalar(try hexadecimal(2))
    case "u": return .scalar(try hexadecimal(4))
    case "U": return .scalar(try hexadecimal(8))
    case "N": return .scalar(try named())
    case "a"..."z", "A"..."Z": throw .fault("\\\(scalar) is not an escape")
    default: return .scalar(scalar.value)
    }
  }

  /// Goes on with a number in octal digits.
  mutating func octal(from first: UInt32, atMost count: Int) -> UInt32 {
    var value = first
    for _ in 0..<count {
      guard let digit = peek(), ("0"..."7").contains(digit) else { break }
      value = value * 8 + digit.value - 48
      position += 1
    }
    return value
  }

  /// Three octal digits are a character, one or two digits a group.
  private mutating func groupOrOctal(_ first: Unicode.Scalar) throws(Stop) -> Escape {
    guard let second = peek(), ("0"..."9").contains(second) else { return .group(Int(first.value) - 48) }
    if let third = peek(1), [first, second, third].allSatisfy({ ("0"..."7").contains($0) }) {
      let value = octal(from: first.value - 48, atMost: 2)
      if value > 0o377 { throw .fault("an octal escape is beyond 0o377") }
      return .scalar(value)
    }
    position += 1
    return .group(Int(first.value - 48) * 10 + Int(second.value - 48))
  }

  private mutating func hexadecimal(_ count: Int) throws(Stop) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = peek(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw .fault("an escape has too few hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    if value > 0x10FFFF { throw .fault("an escape is beyond Unicode") }
    return value
  }

  /// `\N{EM DASH}`.
  private mutating func named() throws(Stop) -> UInt32 {
    guard take("{") else { throw .fault("\\N is followed by no name") }
    let name = try text(until: "}").uppercased()
    let found = (UInt32(0)...0x10FFFF).first { value in
      guard let properties = Unicode.Scalar(value)?.properties else { return false }
      return properties.name == name || properties.nameAlias == name
    }
    guard let found else { throw .fault("no character is called '\(name)'") }
    return found
  }

  // MARK: Names, numbers, flags

  /// What is before the next `end`; nil if that is nothing.
  mutating func take(until end: Unicode.Scalar) -> String? {
    guard position < source.count, let close = source[position...].firstIndex(of: end), close > position else { return nil }
    defer { position = close + 1 }
    return String(String.UnicodeScalarView(source[position..<close]))
  }

  private mutating func text(until end: Unicode.Scalar) throws(Stop) -> String {
    guard let text = take(until: end) else { throw .fault("a name is not complete") }
    return text
  }

  mutating func name(until end: Unicode.Scalar) throws(Stop) -> String {
    let name = try text(until: end)
    let isIdentifier = name.unicodeScalars.enumerated().allSatisfy { index, scalar in
      scalar == "_" || scalar.properties.isXIDStart || (index > 0 && scalar.properties.isXIDContinue)
    }
    guard isIdentifier else { throw .fault("'\(name)' is not a name") }
    return name
  }

  /// The digits up to `end`; nil if something else is there.
  mutating func number(until end: Unicode.Scalar) -> String? {
    let start = position
    let digits = digits()
    if !digits.isEmpty, take(end) { return digits }
    position = start
    return nil
  }

  struct FlagChange {
    var added: PatternFlags = []
    var removed: PatternFlags = []
    var isUnicode = false
    /// Whether the flags hold within a group only.
    var isScoped = false
  }

  mutating func flags(first: Unicode.Scalar) throws(Stop) -> FlagChange {
    var change = FlagChange()
    var scalar: Unicode.Scalar? = first
    while let letter = scalar, letter != "-", letter != ":", letter != ")" {
      switch letter {
      case "a", "u":
        if change.isUnicode != (letter == "u") && (change.isUnicode || change.added.contains(.ascii)) {
          throw .fault("the flags 'a' and 'u' exclude each other")
        }
        if letter == "a" { change.added.insert(.ascii) } else { change.isUnicode = true }
      case "L": throw .fault("the flag 'L' is for patterns of bytes")
      default: change.added.insert(try flag(letter))
      }
      scalar = next()
    }
    if scalar == ")" { return change }
    change.isScoped = true
    if scalar == "-" {
      scalar = next()
      guard scalar != ":" else { throw .fault("no flag follows the hyphen") }
      while let letter = scalar, letter != ":" {
        change.removed.insert(try flag(letter))
        scalar = next()
      }
    }
    guard scalar == ":" else { throw .fault("a group's flags are not complete") }
    if !change.added.isDisjoint(with: change.removed) { throw .fault("a flag is both set and removed") }
    return change
  }

  private func flag(_ letter: Unicode.Scalar) throws(Stop) -> PatternFlags {
    switch letter {
    case "i": .ignoreCase
    case "m": .multiline
    case "s": .dotAll
    case "x": .verbose
    default: throw .fault("'\(letter)' is not a flag")
    }
  }
}
