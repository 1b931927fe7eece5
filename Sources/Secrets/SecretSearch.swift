/// Finds secrets in a text, and in what the text says when its escapes, URL quoting, entities, hexadecimal digits and base64 are undone.
struct SecretSearch {
  private let secrets: SecretSet
  private let earlier: SecretFingerprints
  private let traces: SecretTraces
  /// Whether everything that looks like an encoding is decoded, though it has no trace of a secret.
  private let isThorough: Bool
  private var found: [Range<Int>] = []

  /// How many encodings can be nested.
  static let deepest = 5
  /// Up to here, runs of base64 are read in parts too: each reading of them multiplies with those of the others.
  private static let deepestDivision = 2
  /// The end of a text counts as a part of a secret from this length on, and less where the text says that it was cut there.
  private static let shortestEnd = 6
  private static let shortestCut = 4

  /// - Parameters:
  ///   - earlier: those that are no longer known by their letters.
  ///   - traces: of all of them.
  init(_ secrets: SecretSet, earlier: SecretFingerprints, traces: SecretTraces, isThorough: Bool = false) {
    self.secrets = secrets
    self.earlier = earlier
    self.traces = traces
    self.isThorough = isThorough
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

  private var wanted: SecretTraces? { isThorough ? nil : traces }

  private mutating func search(_ view: EncodedView, depth: Int) {
    find(in: view)
    guard depth < Self.deepest else { return }
    for plain in view.unescaped() { search(plain, depth: depth + 1) }
    view.forEachBase64Run(with: wanted, dividing: depth <= Self.deepestDivision) { searchRun($0, $1, depth: depth + 1) }
    view.forEachHexRun(with: wanted) { searchRun($0, $1, depth: depth + 1) }
  }

  /// Searches bytes that may only have looked like an encoding.
  private mutating func searchRun(_ run: EncodedView, _ notable: DecodedBytes.Notable, depth: Int) {
    if notable == .everything {
      find(in: run)
      let isUTF16 = run.looksLikeUTF16
      run.forEachUTF16 { view in
        if isUTF16 { return search(view, depth: depth) }
        find(in: view)
        view.unescaped().forEach { find(in: $0) }
      }
    }
    guard depth < Self.deepest else { return }
    run.forEachText { text in
      for plain in text.unescaped() { search(plain, depth: depth + 1) }
      text.forEachBase64Run(with: wanted, dividing: depth <= Self.deepestDivision) { searchRun($0, $1, depth: depth + 1) }
      text.forEachHexRun(with: wanted) { searchRun($0, $1, depth: depth + 1) }
    }
  }

  private mutating func find(in view: EncodedView) {
    let bytes = view.bytes
    var end = 0
    /// Where the text begins that a mark may cut.
    var start = 0
    /// Without any trace, no part of a secret is there either.
    var hasTrace = false
    var index = 0
    while let next = nextTrace(in: bytes, from: index) {
      index = next
      if index >= 3, traces.mayHold(SecretSet.window(bytes, index - 3)) {
        hasTrace = true
        if let length = secrets.length(at: index - 3, in: bytes), index - 3 + length > end {
          end = index - 3 + length
          found.append(view.origin(of: (index - 3)..<end))
        }
        if !earlier.isEmpty, let length = earlier.length(endingAt: index + 1, in: bytes) {
          found.append(view.origin(of: (index + 1 - length)..<(index + 1)))
        }
      }
      if view.lengthOfCut(at: index) > 0 {
        if hasTrace { findCut(in: view, bytes, start..<index, shortest: Self.shortestCut) }
        start = index + 1
      }
      index += 1
    }
    if view.reachesEnd, hasTrace { findCut(in: view, bytes, start..<bytes.count, shortest: Self.shortestEnd) }
  }

  /// The next place where four bytes end that a secret may begin or end with, or where a mark may begin that something was left out.
  private func nextTrace(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      SecretSet.folding.withUnsafeBufferPointer { folding in
        var window: UInt32 = 0
        for index in max(0, start - 3)..<start { window = window >> 8 | UInt32(folding[Int(bytes[index])]) << 24 }
        for index in start..<max(start, bytes.count) {
          let byte = bytes[index]
          window = window >> 8 | UInt32(folding[Int(byte)]) << 24
          if EncodedView.mayCut(byte) || traces.mayHold(window) && index >= 3 { return index }
        }
        return nil
      }
    }
  }

  /// Finds the first part of a secret at the end of a range.
  private mutating func findCut(in view: EncodedView, _ bytes: [UInt8], _ range: Range<Int>, shortest: Int) {
    var end = range.upperBound
    // A character cut in two was replaced, or is still there.
    while end - range.lowerBound >= 3, bytes[end - 3] == 0xEF, bytes[end - 2] == 0xBF, bytes[end - 1] == 0xBD { end -= 3 }
    end -= EncodedView.lengthOfCutCharacter(in: bytes[range.lowerBound..<end])
    guard end - range.lowerBound >= shortest, secrets.longest > shortest else { return }
    for index in max(range.lowerBound, end - secrets.longest)...(end - shortest)
    where traces.mayHold(SecretSet.window(bytes, index)) && secrets.isCut(at: index, in: bytes, end: end) {
      return found.append(view.origin(of: index..<range.upperBound))
    }
  }
}
