/// A text, or what a part of it says when an encoding is undone; each byte knows the bytes of the text that it came from.
struct EncodedView {
  private(set) var bytes: [UInt8] = []
  /// Where in the text each byte begins, and where it ends; empty where the view is the text.
  private var starts: [Int] = []
  private var ends: [Int] = []
  private let isText: Bool
  /// Whether the last byte is at the end of the text, or where it was cut.
  private(set) var reachesEnd = true

  init(_ text: [UInt8]) {
    bytes = text
    isText = true
  }

  init(reachesEnd: Bool) {
    self.reachesEnd = reachesEnd
    isText = false
  }

  mutating func append(_ byte: UInt8, from origin: Range<Int>) {
    bytes.append(byte)
    starts.append(origin.lowerBound)
    ends.append(origin.upperBound)
  }

  mutating func append(_ scalar: Unicode.Scalar, from origin: Range<Int>) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte, from: origin) }
  }

  /// Lets the last byte reach up to `end` where the view was cut: what is left of an encoding there says a part of what is next.
  mutating func close(at end: Int) {
    if reachesEnd, let last = ends.indices.last { ends[last] = max(ends[last], end) }
  }

  /// The range of the text that `range` of this view came from.
  func origin(of range: Range<Int>) -> Range<Int> {
    if isText { return range }
    guard let first = range.first, let last = range.last else { return 0..<0 }
    return starts[first]..<max(ends[last], starts[first])
  }

  func reachingEnd(_ reachesEnd: Bool) -> EncodedView {
    var view = self
    view.reachesEnd = reachesEnd
    return view
  }

  func part(_ range: Range<Int>) -> EncodedView {
    var view = EncodedView(reachesEnd: reachesEnd && range.upperBound == bytes.count)
    view.append(self, range)
    return view
  }

  /// Adds bytes of another view, whose origins they keep.
  private mutating func append(_ view: EncodedView, _ range: Range<Int>) {
    bytes += view.bytes[range]
    if view.isText {
      starts += range
      ends += (range.lowerBound + 1)..<(range.upperBound + 1)
    } else {
      starts += view.starts[range]
      ends += view.ends[range]
    }
  }

  /// An escape that was cut has no more letters and digits than these behind its zeros.
  private static let longestEscape = 80

  // MARK: Where a text was cut

  /// Whether a mark that says that something was left out may begin with `byte`.
  @inline(__always) static func mayCut(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0xE2 }

  /// The length of the mark that says at `index` that something was left out: `…` or `...`; 0 if there is none.
  func lengthOfCut(at index: Int) -> Int {
    guard index + 2 < bytes.count else { return 0 }
    let isMark =
      bytes[index] == 0xE2 && bytes[index + 1] == 0x80 && bytes[index + 2] == 0xA6
      || bytes[index] == 0x2E && bytes[index + 1] == 0x2E && bytes[index + 2] == 0x2E
    return isMark ? 3 : 0
  }

  /// Whether nothing more follows `index`.
  func isEnd(_ index: Int) -> Bool {
    let index = endOfLineBreaks(at: index)
    let left = bytes.count - index
    if left == 0 { return reachesEnd }
    // The beginning of a character means nothing.
    return lengthOfCut(at: index) > 0 || reachesEnd && left <= 3 && Self.lengthOfCutCharacter(in: bytes[index...]) == left
  }

  /// The place behind the line breaks at `index`, and the blanks that begin the next line: what is cut between two lines goes no further.
  private func endOfLineBreaks(at index: Int) -> Int {
    var end = index
    guard end < bytes.count, bytes[end] == 0x0A || bytes[end] == 0x0D else { return index }
    while end < bytes.count, bytes[end] == 0x20 || (0x09...0x0D).contains(bytes[end]) { end += 1 }
    return end
  }

  // MARK: Escapes

  /// The view with backslash escapes, URL quoting, HTML entities and encoded host names undone, and without what cannot be seen: none
  /// where there is nothing of that, and a second one where an escape may have been cut.
  func unescaped() -> [EncodedView] {
    guard let first = firstEscape else { return [] }
    let (view, isChanged, isAmbiguous) = unescaped(from: first, takingLast: true)
    return (isChanged ? [view] : []) + (isAmbiguous ? [unescaped(from: first, takingLast: false).view] : [])
  }

  /// Where the first escape begins, which may be cut.
  private var firstEscape: Int? {
    bytes.indices.first { index in
      Escape.mayBegin(bytes[index]) && (Escape(in: bytes, at: index) != nil || endOfCutEscape(at: index) != nil)
    }
  }

  private func unescaped(from first: Int, takingLast: Bool) -> (view: EncodedView, isChanged: Bool, isAmbiguous: Bool) {
    var view = EncodedView(reachesEnd: reachesEnd)
    view.bytes.reserveCapacity(bytes.count)
    view.starts.reserveCapacity(bytes.count)
    view.ends.reserveCapacity(bytes.count)
    var isChanged = false
    var isAmbiguous = false
    /// What follows is as it was up to `index`.
    var plain = 0
    var index = first
    while index < bytes.count {
      guard Escape.mayBegin(bytes[index]) else {
        index += 1
        continue
      }
      let escape = Escape(in: bytes, at: index)
      let mayBeCut = escape.map { !$0.isWhole && isEnd(index + $0.length) } ?? false
      if mayBeCut { isAmbiguous = true }
      if let escape, takingLast || !mayBeCut {
        isChanged = true
        view.append(self, plain..<index)
        view.append(escape, from: origin(of: index..<(index + escape.length)))
        index += escape.length
        plain = index
      } else if let end = endOfCutEscape(at: index), !takingLast {
        view.append(self, plain..<index)
        // An escape that was cut belongs to what is before it, which is the end.
        if let last = view.ends.indices.last { view.ends[last] = origin(of: index..<end).upperBound }
        index = end
        plain = index
      } else {
        if endOfCutEscape(at: index) != nil { isAmbiguous = true }
        index += 1
      }
    }
    view.append(self, plain..<bytes.count)
    return (view, isChanged, isAmbiguous)
  }

  private mutating func append(_ escape: Escape, from source: Range<Int>) {
    switch escape.meaning {
    case .nothing: break
    case .byte(let byte): append(byte, from: source)
    case .bytes(let bytes): for byte in bytes { append(byte, from: source) }
    case .scalar(let scalar): append(scalar, from: source)
    case .text(let text): for scalar in text.unicodeScalars { append(scalar, from: source) }
    }
  }

  /// Where the escape ends that begins at `index` and was cut in the middle; nil if there is none.
  private func endOfCutEscape(at index: Int) -> Int? {
    guard bytes[index] == UInt8(ascii: "%") || bytes[index] == UInt8(ascii: "\\") || bytes[index] == UInt8(ascii: "&") else {
      return nil
    }
    var digits = index + 1
    // Any number of zeros may come first.
    while digits < bytes.count, "#xXuU{0".utf8.contains(bytes[digits]) { digits += 1 }
    var end = digits
    while end < bytes.count, end < digits + Self.longestEscape, bytes[end].isAlphanumeric { end += 1 }
    return isEnd(end) ? end : nil
  }
}

extension UInt8 {
  var isAlphanumeric: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// The value of a hexadecimal digit.
  @inline(__always) package var hexDigit: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }
}
