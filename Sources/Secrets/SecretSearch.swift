/// Finds secrets in a text, and in what the text says when its escapes, URL quoting, entities, hexadecimal digits and base64 are undone.
struct SecretSearch {
  private let secrets: SecretSet
  private let earlier: SecretFingerprints
  private var found: [Range<Int>] = []

  /// How many encodings can be nested.
  static let deepest = 5
  /// Up to here, runs of base64 are read in parts too: each reading of them multiplies with those of the others.
  private static let deepestDivision = 2
  /// The end of a text counts as a part of a secret from this length on, and less where the text says that it was cut there.
  private static let shortestEnd = 6
  private static let shortestCut = 4

  /// - Parameter earlier: those that are no longer known by their letters.
  init(_ secrets: SecretSet, earlier: SecretFingerprints) {
    self.secrets = secrets
    self.earlier = earlier
  }

  /// Where secrets are in `text`: ranges in order that neither overlap nor touch.
  mutating func ranges(in text: [UInt8]) -> [Range<Int>] {
    found = []
    search(EncodedView(text), depth: 0)
    return Self.merged(found)
  }

  static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private mutating func search(_ view: EncodedView, depth: Int) {
    find(in: view)
    guard depth < Self.deepest else { return }
    for plain in view.unescaped() { search(plain, depth: depth + 1) }
    view.forEachBase64Run(dividing: depth <= Self.deepestDivision) { searchRun($0, depth: depth + 1) }
    view.forEachHexRun { searchRun($0, depth: depth + 1) }
  }

  /// Searches bytes that may only have looked like an encoding.
  private mutating func searchRun(_ run: EncodedView, depth: Int) {
    find(in: run)
    let isUTF16 = run.looksLikeUTF16
    run.forEachUTF16 { view in
      if isUTF16 { return search(view, depth: depth) }
      find(in: view)
      view.unescaped().forEach { find(in: $0) }
    }
    guard depth < Self.deepest else { return }
    run.forEachText { text in
      for plain in text.unescaped() { search(plain, depth: depth + 1) }
      text.forEachBase64Run(dividing: depth <= Self.deepestDivision) { searchRun($0, depth: depth + 1) }
      text.forEachHexRun { searchRun($0, depth: depth + 1) }
    }
  }

  private mutating func find(in view: EncodedView) {
    let bytes = SecretSet.folded(view.bytes)
    var end = 0
    var tail: UInt64 = 0
    /// Where the text begins that a mark may cut.
    var start = 0
    for index in bytes.indices {
      if let length = secrets.length(at: index, in: bytes), index + length > end {
        end = index + length
        found.append(view.origin(of: index..<end))
      }
      if !earlier.isEmpty {
        tail = tail << 8 | UInt64(bytes[index])
        if index >= 7, let length = earlier.length(endingAt: index + 1, in: bytes, tail: tail) {
          found.append(view.origin(of: (index + 1 - length)..<(index + 1)))
        }
      }
      if view.lengthOfCut(at: index) > 0 {
        findCut(in: view, bytes, start..<index, shortest: Self.shortestCut)
        start = index + 1
      }
    }
    if view.reachesEnd { findCut(in: view, bytes, start..<bytes.count, shortest: Self.shortestEnd) }
  }

  /// Finds the first part of a secret at the end of a range.
  private mutating func findCut(in view: EncodedView, _ bytes: [UInt8], _ range: Range<Int>, shortest: Int) {
    var end = range.upperBound
    // A character cut in two was replaced, or is still there.
    while end - range.lowerBound >= 3, bytes[end - 3] == 0xEF, bytes[end - 2] == 0xBF, bytes[end - 1] == 0xBD { end -= 3 }
    end -= EncodedView.lengthOfCutCharacter(in: bytes[range.lowerBound..<end])
    guard end - range.lowerBound >= shortest, secrets.longest > shortest else { return }
    for index in max(range.lowerBound, end - secrets.longest)...(end - shortest)
    where secrets.isCut(at: index, in: bytes, end: end) {
      return found.append(view.origin(of: index..<range.upperBound))
    }
  }
}
