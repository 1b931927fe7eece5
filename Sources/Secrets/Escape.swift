/// An escape at a place of a text, in any of the usual ways: what it means, and how long it is.
struct Escape {
  enum Meaning {
    case nothing
    case byte(UInt8)
    /// A character's bytes, each of which was escaped.
    case bytes([UInt8])
    case scalar(Unicode.Scalar)
    case text(String)
  }

  let meaning: Meaning
  let length: Int
  /// Whether it says where it ends: else there may have been more of it where a text was cut.
  private(set) var isWhole = true

  private static let signs: [Bool] = (0...255).map { [0, 0x5C, 0x25, 0x26, 0xE2, 0xEF, 0xC2, 0x78, 0x58].contains($0) }

  /// Whether an escape may begin with `byte`.
  @inline(__always) static func mayBegin(_ byte: UInt8) -> Bool { signs[Int(byte)] }

  private init(_ meaning: Meaning, _ length: Int) {
    self.meaning = meaning
    self.length = length
  }

  private init(number: Int, _ length: Int) {
    self.init(Unicode.Scalar(UInt32(clamping: number)).map { $0.value == 0 ? .nothing : .scalar($0) } ?? .nothing, length)
  }

  init?(in bytes: [UInt8], at index: Int) {
    let escape: Escape?
    switch bytes[index] {
    case 0: escape = Escape(.nothing, 1)
    case UInt8(ascii: "\\"): escape = Self.backslash(bytes, index)
    case UInt8(ascii: "%"): escape = Self.percent(bytes, index)
    case UInt8(ascii: "&"): escape = Self.entity(bytes, index)
    case UInt8(ascii: "x"), UInt8(ascii: "X"): escape = Self.hostLabel(bytes, index)
    default: escape = Self.invisible(bytes, index)
    }
    guard let escape else { return nil }
    self = escape
  }

  /// What has no width: joiners, soft hyphens, byte order marks.
  private static func invisible(_ bytes: [UInt8], _ index: Int) -> Escape? {
    let second = index + 1 < bytes.count ? bytes[index + 1] : 0
    let third = index + 2 < bytes.count ? bytes[index + 2] : 0
    switch (bytes[index], second, third) {
    case (0xC2, 0xAD, _): return Escape(.nothing, 2)
    case (0xE2, 0x80, 0x8B...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA0...0xAF), (0xEF, 0xBB, 0xBF):
      return Escape(.nothing, 3)
    default: return nil
    }
  }

  // MARK: Numbers

  /// The number that begins at `index`: as many digits as there are, from `least` to `most` of them.
  private static func number(
    _ bytes: [UInt8], _ index: Int, radix: Int, least: Int, most: Int
  ) -> (value: Int, end: Int)? {
    var value = 0
    var end = index
    while end < bytes.count, end - index < most, let digit = bytes[end].hexDigit, Int(digit) < radix {
      value = min(value * radix + Int(digit), 0x11_0000)
      end += 1
    }
    return end - index < least ? nil : (value, end)
  }

  /// A character of UTF-16 in one escape or two.
  /// - Parameter mark: how many bytes come before each four digits, as in `\u`.
  private static func utf16(_ bytes: [UInt8], _ index: Int, mark: Int) -> Escape? {
    guard let (high, end) = number(bytes, index + mark, radix: 16, least: 4, most: 4) else { return nil }
    guard (0xD800..<0xDC00).contains(high), end + mark <= bytes.count,
      bytes[end..<(end + mark)].elementsEqual(bytes[index..<(index + mark)]),
      let (low, lowEnd) = number(bytes, end + mark, radix: 16, least: 4, most: 4), (0xDC00..<0xE000).contains(low)
    else { return Escape(number: high, end - index) }
    return Escape(number: 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), lowEnd - index)
  }

  /// Bytes from 0x80 on are a character of UTF-8 where enough of them follow, else one of Latin-1 each.
  private static func byte(_ first: Int, _ end: Int, _ index: Int, next: (Int) -> (value: Int, end: Int)?) -> Escape {
    let count = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0
    guard count > 0, first < 0xF5 else { return Escape(number: first, end - index) }
    var found = [UInt8(truncatingIfNeeded: first)]
    var position = end
    for _ in 0..<count {
      guard let (value, end) = next(position), (0x80..<0xC0).contains(value) else { return Escape(number: first, end - index) }
      found.append(UInt8(truncatingIfNeeded: value))
      position = end
    }
    return Escape(.bytes(found), position - index)
  }

  // MARK: Kinds

  /// An escape of JSON, JavaScript, Python, C, PHP or a shell.
  private static func backslash(_ bytes: [UInt8], _ index: Int) -> Escape? {
    guard index + 1 < bytes.count else { return nil }
    /// The number of the escape at `position`, which has a letter unless it is octal.
    func value(at position: Int, _ letter: UInt8?, radix: Int, digits: ClosedRange<Int>) -> (value: Int, end: Int)? {
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), letter == nil || bytes[position + 1] == letter
      else {
        return nil
      }
      return number(
        bytes, position + (letter == nil ? 1 : 2), radix: radix, least: digits.lowerBound, most: digits.upperBound)
    }
    let letter = bytes[index + 1]
    switch letter {
    case UInt8(ascii: "n"): return Escape(.byte(0x0A), 2)
    case UInt8(ascii: "r"): return Escape(.byte(0x0D), 2)
    case UInt8(ascii: "t"): return Escape(.byte(0x09), 2)
    case UInt8(ascii: "b"): return Escape(.byte(0x08), 2)
    case UInt8(ascii: "f"): return Escape(.byte(0x0C), 2)
    case UInt8(ascii: "v"): return Escape(.byte(0x0B), 2)
    case UInt8(ascii: "a"): return Escape(.byte(0x07), 2)
    case UInt8(ascii: "e"): return Escape(.byte(0x1B), 2)
    case 0x0A: return Escape(.nothing, 2)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let read = { (position: Int) in value(at: position, nil, radix: 8, digits: 1...3) }
      return read(index).map { found in
        var escape = byte(found.value & 0xFF, found.end, index, next: read)
        // One that has all of its three digits cannot continue.
        escape.isWhole = escape.length % 4 == 0
        return escape
      }
    case UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "U"):
      if index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: "{") {
        guard let (value, end) = number(bytes, index + 3, radix: 16, least: 1, most: .max), end < bytes.count,
          bytes[end] == UInt8(ascii: "}")
        else { return nil }
        return Escape(number: value, end + 1 - index)
      }
      if letter == UInt8(ascii: "u") { return utf16(bytes, index, mark: 2) }
      if letter == UInt8(ascii: "U") {
        return number(bytes, index + 2, radix: 16, least: 8, most: 8).map { Escape(number: $0.value, $0.end - index) }
      }
      let read = { (position: Int) in value(at: position, letter, radix: 16, digits: 2...2) }
      return read(index).map { byte($0.value, $0.end, index, next: read) }
    default: return letter < 0x80 && letter > 0x20 && !letter.isAlphanumeric ? Escape(.byte(letter), 2) : nil
    }
  }

  private static func percent(_ bytes: [UInt8], _ index: Int) -> Escape? {
    if let (value, end) = number(bytes, index + 1, radix: 16, least: 2, most: 2) {
      return Escape(.byte(UInt8(truncatingIfNeeded: value)), end - index)
    }
    guard index + 1 < bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "u") else { return nil }
    return utf16(bytes, index, mark: 2)
  }

  /// An entity of HTML by its number or by its name.
  private static func entity(_ bytes: [UInt8], _ index: Int) -> Escape? {
    guard index + 1 < bytes.count else { return nil }
    func ending(_ end: Int) -> Int { (end < bytes.count && bytes[end] == UInt8(ascii: ";") ? end + 1 : end) - index }
    if bytes[index + 1] == UInt8(ascii: "#") {
      let isHex = index + 2 < bytes.count && bytes[index + 2] | 0x20 == UInt8(ascii: "x")
      let found = number(bytes, index + (isHex ? 3 : 2), radix: isHex ? 16 : 10, least: 1, most: .max)
      return found.map { value, end in
        var escape = Escape(number: value, ending(end))
        escape.isWhole = index + escape.length > end
        return escape
      }
    }
    var end = index + 1
    while end < bytes.count, end - index < 12, bytes[end].isAlphanumeric { end += 1 }
    if end < bytes.count, bytes[end] == UInt8(ascii: ";"),
      let scalar = entities[String(decoding: bytes[(index + 1)..<end], as: UTF8.self)]
    {
      return Escape(.scalar(scalar), end + 1 - index)
    }
    // A few count without their semicolon (HTML §13.5).
    for (name, scalar) in bareEntities where bytes[(index + 1)...].starts(with: name) {
      return Escape(.scalar(scalar), name.count + 1)
    }
    return nil
  }

  private static let bareEntities: [(name: [UInt8], scalar: Unicode.Scalar)] = [
    (Array("amp".utf8), "&"), (Array("lt".utf8), "<"), (Array("gt".utf8), ">"), (Array("quot".utf8), "\""),
    (Array("nbsp".utf8), " "), (Array("AMP".utf8), "&"), (Array("LT".utf8), "<"), (Array("GT".utf8), ">"),
    (Array("QUOT".utf8), "\""),
  ]

  /// The names of HTML for the characters of a keyboard.
  private static let entities: [String: Unicode.Scalar] = [
    "amp": "&", "AMP": "&", "lt": "<", "LT": "<", "gt": ">", "GT": ">", "quot": "\"", "QUOT": "\"", "apos": "'", "nbsp": " ",
    "Tab": "\t", "NewLine": "\n", "excl": "!", "num": "#", "dollar": "$", "percnt": "%", "lpar": "(", "rpar": ")", "ast": "*",
    "midast": "*", "plus": "+", "comma": ",", "period": ".", "sol": "/", "colon": ":", "semi": ";", "equals": "=", "quest": "?",
    "commat": "@", "lsqb": "[", "lbrack": "[", "bsol": "\\", "rsqb": "]", "rbrack": "]", "Hat": "^", "lowbar": "_",
    "UnderBar": "_", "grave": "`", "DiacriticalGrave": "`", "lcub": "{", "lbrace": "{", "verbar": "|", "vert": "|",
    "VerticalLine": "|", "rcub": "}", "rbrace": "}", "hyphen": "-", "dash": "-", "tilde": "~",
  ]

  /// A label of a host name in letters that every resolver knows: `xn--…` (RFC 3492).
  private static func hostLabel(_ bytes: [UInt8], _ index: Int) -> Escape? {
    guard index + 4 < bytes.count, index == 0 || !bytes[index - 1].isAlphanumeric, bytes[index + 1] | 0x20 == UInt8(ascii: "n"),
      bytes[index + 2] == UInt8(ascii: "-"), bytes[index + 3] == UInt8(ascii: "-")
    else { return nil }
    let label = bytes[(index + 4)...].prefix(64).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
    guard label.count <= 59, let text = Punycode.decoded(label) else { return nil }
    return Escape(.text(text), label.count + 4)
  }
}
