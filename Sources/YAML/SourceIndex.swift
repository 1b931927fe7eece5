/// Finds lines and columns in a text in about the same time wherever they are, and however long lines are.
struct SourceIndex: Sendable {
  private let bytes: [UInt8]
  /// Places of the text, some of them in each part of it.
  private let checkpoints: [Place]

  /// A character of the text by its offset, its line and its column; the latter two counted from 1.
  private struct Place: Sendable {
    var offset: UInt32
    var line: UInt32
    var column: UInt32

    func isBehind(_ line: Int, _ column: Int) -> Bool {
      Int(self.line) > line || Int(self.line) == line && Int(self.column) > column
    }
  }

  /// How many bytes apart checkpoints are.
  private static let distance = 1_024

  /// - Parameter bytes: a text in UTF-8, less than 4 GB of it.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark has no column.
    var place = Place(offset: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, line: 1, column: 1)
    var checkpoints = [place]
    while Int(place.offset) < bytes.count, place.offset < .max - 8 {
      Self.advance(&place, in: bytes)
      if Int(place.offset - checkpoints[checkpoints.count - 1].offset) >= Self.distance { checkpoints.append(place) }
    }
    self.checkpoints = checkpoints
  }

  /// The offset of a column, or of the end of a line that has less of them; nil if the text has no such line.
  func offset(line: Int, column: Int) -> Int? {
    var (low, high) = (0, checkpoints.count)
    while low < high {
      let middle = (low + high) / 2
      if checkpoints[middle].isBehind(line, column) { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return nil }
    var place = checkpoints[low - 1]
    while Int(place.line) < line || Int(place.line) == line && Int(place.column) < column {
      guard Int(place.offset) < bytes.count else { return Int(place.line) == line ? bytes.count : nil }
      if Int(place.line) == line, Self.lengthOfBreak(at: Int(place.offset), in: bytes) > 0 { break }
      Self.advance(&place, in: bytes)
    }
    return Int(place.offset)
  }

  /// At most `count` characters of a line from an offset on, and the offset behind them.
  func text(from offset: Int, count: Int) -> (text: String, end: Int) {
    var (end, left) = (offset, count)
    while left > 0, !isEndOfLine(end) {
      end = Self.next(end, in: bytes)
      left -= 1
    }
    return (String(decoding: bytes[offset..<end], as: UTF8.self), end)
  }

  /// What is before an offset and from it on, in any lines: about `size` bytes before it, and twice as many behind it.
  func surroundings(of offset: Int, size: Int) -> (before: String, after: String) {
    func boundary(_ offset: Int) -> Int {
      var place = min(max(offset, 0), bytes.count)
      while place > 0, place < bytes.count, bytes[place] & 0xC0 == 0x80 { place -= 1 }
      return place
    }
    let (begin, end) = (boundary(offset - size), boundary(offset + 2 * size))
    let (before, after) = (bytes[begin..<offset], bytes[offset..<max(offset, end)])
    return (String(decoding: before, as: UTF8.self), String(decoding: after, as: UTF8.self))
  }

  func isEndOfLine(_ offset: Int) -> Bool {
    offset >= bytes.count || Self.lengthOfBreak(at: offset, in: bytes) > 0
  }

  /// The offset after the break of the line that an offset is in.
  func endOfLine(from offset: Int) -> Int {
    var end = offset
    while !isEndOfLine(end) { end += 1 }
    return min(end + Self.lengthOfBreak(at: end, in: bytes), bytes.count)
  }

  private static func advance(_ place: inout Place, in bytes: [UInt8]) {
    let length = lengthOfBreak(at: Int(place.offset), in: bytes)
    if length > 0 {
      place = Place(offset: place.offset + UInt32(length), line: place.line + 1, column: 1)
    } else {
      place.offset = UInt32(next(Int(place.offset), in: bytes))
      place.column += 1
    }
  }

  /// The offset of the next character.
  private static func next(_ offset: Int, in bytes: [UInt8]) -> Int {
    var next = offset + 1
    while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  /// How many bytes the line break at an offset has; 0 if there is none. YAML 1.1 has LF, CR LF, CR, NEL, LS and PS.
  private static func lengthOfBreak(at offset: Int, in bytes: [UInt8]) -> Int {
    guard offset < bytes.count else { return 0 }
    switch bytes[offset] {
    case 0x0A: return 1
    case 0x0D: return offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
    case 0xC2: return offset + 1 < bytes.count && bytes[offset + 1] == 0x85 ? 2 : 0
    case 0xE2:
      return offset + 2 < bytes.count && bytes[offset + 1] == 0x80 && bytes[offset + 2] & 0xFE == 0xA8 ? 3 : 0
    default: return 0
    }
  }
}
