import CScan

/// Passes over a JSON value and checks it on the way, without recursion and without memory of its own.
///
/// The text is followed by 16 bytes that can be read, the first of which is a line feed or a zero: no value goes past it.
enum JSONSkipper {
  /// Deeper nesting is left to the parser.
  private static let deepest = 60

  /// The place behind the value at `start`; nil where it is not JSON by RFC 8259, or nested deeper than is looked at here.
  static func skip(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = start
    var depth = 0
    // The containers that are open, a bit each, the innermost one last: 1 for an object.
    var objects: UInt64 = 0
    value: while true {
      switch at.pointee {
      case UInt8(ascii: "\""):
        guard let behind = skipString(at + 1) else { return nil }
        at = behind
      case UInt8(ascii: "{"):
        guard depth < deepest else { return nil }
        depth &+= 1
        objects = objects << 1 | 1
        at = LineScanner.skipBlanks(at + 1)
        if at.pointee == UInt8(ascii: "}") { break }
        guard let behind = skipKey(at) else { return nil }
        at = behind
        continue value
      case UInt8(ascii: "["):
        guard depth < deepest else { return nil }
        depth &+= 1
        objects <<= 1
        at = LineScanner.skipBlanks(at + 1)
        if at.pointee == UInt8(ascii: "]") { break }
        continue value
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard let behind = skipNumber(at) else { return nil }
        at = behind
      case UInt8(ascii: "n"):
        guard spells(at, "null") else { return nil }
        at += 4
      case UInt8(ascii: "t"):
        guard spells(at, "true") else { return nil }
        at += 4
      case UInt8(ascii: "f"):
        guard spells(at, "false") else { return nil }
        at += 5
      default: return nil
      }
      // Behind a value, or before the bracket of a container without any.
      while true {
        if depth == 0 { return at }
        at = LineScanner.skipBlanks(at)
        let isObject = objects & 1 == 1
        if at.pointee == UInt8(ascii: ",") {
          at = LineScanner.skipBlanks(at + 1)
          guard isObject else { continue value }
          guard let behind = skipKey(at) else { return nil }
          at = behind
          continue value
        }
        guard at.pointee == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return nil }
        at += 1
        depth &-= 1
        objects >>= 1
      }
    }
  }

  /// The place of the value behind a key.
  @inline(__always)
  private static func skipKey(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    guard start.pointee == UInt8(ascii: "\""), let close = skipString(start + 1) else { return nil }
    let colon = LineScanner.skipBlanks(close)
    return colon.pointee == UInt8(ascii: ":") ? LineScanner.skipBlanks(colon + 1) : nil
  }

  /// The place behind the quote that closes the string whose first byte is at `start`.
  @inline(__always)
  static func skipString(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = start
    while true {
      at = cscan_text(at)
      switch at.pointee {
      case UInt8(ascii: "\""): return at + 1
      case UInt8(ascii: "\\"):
        guard let behind = skipEscape(at + 1) else { return nil }
        at = behind
      case 0x80...:
        let length = characterLength(at)
        if length == 0 { return nil }
        at += length
      default: return nil
      }
    }
  }

  private static func skipEscape(_ letter: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    switch letter.pointee {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return letter + 1
    case UInt8(ascii: "u"):
      for place in 1...4 {
        let byte = letter[place]
        let isDigit = byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
        if !isDigit { return nil }
      }
      return letter + 5
    default: return nil
    }
  }

  /// The length of a character beyond ASCII; 0 where it is not UTF-8 (RFC 3629 §4).
  private static func characterLength(_ place: UnsafePointer<UInt8>) -> Int {
    func isTail(_ offset: Int) -> Bool { place[offset] & 0xC0 == 0x80 }
    let (lead, second) = (place[0], place[1])
    switch lead {
    case 0xC2...0xDF: return isTail(1) ? 2 : 0
    case 0xE0: return second >= 0xA0 && isTail(1) && isTail(2) ? 3 : 0
    case 0xED: return second < 0xA0 && isTail(1) && isTail(2) ? 3 : 0
    case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : 0
    case 0xF0: return second >= 0x90 && isTail(1) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF4: return second < 0x90 && isTail(1) && isTail(2) && isTail(3) ? 4 : 0
    default: return 0
    }
  }

  @inline(__always)
  private static func skipNumber(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = start
    if at.pointee == UInt8(ascii: "-") { at += 1 }
    let digits = cscan_digits(at)
    if digits == 0 || digits > 1 && at.pointee == UInt8(ascii: "0") { return nil }
    at += digits
    if at.pointee == UInt8(ascii: ".") {
      let digits = cscan_digits(at + 1)
      if digits == 0 { return nil }
      at += 1 + digits
    }
    if at.pointee | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
      let digits = cscan_digits(at)
      if digits == 0 { return nil }
      at += digits
    }
    return at
  }

  @inline(__always)
  private static func spells(_ at: UnsafePointer<UInt8>, _ word: StaticString) -> Bool {
    for place in 0..<word.utf8CodeUnitCount where at[place] != word.utf8Start[place] { return false }
    return true
  }
}
