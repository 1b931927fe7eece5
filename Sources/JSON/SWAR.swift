/// Looking at eight bytes at once in a general register: the places where a string is not plain text.
///
/// In each result the lowest set bit is the highest bit of the first byte found; bits above it may be false.
enum SWAR {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080
  private static let quotes = ones &* 0x22
  private static let backslashes = ones &* 0x5C
  private static let blanks = ones &* 0x20

  @inline(__always)
  static func load(_ place: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
  }

  /// Quotes, backslashes and control characters.
  @inline(__always)
  static func needsEscape(_ word: UInt64) -> UInt64 {
    let quoted = word ^ quotes
    let slashed = word ^ backslashes
    return ((quoted &- ones) & ~quoted | (slashed &- ones) & ~slashed | (word &- blanks) & ~word) & highs
  }

  /// The number of bytes before the lowest byte found.
  @inline(__always)
  static func distance(_ hits: UInt64) -> Int { hits.trailingZeroBitCount >> 3 }

  /// The word of eight spaces, as indented texts are full of them.
  static let eightSpaces = blanks
}
