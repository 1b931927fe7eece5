import Jinja
import OrderedCollections

/// Python's `ast.literal_eval`: what a rendered text says when it is written like a Python literal.
///
/// Numbers, strings, bytes, tuples, lists, dicts, `None`, `True` and `False`, with a sign, blanks and comments where Python takes
/// them. Sets, complex numbers and `...` have no place in a record and count as plain text.
enum PythonLiteral {
  /// The value, nil if `text` is not a literal. Nothing is allocated for a text that cannot be one.
  static func evaluate(_ text: String) -> Value? {
    if let result = text.utf8.withContiguousStorageIfAvailable({ evaluate($0) }) { return result }
    var copy = text
    return copy.withUTF8 { evaluate($0) }
  }

  static func evaluate(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
    guard mayBeLiteral(bytes) else { return nil }
    var parser = PythonLiteralParser(bytes: bytes)
    return parser.parse()
  }

  /// A quick look at the first byte, and for letters at what makes them a prefix or a keyword.
  @inline(__always)
  private static func mayBeLiteral(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    guard start < bytes.count else { return false }
    let next = start + 1 < bytes.count ? bytes[start + 1] : 0
    switch bytes[start] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "("),
      UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "#"), UInt8(ascii: "\\"), 0x0a,
      0x0c,
      0x0d:
      return true
    case UInt8(ascii: "T"), UInt8(ascii: "N"):
      let rest = start + 3 < bytes.count ? bytes[start + 3] : 0
      return rest == UInt8(ascii: "e") && (next == UInt8(ascii: "r") || next == UInt8(ascii: "o"))
    case UInt8(ascii: "F"):
      return next == UInt8(ascii: "a") && start + 4 < bytes.count && bytes[start + 4] == UInt8(ascii: "e")
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      return isQuote(next)
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "r"), UInt8(ascii: "R"):
      if isQuote(next) { return true }
      let lower = next | 0x20
      return (lower == UInt8(ascii: "b") || lower == UInt8(ascii: "r")) && start + 2 < bytes.count && isQuote(bytes[start + 2])
    default:
      return false
    }
  }

  @inline(__always)
  static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }
}

/// Reads one literal. A method gives nil as soon as the text is not a literal.
struct PythonLiteralParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth = 0

  /// Python gives up beyond this many open brackets.
  private static let maximumDepth = 200

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var next: UInt8 { position < bytes.count ? bytes[position] : 0 }
  var isAtEnd: Bool { position >= bytes.count }
  func byte(after offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

  mutating func parse() -> Value? {
    while next == 0x20 || next == 0x09 { position += 1 }
    guard !bytes.contains(0), skipLeadingLines(), let first = element() else { return nil }
    var items: [Value] = []
    skipBlanks()
    guard next == UInt8(ascii: ",") else { return endsHere() ? first : nil }
    // A tuple needs no parentheses: `1,234` is one.
    items.append(first)
    while next == UInt8(ascii: ",") {
      position += 1
      skipBlanks()
      if isAtEnd || isLineEnd(next) || next == UInt8(ascii: "#") { break }
      guard let item = element() else { return nil }
      items.append(item)
      skipBlanks()
    }
    return endsHere() ? .tuple(items) : nil
  }

  private mutating func element() -> Value? {
    skipBlanks()
    switch next {
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return signed()
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): return number(isNegative: false)
    case UInt8(ascii: "["): return list()
    case UInt8(ascii: "("): return parenthesised()
    case UInt8(ascii: "{"): return dict()
    default: return keyword() ?? strings(isBracketed: depth > 0)
    }
  }

  /// One sign, before a number that may be in parentheses.
  private mutating func signed() -> Value? {
    let isNegative = next == UInt8(ascii: "-")
    position += 1
    skipBlanks()
    var parentheses = 0
    while next == UInt8(ascii: "("), depth < Self.maximumDepth {
      position += 1
      depth += 1
      parentheses += 1
      skipBlanks()
    }
    guard (48...57).contains(next) || next == UInt8(ascii: "."), let value = number(isNegative: isNegative) else { return nil }
    for _ in 0..<parentheses {
      skipBlanks()
      guard next == UInt8(ascii: ")") else { return nil }
      position += 1
      depth -= 1
    }
    return value
  }

  private mutating func keyword() -> Value? {
    let (word, value): (StaticString, Value)
    switch next {
    case UInt8(ascii: "T"): (word, value) = ("True", .bool(true))
    case UInt8(ascii: "F"): (word, value) = ("False", .bool(false))
    case UInt8(ascii: "N"): (word, value) = ("None", .none)
    default: return nil
    }
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count, !Self.isIdentifier(byte(after: count)) else { return nil }
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<(position + count)]) }
    guard matches else { return nil }
    position += count
    return .some(value)
  }

  static func isIdentifier(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (48...57).contains(byte) || (97...122).contains(byte | 0x20)
  }
}

// MARK: - Containers

extension PythonLiteralParser {
  private mutating func open() -> Bool {
    guard depth < Self.maximumDepth else { return false }
    depth += 1
    position += 1
    skipBlanks()
    return true
  }

  private mutating func close(_ bracket: UInt8) -> Bool {
    skipBlanks()
    guard next == bracket else { return false }
    position += 1
    depth -= 1
    return true
  }

  private mutating func list() -> Value? {
    guard open(), let items = items(until: UInt8(ascii: "]")), close(UInt8(ascii: "]")) else { return nil }
    return .list(ListObject(frozen: items.values))
  }

  private mutating func parenthesised() -> Value? {
    guard open(), let items = items(until: UInt8(ascii: ")")), close(UInt8(ascii: ")")) else { return nil }
    if items.values.count == 1, !items.hasComma { return items.values.first }
    return .tuple(items.values)
  }

  private mutating func items(until bracket: UInt8) -> (values: [Value], hasComma: Bool)? {
    var values: [Value] = []
    var hasComma = false
    while next != bracket {
      guard let item = element() else { return nil }
      values.append(item)
      skipBlanks()
      guard next == UInt8(ascii: ",") else { break }
      hasComma = true
      position += 1
      skipBlanks()
    }
    return (values, hasComma)
  }

  private mutating func dict() -> Value? {
    guard open() else { return nil }
    var storage: OrderedDictionary<DictKey, Value> = [:]
    while next != UInt8(ascii: "}") {
      guard let key = element(), let hashed = try? DictKey(key) else { return nil }
      skipBlanks()
      guard next == UInt8(ascii: ":") else { return nil }
      position += 1
      guard let value = element() else { return nil }
      storage[hashed] = value
      skipBlanks()
      guard next == UInt8(ascii: ",") else { break }
      position += 1
      skipBlanks()
    }
    return close(UInt8(ascii: "}")) ? .dict(DictObject(frozen: storage)) : nil
  }
}

// MARK: - Blanks

extension PythonLiteralParser {
  func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

  private mutating func skipLineEnd() { position += next == 0x0d && byte(after: 1) == 0x0a ? 2 : 1 }

  private mutating func skipComment() {
    while !isAtEnd, !isLineEnd(next) { position += 1 }
  }

  /// Blanks between tokens; inside brackets also line ends and comments.
  mutating func skipBlanks() {
    while !isAtEnd {
      switch next {
      case 0x20, 0x09, 0x0c: position += 1
      case 0x0a, 0x0d:
        guard depth > 0 else { return }
        skipLineEnd()
      case UInt8(ascii: "#"):
        guard depth > 0 else { return }
        skipComment()
      case UInt8(ascii: "\\"):
        // A line that is continued; at the very end there is nothing to continue with.
        guard isLineEnd(byte(after: 1)) else { return }
        let width = byte(after: 1) == 0x0d && byte(after: 2) == 0x0a ? 3 : 2
        guard position + width < bytes.count else { return }
        position += width
      default: return
      }
    }
  }

  /// Empty and comment lines before the literal, which must not be indented.
  private mutating func skipLeadingLines() -> Bool {
    var isIndented = false
    while !isAtEnd {
      switch next {
      case 0x0a, 0x0d:
        skipLineEnd()
        isIndented = false
      case UInt8(ascii: "#"): skipComment()
      case 0x0c:
        isIndented = false
        position += 1
      case 0x20, 0x09:
        isIndented = true
        position += 1
      case UInt8(ascii: "\\") where isLineEnd(byte(after: 1)):
        position += byte(after: 1) == 0x0d && byte(after: 2) == 0x0a ? 3 : 2
      default: return !isIndented
      }
    }
    return false
  }

  /// Whether only blanks, comments and empty lines follow.
  private mutating func endsHere() -> Bool {
    skipBlanks()
    if next == UInt8(ascii: "#") { skipComment() }
    if isAtEnd { return true }
    guard isLineEnd(next) else { return false }
    while !isAtEnd {
      guard isLineEnd(next) else { return false }
      skipLineEnd()
      var isIndented = false
      while next == 0x20 || next == 0x09 || next == 0x0c {
        isIndented = next != 0x0c
        position += 1
      }
      while next == UInt8(ascii: "\\"), isLineEnd(byte(after: 1)) {
        let width = byte(after: 1) == 0x0d && byte(after: 2) == 0x0a ? 3 : 2
        guard position + width < bytes.count else { return false }
        position += width
        if next == 0x0c { position += 1 }
      }
      // Blanks at the start of a last line without an end count as an indentation.
      if isAtEnd { return !isIndented }
      if next == UInt8(ascii: "#") { skipComment() }
    }
    return true
  }
}
