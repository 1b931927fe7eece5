/// Remembers many secrets by what is left of each: its length, its last eight bytes and a hash, some fifty bytes in all.
struct SecretFingerprints {
  private struct Entry {
    var tail: UInt64
    var hash: UInt64
    var length: Int
    /// The place of an earlier one with the same tail; -1 if there is none.
    var next: Int
  }

  private var entries: [Entry] = []
  /// The place of the latest entry by its tail.
  private var latest: [UInt64: Int] = [:]
  /// How many are kept at least; there may be twice as many.
  private let limit: Int

  /// Shorter ones cannot be remembered.
  static let shortest = 8
  /// How many with the same tail are distinguished.
  private static let mostAlike = 64

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { entries.isEmpty }

  var count: Int { entries.count }

  /// The last eight bytes of each.
  var tails: some Sequence<[UInt8]> {
    latest.keys.lazy.map { tail in (0..<8).map { UInt8(truncatingIfNeeded: tail >> (56 - 8 * $0)) } }
  }

  /// - Parameter secret: folded, as by ``SecretSet/folded(_:)``.
  mutating func insert(_ secret: [UInt8]) {
    guard secret.count >= Self.shortest, !contains(secret) else { return }
    if entries.count >= 2 * limit {
      let kept = entries.suffix(limit)
      entries = []
      latest = [:]
      kept.forEach { append($0) }
    }
    append(
      Entry(
        tail: Self.tail(of: secret, endingAt: secret.count), hash: Self.hash(of: secret, 0..<secret.count), length: secret.count,
        next: -1))
  }

  private mutating func append(_ entry: Entry) {
    var entry = entry
    entry.next = latest.updateValue(entries.count, forKey: entry.tail) ?? -1
    entries.append(entry)
  }

  func contains(_ secret: [UInt8]) -> Bool {
    length(endingAt: secret.count, in: secret) == secret.count
  }

  /// The length of the longest of them that ends before `end`.
  func length(endingAt end: Int, in bytes: [UInt8]) -> Int? {
    guard end >= Self.shortest, var place = latest[Self.tail(of: bytes, endingAt: end)] else { return nil }
    var length: Int?
    var count = 0
    while place >= 0, count < Self.mostAlike {
      let entry = entries[place]
      if entry.length <= end, entry.length > length ?? 0, Self.hash(of: bytes, (end - entry.length)..<end) == entry.hash {
        length = entry.length
      }
      place = entry.next
      count += 1
    }
    return length
  }

  private static func tail(of bytes: [UInt8], endingAt end: Int) -> UInt64 {
    bytes[(end - 8)..<end].reduce(0) { $0 << 8 | UInt64(SecretSet.folded($1)) }
  }

  /// Multiplied by a number that each process draws, so that nobody can make texts that are confused with each other.
  private static let factor = UInt64.random(in: .min ... .max) | 1

  private static func hash(of bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0
    for index in range {
      hash = (hash ^ UInt64(SecretSet.folded(bytes[index]))) &* factor
      hash ^= hash >> 29
    }
    return hash
  }
}
