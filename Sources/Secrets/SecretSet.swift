/// Secrets as bytes, found by their first four ones. Letters count as the same in either case, since hosts and hexadecimal digits
/// change it, and a plus as a space, since forms do that.
struct SecretSet {
  private var byStart: [UInt32: [[UInt8]]] = [:]
  /// The length of the longest one.
  private(set) var longest = 0

  var isEmpty: Bool { longest == 0 }

  /// - Parameter secret: folded, of four bytes or more, and not in the set yet.
  mutating func insert(_ secret: [UInt8]) {
    byStart[Self.window(secret, 0), default: []].append(secret)
    longest = max(longest, secret.count)
  }

  /// The length of the longest secret at `index` of a text.
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

  private func candidates(at index: Int, in bytes: [UInt8]) -> [[UInt8]] {
    index + 4 <= bytes.count ? byStart[Self.window(bytes, index)] ?? [] : []
  }

  private static func isEqual(_ secret: [UInt8], _ bytes: [UInt8], _ index: Int, _ count: Int) -> Bool {
    // The ends differ soonest: tokens of one kind begin alike.
    var offset = count - 1
    while offset >= 0 {
      if secret[offset] != folded(bytes[index + offset]) { return false }
      offset -= 1
    }
    return true
  }

  /// Four bytes from `index` on, folded, the first one lowest.
  static func window(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    UInt32(folded(bytes[index])) | UInt32(folded(bytes[index + 1])) << 8 | UInt32(folded(bytes[index + 2])) << 16
      | UInt32(folded(bytes[index + 3])) << 24
  }

  static let folding: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
    switch byte {
    case 0x41...0x5A: byte | 0x20
    case UInt8(ascii: "+"): 0x20
    default: byte
    }
  }

  @inline(__always) static func folded(_ byte: UInt8) -> UInt8 { folding[Int(byte)] }

  static func folded(_ bytes: [UInt8]) -> [UInt8] { bytes.map { folding[Int($0)] } }
}
