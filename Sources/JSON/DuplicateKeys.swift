/// A small Bloom filter over the keys of one open object: says surely when a key is new.
struct KeyFilter {
  /// The number of keys from which the filter is too full to be useful; larger objects are checked when they close.
  static let limit = 64

  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private var keys = 0

  @inline(__always)
  mutating func reset() {
    bits = (0, 0, 0, 0)
    keys = 0
  }

  /// Adds a key; true if an equal one may have been added before.
  @inline(__always)
  mutating func mayContain(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    keys &+= 1
    if keys > KeyFilter.limit { return false }
    var word = SWAR.load(start)
    if length < 8 {
      word &= 1 << (8 &* UInt64(truncatingIfNeeded: length)) &- 1
    } else {
      let last = SWAR.load(start + (length &- 8))
      word = word ^ (last << 29 | last >> 35)
    }
    let hash = (word &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
    let bit: UInt64 = 1 << (hash >> 58)
    let seen: UInt64
    switch hash >> 56 & 3 {
    case 0:
      seen = bits.0 & bit
      bits.0 |= bit
    case 1:
      seen = bits.1 & bit
      bits.1 |= bit
    case 2:
      seen = bits.2 & bit
      bits.2 |= bit
    default:
      seen = bits.3 & bit
      bits.3 |= bit
    }
    return seen != 0
  }
}

/// The exact search for duplicate keys, for objects that are large or have escaped keys.
enum DuplicateKeys {
  /// Whether two of the `count` members that are between two places of the tape have the same key.
  static func exist(_ tape: Tape, from start: Int, to end: Int, count: Int) -> Bool {
    // An open-addressing table at most half full of positions in the tape; 0 is no position of a key.
    var size = 16
    while size < count * 2 { size *= 2 }
    var table = [UInt32](repeating: 0, count: size)
    var index = start
    while index < end {
      let word = tape.word(index)
      let isEqualToEarlier: Bool
      if word.has(TapeWord.escaped) {
        let bytes = Array(tape.stringBytes(index).utf8)
        isEqualToEarlier = bytes.withUnsafeBufferPointer { insert($0, index, &table, tape) }
      } else {
        isEqualToEarlier = insert(tape.text(index), index, &table, tape)
      }
      if isEqualToEarlier { return true }
      index = tape.next(index + 1)
    }
    return false
  }

  private static func insert(_ key: UnsafeBufferPointer<UInt8>, _ index: Int, _ table: inout [UInt32], _ tape: Tape) -> Bool {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(key))
    let mask = table.count - 1
    var slot = hasher.finalize() & mask
    while table[slot] != 0 {
      if tape.key(Int(table[slot]), equals: key) { return true }
      slot = (slot + 1) & mask
    }
    table[slot] = UInt32(truncatingIfNeeded: index)
    return false
  }
}
