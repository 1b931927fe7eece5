/// Secrets as bytes, found by their first four ones. Letters count as the same in either case, since hosts and hexadecimal digits
/// change it, and a plus as a space, since forms do that.
struct SecretSet {
  private var byStart: [UInt32: [[UInt8]]] = [:]
  /// A bit for each start there may be: it skips most places of a text.
  private var filter = [UInt64](repeating: 0, count: 1_024)
  /// The length of the longest one.
  private(set) var longest = 0

  var isEmpty: Bool { longest == 0 }

  /// - Parameter secret: folded, of four bytes or more, and not in the set yet.
  mutating func insert(_ secret: [UInt8]) {
    let start = Self.start(secret, 0)
    byStart[start, default: []].append(secret)
    let bit = Self.bit(start)
    filter[bit >> 6] |= 1 << UInt64(bit & 63)
    longest = max(longest, secret.count)
  }

  /// The length of the longest secret at `index`.
  func length(at index: Int, in bytes: [UInt8]) -> Int? {
    var length: Int?
    for secret in candidates(at: index, in: bytes) where secret.count > length ?? 0 && secret.count <= bytes.count - index {
      if Self.isEqual(secret, bytes, index, secret.count) { length = secret.count }
    }
    return length
  }

  /// Whether what is from `index` up to `end` is the first part of a longer secret: a text that was cut inside of one.
  func isCut(at index: Int, in bytes: [UInt8], end: Int) -> Bool {
    candidates(at: index, in: bytes).contains { $0.count > end - index && Self.isEqual($0, bytes, index, end - index) }
  }

  @inline(__always)
  private func candidates(at index: Int, in bytes: [UInt8]) -> [[UInt8]] {
    guard index + 4 <= bytes.count else { return [] }
    let start = Self.start(bytes, index)
    let bit = Self.bit(start)
    guard filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0 else { return [] }
    return byStart[start] ?? []
  }

  private static func isEqual(_ secret: [UInt8], _ bytes: [UInt8], _ index: Int, _ count: Int) -> Bool {
    // The ends differ soonest: tokens of one kind begin alike.
    var offset = count - 1
    while offset >= 0 {
      if secret[offset] != bytes[index + offset] { return false }
      offset -= 1
    }
    return true
  }

  @inline(__always)
  private static func start(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
  }

  @inline(__always)
  private static func bit(_ start: UInt32) -> Int { Int((start &* 0x9E37_79B1) >> 16) }

  private static let folding: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
    switch byte {
    case 0x41...0x5A: byte | 0x20
    case UInt8(ascii: "+"): 0x20
    default: byte
    }
  }

  static func folded(_ bytes: [UInt8]) -> [UInt8] { bytes.map { folding[Int($0)] } }
}
