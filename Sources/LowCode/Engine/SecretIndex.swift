/// Texts that are to be found inside other ones, all of them in one pass however many there are.
struct SecretIndex {
  /// By their first four bytes.
  private var long: [UInt32: [[UInt8]]] = [:]
  /// Those with fewer bytes.
  private var short: [[UInt8]] = []
  /// How often each was inserted.
  private var counts: [[UInt8]: Int] = [:]

  mutating func insert(_ text: String) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return }
    counts[bytes, default: 0] += 1
    guard counts[bytes] == 1 else { return }
    if let prefix = Self.prefix(bytes, 0) { long[prefix, default: []].append(bytes) } else { short.append(bytes) }
  }

  /// Takes back one insertion.
  mutating func remove(_ text: String) {
    let bytes = Array(text.utf8)
    guard let count = counts[bytes] else { return }
    counts[bytes] = count > 1 ? count - 1 : nil
    guard count == 1 else { return }
    if let prefix = Self.prefix(bytes, 0) {
      long[prefix]?.removeAll { $0 == bytes }
      if long[prefix]?.isEmpty == true { long[prefix] = nil }
    } else {
      short.removeAll { $0 == bytes }
    }
  }

  /// Where texts of the index stand in `bytes`: from left to right, those that overlap as one.
  func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for start in bytes.indices {
      guard let length = longest(in: bytes, at: start) else { continue }
      let end = start + length
      if let last = found.last, start < last.upperBound {
        if end > last.upperBound { found[found.count - 1] = last.lowerBound..<end }
      } else {
        found.append(start..<end)
      }
    }
    return found
  }

  private func longest(in bytes: [UInt8], at start: Int) -> Int? {
    var length: Int?
    func consider(_ text: [UInt8]) {
      guard text.count > length ?? 0, text.count <= bytes.count - start else { return }
      for (offset, byte) in text.enumerated() where bytes[start + offset] != byte { return }
      length = text.count
    }
    if let prefix = Self.prefix(bytes, start), let candidates = long[prefix] { candidates.forEach(consider) }
    short.forEach(consider)
    return length
  }

  private static func prefix(_ bytes: [UInt8], _ start: Int) -> UInt32? {
    guard bytes.count - start >= 4 else { return nil }
    return UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16 | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3])
  }
}
