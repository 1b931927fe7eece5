/// A text, or what a part of it says when an encoding is undone; each byte knows the bytes of the text that it came from.
struct EncodedView: Hashable {
  private(set) var bytes: [UInt8] = []
  private var origins: [Range<Int>] = []
  /// Whether the last byte stands at the end of the text.
  private(set) var reachesEnd = true

  static func == (left: EncodedView, right: EncodedView) -> Bool {
    left.bytes == right.bytes && left.origins == right.origins && left.reachesEnd == right.reachesEnd
  }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  init(_ text: [UInt8]) {
    bytes = text
    origins = text.indices.map { $0..<($0 + 1) }
  }

  private init(reachesEnd: Bool) { self.reachesEnd = reachesEnd }

  private mutating func append(_ byte: UInt8, from origin: Range<Int>) {
    bytes.append(byte)
    origins.append(origin)
  }

  /// The range of the text that `range` of this view came from.
  func origin(of range: Range<Int>) -> Range<Int> {
    guard let first = range.first, let last = range.last else { return 0..<0 }
    return origins[first].lowerBound..<origins[last].upperBound
  }

  /// Whether all is printable ASCII, as in the `user:password` of basic authentication.
  var isPlainText: Bool { bytes.allSatisfy { (0x20..<0x7F).contains($0) } }

  /// Whether it may be a text at all: without control characters.
  var isText: Bool { bytes.allSatisfy { $0 >= 0x20 || (0x08...0x0D).contains($0) } }

  /// The view with backslash escapes, URL quoting or HTML entities undone, each where it has any.
  var withoutEscapes: [EncodedView] {
    [
      decoded("\\", longest: 12, Self.backslashEscape), decoded("%", longest: 3, Self.percentEscape),
      decoded("+", longest: 3, Self.formEscape), decoded("&", longest: 8, Self.entity),
    ].compactMap { $0 }
  }

  /// An escape at the beginning of a slice: what it stands for, and its length.
  private typealias Escape = (ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)?

  /// The view with the escapes undone that `escape` knows; nil where there is none, as without the character `sign`.
  private func decoded(_ sign: Unicode.Scalar, longest: Int, _ escape: Escape) -> EncodedView? {
    guard bytes.contains(UInt8(ascii: sign)) else { return nil }
    var view = EncodedView(reachesEnd: reachesEnd)
    let start = UInt8(ascii: sign == "+" ? "%" : sign)
    var isChanged = false
    var index = 0
    while index < bytes.count {
      if let (plain, length) = escape(bytes[index...]) {
        isChanged = true
        let source = origin(of: index..<(index + length))
        for byte in plain { view.append(byte, from: source) }
        index += length
      } else if reachesEnd, bytes.count - index < longest, bytes[index] == start {
        // An escape that was cut: what stands before it is the end.
        isChanged = true
        break
      } else {
        view.append(bytes[index], from: origins[index])
        index += 1
      }
    }
    return isChanged ? view : nil
  }

  /// An escape of JSON or of Python's `repr`.
  private static func backslashEscape(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    let start = rest.startIndex
    guard rest.first == UInt8(ascii: "\\"), rest.count > 1 else { return nil }
    switch rest[start + 1] {
    case UInt8(ascii: "n"): return ([0x0A], 2)
    case UInt8(ascii: "r"): return ([0x0D], 2)
    case UInt8(ascii: "t"): return ([0x09], 2)
    case UInt8(ascii: "b"): return ([0x08], 2)
    case UInt8(ascii: "f"): return ([0x0C], 2)
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"): return ([rest[start + 1]], 2)
    case UInt8(ascii: "x"): return number(rest, at: 2, digits: 2).map { (utf8($0), 4) }
    case UInt8(ascii: "u"):
      guard let high = number(rest, at: 2, digits: 4) else { return nil }
      guard (0xD800..<0xDC00).contains(high) else { return (utf8(high), 6) }
      guard rest.dropFirst(6).starts(with: Array("\\u".utf8)), let low = number(rest, at: 8, digits: 4),
        (0xDC00..<0xE000).contains(low)
      else { return nil }
      return (utf8(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), 12)
    default: return nil
    }
  }

  private static func percentEscape(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    guard rest.first == UInt8(ascii: "%"), let number = number(rest, at: 1, digits: 2) else { return nil }
    return ([UInt8(truncatingIfNeeded: number)], 3)
  }

  /// URL quoting in which a plus stands for a space.
  private static func formEscape(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    rest.first == UInt8(ascii: "+") ? ([0x20], 1) : percentEscape(rest)
  }

  private static let namedEntities: [(name: [UInt8], plain: UInt8)] = [
    (Array("&amp;".utf8), UInt8(ascii: "&")), (Array("&lt;".utf8), UInt8(ascii: "<")), (Array("&gt;".utf8), UInt8(ascii: ">")),
    (Array("&quot;".utf8), UInt8(ascii: "\"")), (Array("&apos;".utf8), UInt8(ascii: "'")),
  ]

  private static func entity(_ rest: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    guard rest.first == UInt8(ascii: "&") else { return nil }
    for (name, plain) in namedEntities where rest.starts(with: name) { return ([plain], name.count) }
    guard let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")), rest.dropFirst().first == UInt8(ascii: "#") else {
      return nil
    }
    let digits = String(decoding: rest[(rest.startIndex + 2)..<end], as: UTF8.self)
    let isHex = digits.lowercased().hasPrefix("x")
    guard let number = Int(isHex ? String(digits.dropFirst()) : digits, radix: isHex ? 16 : 10) else { return nil }
    return (utf8(number), end + 1 - rest.startIndex)
  }

  private static func number(_ rest: ArraySlice<UInt8>, at offset: Int, digits: Int) -> Int? {
    let text = rest.dropFirst(offset).prefix(digits)
    guard text.count == digits, text.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
    return Int(String(decoding: text, as: UTF8.self), radix: 16)
  }

  private static func utf8(_ number: Int) -> [UInt8] {
    guard let number = UInt32(exactly: number), let scalar = Unicode.Scalar(number) else { return [] }
    return Array(String(Character(scalar)).utf8)
  }

  // MARK: Base64

  /// What the runs of base64 in the view say, read from each of the four places where a group may begin.
  var base64Runs: [EncodedView] {
    var views: [EncodedView] = []
    var index = 0
    while index < bytes.count {
      let start = index
      while index < bytes.count, Self.sextet(bytes[index]) != nil { index += 1 }
      if index - start >= 4 {
        for shift in 0..<4 where index - start - shift >= 4 { views.append(base64((start + shift)..<index)) }
      }
      index += 1
    }
    return views
  }

  private func base64(_ range: Range<Int>) -> EncodedView {
    var view = EncodedView(reachesEnd: reachesEnd && range.upperBound == bytes.count)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      let group = start..<min(start + 4, range.upperBound)
      var bits = 0
      for index in group { bits = bits << 6 | Int(Self.sextet(bytes[index]) ?? 0) }
      bits <<= 6 * (4 - group.count)
      var source = origin(of: group)
      // The padding goes with its group.
      if group.count < 4, group.upperBound < bytes.count, bytes[group.upperBound] == UInt8(ascii: "=") {
        source = source.lowerBound..<origins[group.upperBound].upperBound
      }
      for offset in 0..<(group.count - 1) { view.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * offset)), from: source) }
    }
    return view
  }

  /// The value of a character of base64, in its usual or its URL-safe alphabet.
  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
