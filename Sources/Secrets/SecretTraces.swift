/// What of a secret must be in a text for the secret to be there: four of its bytes as they are, or as base64 writes them.
///
/// Most texts have none, and most of what looks like an encoding is none. So they are told without being decoded.
struct SecretTraces {
  /// A set that says of some values that are not in it that they are.
  private struct Filter {
    private var bits: [UInt64]
    private let shift: UInt32

    /// - Parameter size: the logarithm of the number of bits, 6 or more.
    init(size: Int) {
      bits = [UInt64](repeating: 0, count: 1 << (size - 6))
      shift = UInt32(32 - size)
    }

    @inline(__always) private func place(of value: UInt32) -> Int { Int((value &* 0x9E37_79B1) >> shift) }

    mutating func insert(_ value: UInt32) {
      let place = place(of: value)
      bits[place >> 6] |= 1 << UInt64(place & 63)
    }

    @inline(__always) func contains(_ value: UInt32) -> Bool {
      let place = place(of: value)
      return bits[place >> 6] & (1 << UInt64(place & 63)) != 0
    }
  }

  private var plain: Filter
  private var base64: Filter
  private var count = 0
  /// The logarithm of the filters' size.
  private let size: Int

  private static let smallest = 16
  private static let largest = 22

  /// - Parameter count: how many secrets there will be, roughly.
  init(for count: Int = 0) {
    var size = Self.smallest
    while size < Self.largest, count > Self.capacity(size) { size += 1 }
    self.size = size
    plain = Filter(size: size)
    // A secret has many traces in base64: for three places in a group, and for each way to write its letters.
    base64 = Filter(size: min(size + 5, Self.largest + 2))
  }

  private static func capacity(_ size: Int) -> Int { 1 << (size - 7) }

  /// Whether there are so many secrets that most texts seem to have some of them, and larger filters would tell them better.
  var isCrowded: Bool { size < Self.largest && count > 2 * Self.capacity(size) }

  /// - Parameter secret: folded, of four bytes or more.
  mutating func insert(_ secret: [UInt8]) {
    count += 1
    insert(bytes: secret[..<4])
    insert(units: String(decoding: secret.prefix(8), as: UTF8.self).utf16.prefix(2))
  }

  /// The same for a secret of which only its end is known.
  /// - Parameter tail: the last eight bytes, folded.
  mutating func insert(tail: [UInt8]) {
    count += 1
    insert(bytes: tail.suffix(4))
    insert(units: String(decoding: tail, as: UTF8.self).utf16.suffix(2))
  }

  /// UTF-16 of ASCII is known by its zeros; that of other letters has bytes of its own.
  private mutating func insert(units: some Collection<UInt16>) {
    guard units.count == 2, !units.allSatisfy({ $0 < 0x80 }) else { return }
    insert(bytes: units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    insert(bytes: units.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
  }

  private mutating func insert(bytes: some Collection<UInt8>) {
    plain.insert(bytes.reversed().reduce(0) { $0 << 8 | UInt32(SecretSet.folded($1)) })
    var spellings: [UInt32] = [0]
    for byte in bytes { spellings = spellings.flatMap { text in Self.unfolded(byte).map { text << 8 | UInt32($0) } } }
    for spelling in spellings {
      // The four characters of base64 that no other byte has a part of, if the first byte is the first, second or third of a group.
      for bits in [8, 4, 6] as [UInt32] { base64.insert(spelling >> bits & 0xFF_FFFF) }
    }
  }

  /// The bytes that are folded to one.
  private static func unfolded(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x61...0x7A: [byte, byte & ~0x20]
    case 0x20: [byte, UInt8(ascii: "+")]
    default: [byte]
    }
  }

  /// Whether a secret may begin, or end, with four bytes.
  /// - Parameter window: the bytes, folded, the first one lowest.
  @inline(__always) func mayHold(_ window: UInt32) -> Bool { plain.contains(window) }

  /// Whether a secret may begin, or end, in what four characters of base64 are a part of.
  /// - Parameter sextets: the values of the characters, the last one lowest.
  @inline(__always) func mayHold(sextets: UInt32) -> Bool { base64.contains(sextets) }
}
