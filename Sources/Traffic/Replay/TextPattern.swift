/// A text of a recording, in which placeholders stand for secrets that are not known: each matches any text.
package struct TextPattern: Sendable, Hashable {
  /// What is between the placeholders, which there are one less of.
  private let pieces: [[UInt8]]

  package init(_ text: String) {
    let bytes = Array(text.utf8)
    var pieces: [[UInt8]] = []
    var start = 0
    for place in Placeholder.ranges(in: bytes) {
      pieces.append(Array(bytes[start..<place.lowerBound]))
      start = place.upperBound
    }
    self.pieces = pieces + [Array(bytes[start...])]
  }

  /// Whether there are placeholders.
  var isOpen: Bool { pieces.count > 1 }

  /// The text without its secrets.
  var skeleton: String { pieces.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\u{0}") }

  /// Whether the text is as recorded, whatever stands for the placeholders.
  package func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard isOpen, let first = pieces.first, let last = pieces.last else { return bytes == pieces.first }
    guard bytes.count >= first.count + last.count, bytes.starts(with: first), bytes.suffix(last.count).elementsEqual(last) else {
      return false
    }
    // Each piece where it is found first leaves most for those behind it.
    var rest = bytes[first.count..<(bytes.count - last.count)]
    for piece in pieces.dropFirst().dropLast() {
      guard let place = rest.firstRange(of: piece) else { return false }
      rest = rest[place.upperBound...]
    }
    return true
  }
}
