/// Reads a pattern of Python's `re` (3.11, of `str`) and writes what PCRE2 understands by the same.
///
/// It refuses what Python refuses. What differs between the two is resolved here: the flags that hold at each place, what
/// `\w`, `\s` and `\d` are, which characters are the same without regard to case, names of groups, and bare braces.
struct PatternTranslator {
  /// A part of the pattern as PCRE2 writes it.
  struct Part {
    var text = ""
    var width = PatternWidth.none
    /// Whether it is one item to PCRE2, which repeats it without copies.
    var isSingle = false
  }

  private(set) var groupCount = 0
  private(set) var groupNames: [String: Int] = [:]
  private var flags: PatternFlags
  private var scanner: PatternScanner

  private var depth = 0
  /// The widths of the groups that are closed, by their numbers.
  private var widths: [Int: PatternWidth] = [:]
  /// How many groups there were where the outermost look-behind began; nil outside of one.
  private var groupsBeforeLookBehind: Int?
  /// The greatest group that a condition asks for, which may come later.
  private var greatestCondition = 0

  /// Groups can be nested this deep.
  private static let greatestDepth = 200
  /// PCRE2 counts repetitions up to here.
  private static let greatestCount = 65_535

  /// Why reading ends before the pattern does.
  enum Stop: Error {
    case refused(PatternError)
    /// The flag `x` holds for the whole pattern, and so for what was read before.
    case verbose

    static func fault(_ reason: String) -> Stop { .refused(PatternError(reason)) }
  }

  /// A pattern as PCRE2 writes it, how many groups it has, and the numbers of those with names.
  typealias Translation = (text: String, groupCount: Int, groupNames: [String: Int])

  static func translate(_ source: String, ignoreCase: Bool = false) throws(PatternError) -> Translation {
    var flags: PatternFlags = ignoreCase ? .ignoreCase : []
    while true {
      var translator = PatternTranslator(flags: flags, scanner: PatternScanner(source))
      do throws(Stop) {
        return (try translator.readWhole().text, translator.groupCount, translator.groupNames)
      } catch {
        switch error {
        case .refused(let error): throw error
        case .verbose: flags.insert(.verbose)
        }
      }
    }
  }

  private init(flags: PatternFlags, scanner: PatternScanner) {
    self.flags = flags
    self.scanner = scanner
  }

  private mutating func readWhole() throws(Stop) -> Part {
    let whole = try readChoice(isOutermost: true)
    if !scanner.isAtEnd { throw .fault("a parenthesis is closed that was not opened") }
    if greatestCondition > groupCount { throw .fault("it has no group \(greatestCondition)") }
    return whole
  }

  // MARK: Alternatives and sequences

  private mutating func readChoice(isOutermost: Bool = false) throws(Stop) -> Part {
    var choice = try readSequence(mayHoldFlags: isOutermost)
    while scanner.take("|") {
      let next = try readSequence(mayHoldFlags: false)
      choice = Part(text: "\(choice.text)|\(next.text)", width: choice.width.or(next.width))
    }
    return choice
  }

  /// What was read last, to which a repetition applies.
  private enum Kind { case anchor, repetition, other }

  private mutating func readSequence(mayHoldFlags: Bool) throws(Stop) -> Part {
    var read = Part()
    var last: (part: Part, kind: Kind)?
    while let scalar = scanner.peek(), scalar != "|", scalar != ")" {
      scanner.skip()
      if flags.contains(.verbose), scanner.skipsInVerbose(scalar) { continue }
      if let bounds = try repetition(scalar) {
        guard let (part, kind) = last, kind != .anchor else { throw .fault("there is nothing to repeat") }
        if kind == .repetition { throw .fault("a repetition is repeated") }
        last = (repeated(part, bounds), .repetition)
        continue
      }
      let item: (part: Part, kind: Kind)
      switch scalar {
      case "\\": item = try readEscape()
      case "[": item = (.single(try readSet().written(flags)), .other)
      case ".": item = (.single(flags.contains(.dotAll) ? "\\p{Any}" : "\\N"), .other)
      case "^": item = (Part(text: flags.contains(.multiline) ? "(?m:^)" : "\\A"), .anchor)
      case "$": item = (Part(text: flags.contains(.multiline) ? "(?m:$)" : "$"), .anchor)
      case "(":
        guard let group = try readGroup(mayHoldFlags: mayHoldFlags && last == nil) else { continue }
        item = (group, .other)
      default: item = (.single(text(of: scalar.value)), .other)
      }
      if let last { read.append(last.part) }
      last = item
    }
    if let last { read.append(last.part) }
    return read
  }

  // MARK: Repetitions

  private typealias Bounds = (least: Int, most: Int?)

  /// The bounds of the repetition that begins with `scalar`; nil if it is not one, as a brace that means itself.
  private mutating func repetition(_ scalar: Unicode.Scalar) throws(Stop) -> Bounds? {
    switch scalar {
    case "*": return (0, nil)
    case "+": return (1, nil)
    case "?": return (0, 1)
    case "{":
      let start = scanner.position
      let low = scanner.digits()
      let isRange = scanner.take(",")
      let high = isRange ? scanner.digits() : low
      guard scanner.take("}"), isRange || !low.isEmpty else {
        scanner.position = start
        return nil
      }
      let (least, most) = (try count(low) ?? 0, try count(high))
      if let most, most < least { throw .fault("a repetition's lower bound is above its upper one") }
      return (least, most)
    default: return nil
    }
  }

  private func count(_ digits: String) throws(Stop) -> Int? {
    if digits.isEmpty { return nil }
    guard let count = Int(digits), count <= Self.greatestCount else {
      throw .fault("a repetition counts beyond \(Self.greatestCount)")
    }
    return count
  }

  private mutating func repeated(_ part: Part, _ bounds: Bounds) -> Part {
    let mark = scanner.take("?") ? "?" : scanner.take("+") ? "+" : ""
    let width = part.width.repeated(bounds.least, bounds.most)
    guard part.width.most == 0, bounds.most != 0 else {
      let item = part.isSingle ? part.text : "(?:\(part.text))"
      return Part(text: "\(item){\(bounds.least),\(bounds.most.map(String.init) ?? "")}\(mark)", width: width)
    }
    // What matches no character is there once or not at all; PCRE2 takes no repetition of it in a look-behind.
    let opening = mark == "+" ? "(?>" : "(?:"
    if bounds.least > 0 { return Part(text: "\(opening)\(part.text))", width: width) }
    return Part(text: mark == "?" ? "(?:|\(part.text))" : "\(opening)\(part.text)|)", width: width)
  }

  // MARK: Characters

  private func text(of value: UInt32) -> String {
    guard let scalar = Unicode.Scalar(value) else { return "(?!)" }
    if flags.contains(.ignoreCase) {
      let variants = CaseClasses.variants(of: scalar, ascii: flags.contains(.ascii))
      if variants.count > 1 { return "[" + variants.map { "\\x{\(String($0.value, radix: 16))}" }.joined() + "]" }
    }
    let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    return isPlain ? String(scalar) : "\\x{\(String(value, radix: 16))}"
  }

  private mutating func readEscape() throws(Stop) -> (Part, Kind) {
    switch try scanner.escape() {
    case .category(let category): return (.single(PatternSet(category).written(flags)), .other)
    case .scalar(let value): return (.single(text(of: value)), .other)
    case .textStart: return (Part(text: "\\A"), .anchor)
    case .textEnd: return (Part(text: "\\z"), .anchor)
    case .boundary:
      let word = PatternSet(.word).written(flags)
      return (Part(text: "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"), .anchor)
    case .noBoundary:
      // Python finds it nowhere in an empty text.
      let word = PatternSet(.word).written(flags)
      return (Part(text: "(?:(?<=\(word))(?=\(word))|(?<!\(word))(?!\(word))(?!\\A\\z))"), .anchor)
    case .group(let number): return (try reference(to: number), .other)
    }
  }

  /// What was matched by a group that is closed already.
  private func reference(to number: Int) throws(Stop) -> Part {
    guard number <= groupCount else { throw .fault("it has no group \(number) at this place") }
    guard let width = widths[number] else { throw .fault("it refers to the group \(number) within that group") }
    try refuseInLookBehind(number)
    let text = "\\g{\(number)}"
    return Part(text: flags.contains(.ignoreCase) ? "(?i:\(text))" : text, width: width)
  }

  private func refuseInLookBehind(_ number: Int) throws(Stop) {
    if let groupsBeforeLookBehind, number > groupsBeforeLookBehind {
      throw .fault("a look-behind refers to a group of its own")
    }
  }

  // MARK: Sets

  private mutating func readSet() throws(Stop) -> PatternSet {
    var set = PatternSet()
    set.isNegated = scanner.take("^")
    var isFirst = true
    while let scalar = scanner.next() {
      if scalar == "]", !isFirst { return set }
      isFirst = false
      let low = try member(scalar)
      guard scanner.peek() == "-", let end = scanner.peek(1), end != "]" else {
        switch low {
        case .scalar(let value): set.insert(value...value)
        case .category(let category): set.insert(category)
        default: break
        }
        continue
      }
      scanner.skip()
      scanner.skip()
      guard case .scalar(let lower) = low, case .scalar(let upper) = try member(end), lower <= upper else {
        throw .fault("a set has a range that does not go upwards")
      }
      set.insert(lower...upper)
    }
    throw .fault("a set is not closed")
  }

  private mutating func member(_ scalar: Unicode.Scalar) throws(Stop) -> PatternScanner.Escape {
    scalar == "\\" ? try scanner.escapeInSet() : .scalar(scalar.value)
  }

  // MARK: Groups

  /// Reads what follows an opening parenthesis; nil for a comment, and for flags of the whole pattern.
  private mutating func readGroup(mayHoldFlags: Bool) throws(Stop) -> Part? {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.greatestDepth { throw .fault("its groups are nested too deeply") }
    guard scanner.take("?") else { return try capture(named: nil) }
    guard let mark = scanner.next() else { throw .fault("it ends within a group's beginning") }
    switch mark {
    case ":": return try enclosed("(?:")
    case ">": return try enclosed("(?>")
    case "#":
      while let scalar = scanner.next(), scalar != ")" {}
      guard scanner.previous == ")" else { throw .fault("a comment is not closed") }
      return nil
    case "P":
      if scanner.take("<") { return try capture(named: scanner.name(until: ">")) }
      guard scanner.take("=") else { throw .fault("(?P is followed neither by a name nor by a reference") }
      let name = try scanner.name(until: ")")
      guard let number = groupNames[name] else { throw .fault("it has no group '\(name)' at this place") }
      return try reference(to: number)
    case "=": return try look("(?=")
    case "!": return try look("(?!")
    case "<":
      if scanner.take("=") { return try lookBehind("(?<=") }
      if scanner.take("!") { return try lookBehind("(?<!") }
      throw .fault("a named group is written (?P<name>…)")
    case "(": return try condition()
    default: return try flagged(first: mark, mayHoldFlags: mayHoldFlags)
    }
  }

  private mutating func enclosed(_ opening: String) throws(Stop) -> Part {
    let outer = flags
    defer { flags = outer }
    let inner = try readChoice()
    try close()
    return Part(text: "\(opening)\(inner.text))", width: inner.width)
  }

  private mutating func close() throws(Stop) {
    guard scanner.take(")") else { throw .fault("a parenthesis is not closed") }
  }

  private mutating func capture(named name: String?) throws(Stop) -> Part {
    groupCount += 1
    let number = groupCount
    if let name, groupNames.updateValue(number, forKey: name) != nil { throw .fault("it has two groups '\(name)'") }
    let part = try enclosed("(")
    widths[number] = part.width
    return part
  }

  private mutating func look(_ opening: String) throws(Stop) -> Part { Part(text: try enclosed(opening).text) }

  private mutating func lookBehind(_ opening: String) throws(Stop) -> Part {
    let outer = groupsBeforeLookBehind
    groupsBeforeLookBehind = outer ?? groupCount
    let part = try enclosed(opening)
    groupsBeforeLookBehind = outer
    guard part.width.isFixed else { throw .fault("a look-behind has no fixed width") }
    return Part(text: part.text)
  }

  /// `(?(1)yes|no)`.
  private mutating func condition() throws(Stop) -> Part {
    let number: Int
    if let digits = scanner.number(until: ")") {
      guard let value = Int(digits), value > 0, value <= Self.greatestCount else { throw .fault("a condition names no group") }
      number = value
      greatestCondition = max(greatestCondition, number)
    } else {
      let name = try scanner.name(until: ")")
      guard let known = groupNames[name] else { throw .fault("it has no group '\(name)' at this place") }
      number = known
    }
    try refuseInLookBehind(number)
    let yes = try readSequence(mayHoldFlags: false)
    let no = scanner.take("|") ? try readSequence(mayHoldFlags: false) : Part()
    if scanner.peek() == "|" { throw .fault("a condition has more than two branches") }
    try close()
    return Part(text: "(?(\(number))\(yes.text)|\(no.text))", width: yes.width.or(no.width))
  }

  /// `(?i)` for the whole pattern, or `(?i-s:…)`.
  private mutating func flagged(first: Unicode.Scalar, mayHoldFlags: Bool) throws(Stop) -> Part? {
    let change = try scanner.flags(first: first)
    guard change.isScoped else {
      if !mayHoldFlags { throw .fault("flags of the whole pattern must be at its start") }
      if change.added.contains(.verbose), !flags.contains(.verbose) { throw .verbose }
      flags.formUnion(change.added)
      return nil
    }
    let outer = flags
    defer { flags = outer }
    flags.formUnion(change.added)
    flags.subtract(change.removed)
    if change.isUnicode { flags.remove(.ascii) }
    return try enclosed("(?:")
  }
}

extension PatternTranslator.Part {
  fileprivate static func single(_ text: String) -> Self { Self(text: text, width: .one, isSingle: true) }

  fileprivate mutating func append(_ next: Self) {
    text += next.text
    width = width.followed(by: next.width)
  }
}
