/// Secrets as bytes, found by their first byte.
struct SecretSet {
  private var byFirstByte = [[[UInt8]]](repeating: [], count: 256)
  /// The length of the longest one.
  private(set) var longest = 0

  var isEmpty: Bool { longest == 0 }

  mutating func insert(_ secret: [UInt8]) {
    guard let first = secret.first.map(Int.init), !byFirstByte[first].contains(secret) else { return }
    byFirstByte[first].append(secret)
    // The longest first: a secret may be the beginning of another one.
    byFirstByte[first].sort { $0.count > $1.count }
    longest = max(longest, secret.count)
  }

  /// The length of the longest secret of at least `minimum` bytes that stands at `index`.
  func length(at index: Int, in bytes: [UInt8], minimum: Int) -> Int? {
    let candidates = byFirstByte[Int(bytes[index])]
    if candidates.isEmpty { return nil }
    return candidates.first { secret in
      secret.count >= minimum && secret.count <= bytes.count - index && bytes[index...].starts(with: secret)
    }?.count
  }

  /// Whether `bytes` end from `index` on with the first part of a longer secret: a text that was cut inside of one.
  func isCut(at index: Int, in bytes: [UInt8]) -> Bool {
    byFirstByte[Int(bytes[index])].contains { $0.count > bytes.count - index && $0.starts(with: bytes[index...]) }
  }
}

/// Finds secrets in a text, and in what the text says when its escapes, URL quoting, entities and base64 are undone.
struct SecretSearch {
  let secrets: SecretSet
  /// Shorter ones than this are looked for in base64 only where it decodes to plain text: bytes by chance may be anything.
  private static let shortestInNoise = 4
  /// The end of a text counts as a part of a secret from this length on.
  private static let shortestCut = 6
  /// How many encodings may lie over one another.
  private static let deepest = 3

  /// Where secrets stand in `text`: ranges in order that neither overlap nor touch.
  func ranges(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var seen: Set<EncodedView> = []
    search(EncodedView(text), minimum: 1, depth: 0, &found, &seen)
    var merged: [Range<Int>] = []
    for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private func search(
    _ view: EncodedView, minimum: Int, depth: Int, _ found: inout [Range<Int>], _ seen: inout Set<EncodedView>
  ) {
    var end = 0
    for index in view.bytes.indices {
      guard let length = secrets.length(at: index, in: view.bytes, minimum: minimum), index + length > end else { continue }
      end = index + length
      found.append(view.origin(of: index..<end))
    }
    if view.reachesEnd { searchCut(view, &found) }
    // Encodings undone in another order mostly give the same.
    guard depth < Self.deepest, seen.insert(view).inserted else { return }
    for decoded in view.withoutEscapes { search(decoded, minimum: minimum, depth: depth + 1, &found, &seen) }
    for decoded in view.base64Runs {
      // Most words only look like base64: what they decode to is no text, and has nothing to undo.
      search(
        decoded, minimum: decoded.isPlainText ? 1 : Self.shortestInNoise,
        depth: decoded.isText ? depth + 1 : Self.deepest, &found, &seen)
    }
  }

  private func searchCut(_ view: EncodedView, _ found: inout [Range<Int>]) {
    var bytes = view.bytes
    // A character cut in two was replaced.
    while bytes.suffix(3) == [0xEF, 0xBF, 0xBD] { bytes.removeLast(3) }
    guard bytes.count >= Self.shortestCut, secrets.longest > Self.shortestCut else { return }
    let places = max(0, bytes.count - secrets.longest)...(bytes.count - Self.shortestCut)
    for index in places where secrets.isCut(at: index, in: bytes) {
      found.append(view.origin(of: index..<view.bytes.count))
      return
    }
  }
}
