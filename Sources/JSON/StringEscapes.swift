/// The escapes inside JSON strings: writing them, undoing them, and bringing them into the form in which they are written.
///
/// Written form: `\" \\ \b \f \n \r \t` and `\u00xx` for the other control characters, everything else as UTF-8;
/// a lone surrogate, which UTF-8 cannot hold, stays an escape.
enum StringEscapes {
  /// Appends plain UTF-8 as a quoted string.
  static func write(_ text: UnsafeBufferPointer<UInt8>, to out: inout ByteBuffer) {
    out.reserve(text.count + 2)
    out.append(UInt8(ascii: "\""))
    if let start = text.baseAddress {
      var from = 0
      var at = 0
      while at < text.count {
        if at + 8 <= text.count {
          let hits = SWAR.needsEscape(SWAR.load(start + at))
          if hits == 0 {
            at += 8
            continue
          }
          at += SWAR.distance(hits)
        }
        let byte = start[at]
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          out.append(start + from, at - from)
          write(scalar: UInt32(byte), to: &out)
          from = at + 1
        }
        at += 1
      }
      out.append(start + from, text.count - from)
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Appends the inside of a JSON string with each escape in its written form.
  static func rewrite(_ inside: UnsafeBufferPointer<UInt8>, to out: inout ByteBuffer) {
    forEachPart(inside) { part in
      switch part {
      case .plain(let start, let length): out.append(start, length)
      case .scalar(let scalar): write(scalar: scalar, to: &out)
      }
    }
  }

  /// Appends the text that the inside of a JSON string stands for; lone surrogates become U+FFFD.
  static func unescape(_ inside: UnsafeBufferPointer<UInt8>, to out: inout ByteBuffer) {
    forEachPart(inside) { part in
      switch part {
      case .plain(let start, let length): out.append(start, length)
      case .scalar(let scalar): append(utf8: isSurrogate(scalar) ? 0xFFFD : scalar, to: &out)
      }
    }
  }

  /// The text that the inside of a JSON string stands for; lone surrogates become U+FFFD.
  static func unescaped(_ inside: UnsafeBufferPointer<UInt8>) -> String {
    var out = ByteBuffer(capacity: inside.count)
    unescape(inside, to: &out)
    return out.string
  }

  /// Appends one character of a string in its written form.
  static func write(scalar: UInt32, to out: inout ByteBuffer) {
    switch scalar {
    case 0x22: out.append(#"\""#)
    case 0x5C: out.append(#"\\"#)
    case 0x08: out.append(#"\b"#)
    case 0x09: out.append(#"\t"#)
    case 0x0A: out.append(#"\n"#)
    case 0x0C: out.append(#"\f"#)
    case 0x0D: out.append(#"\r"#)
    case 0..<0x20, 0xD800...0xDFFF: append(hexEscape: scalar, to: &out)
    default: append(utf8: scalar, to: &out)
    }
  }

  /// Appends `\uXXXX` with lower-case digits.
  static func append(hexEscape unit: UInt32, to out: inout ByteBuffer) {
    out.append(#"\u"#)
    for shift in [12, 8, 4, 0] as [UInt32] {
      let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
      out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
  }

  static func append(utf8 scalar: UInt32, to out: inout ByteBuffer) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F)) }
    switch scalar {
    case 0..<0x80:
      out.append(UInt8(truncatingIfNeeded: scalar))
    case 0x80..<0x800:
      out.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      out.append(tail(0))
    case 0x800..<0x10000:
      out.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      out.append(tail(6))
      out.append(tail(0))
    default:
      out.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      out.append(tail(12))
      out.append(tail(6))
      out.append(tail(0))
    }
  }

  static func isSurrogate(_ scalar: UInt32) -> Bool { scalar & 0xFFFF_F800 == 0xD800 }

  /// The value of four hexadecimal digits, or nil.
  @inline(__always)
  static func hex(_ place: UnsafePointer<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      let byte = place[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): byte >= UInt8(ascii: "0")
    default: false
    }
  }

  private enum Part {
    case plain(UnsafePointer<UInt8>, Int)
    /// A character that was escaped; a surrogate where it had no partner.
    case scalar(UInt32)
  }

  /// Splits the inside of a well-formed JSON string at its escapes.
  @inline(__always)
  private static func forEachPart(_ inside: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) {
    guard let start = inside.baseAddress else { return }
    let count = inside.count
    var from = 0
    var at = 0
    while at < count {
      if start[at] != UInt8(ascii: "\\") {
        at &+= 1
        continue
      }
      if at > from { body(.plain(start + from, at - from)) }
      guard at + 1 < count else { return }
      let letter = start[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): body(.scalar(8))
      case UInt8(ascii: "f"): body(.scalar(12))
      case UInt8(ascii: "n"): body(.scalar(10))
      case UInt8(ascii: "r"): body(.scalar(13))
      case UInt8(ascii: "t"): body(.scalar(9))
      case UInt8(ascii: "u"):
        guard at + 4 <= count, let unit = hex(start + at) else { return }
        at += 4
        if unit & 0xFC00 == 0xD800, at + 6 <= count, start[at] == UInt8(ascii: "\\"), start[at + 1] == UInt8(ascii: "u"),
          let low = hex(start + at + 2), low & 0xFC00 == 0xDC00
        {
          at += 6
          body(.scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF))
        } else {
          body(.scalar(unit))
        }
      default: body(.scalar(UInt32(letter)))
      }
      from = at
    }
    if at > from { body(.plain(start + from, at - from)) }
  }
}
