/// One 64-bit entry of a tape.
///
/// From the lowest bit: 32 bits offset into the text, 24 bits length, 4 bits ``JSONKind``, 4 bits flags.
/// A scalar or a key is one word; its length counts the bytes of its text (of a string, those between the quotes).
/// A container is two words: the first has the number of its elements or members as its length, the second has the number of words
/// up to the next sibling (32 bits) and the number of bytes of its text (32 bits). A member is its key's word and its value's words.
/// Lengths that do not fit are stored as ``maximumLength`` and found again by scanning.
struct TapeWord {
  static let maximumLength = 0xFF_FFFF
  static let maximumText = 0xFFFF_FFFF

  var bits: UInt64

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  @inline(__always)
  init(_ kind: JSONKind, offset: Int, length: Int, flags: UInt64 = 0) {
    bits =
      UInt64(truncatingIfNeeded: offset)
      | UInt64(truncatingIfNeeded: min(length, TapeWord.maximumLength)) << 32
      | UInt64(kind.rawValue) << 56 | flags
  }

  @inline(__always) var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
  @inline(__always) var length: Int { Int(truncatingIfNeeded: bits >> 32 & 0xFF_FFFF) }
  @inline(__always) var kindBits: UInt64 { bits >> 56 & 0xF }
  @inline(__always) var kind: JSONKind { JSONKind(rawValue: UInt8(truncatingIfNeeded: kindBits)) ?? .null }
  @inline(__always) var isContainer: Bool { kindBits >= 5 }
  @inline(__always) var header: UInt64 { bits >> 32 }
  @inline(__always) func has(_ flag: UInt64) -> Bool { bits & flag != 0 }

  // Strings and keys.
  /// The text contains a backslash.
  static let escaped: UInt64 = 1 << 60
  /// An escape is not in the form in which it is written out.
  static let rewritten: UInt64 = 1 << 61

  // Numbers.
  /// NaN, an infinity, or digits that overflow to one: written out as null.
  static let nonFinite: UInt64 = 1 << 61

  // Containers.
  /// The text is not in the form in which it is written out.
  static let dirty: UInt64 = 1 << 60
  /// An object one of whose own members is null.
  static let nullMember: UInt64 = 1 << 61
  static let duplicates: UInt64 = 1 << 62
  /// An object one of whose own keys contains an escape.
  static let escapedKey: UInt64 = 1 << 63
}
