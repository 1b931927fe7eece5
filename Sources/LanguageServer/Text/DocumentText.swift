import JSON

/// The text of an open document, with the lines and columns by which the protocol names its places: columns count UTF-16 units, and
/// lines end with LF, CR LF or CR.
struct DocumentText: Sendable {
  private(set) var bytes: [UInt8]
  /// Where each line begins.
  private var starts: [Int]

  init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) {
    self.bytes = bytes
    starts = Self.starts(of: bytes)
  }

  /// A place as the protocol names it.
  struct Position: Hashable, Comparable {
    /// Counted from 0.
    var line: Int
    /// In UTF-16 units, from 0.
    var character: Int

    static func < (left: Position, right: Position) -> Bool {
      (left.line, left.character) < (right.line, right.character)
    }
  }

  private static func starts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    var index = 0
    let count = bytes.count
    bytes.withUnsafeBufferPointer { bytes in
      while index < count {
        let byte = bytes[index]
        index += 1
        if byte == 0x0A {
          starts.append(index)
        } else if byte == 0x0D {
          if index < count, bytes[index] == 0x0A { index += 1 }
          starts.append(index)
        }
      }
    }
    return starts
  }

  // MARK: Places

  /// The offset of a position; behind the end of a line it is the end, and behind the last line that of the text.
  func offset(of position: Position) -> Int {
    guard position.line < starts.count else { return bytes.count }
    guard position.line >= 0 else { return 0 }
    let end = endOfLine(position.line)
    var offset = starts[position.line]
    var units = 0
    while offset < end, units < position.character {
      let length = Self.length(ofScalarBeginningWith: bytes[offset])
      units += length == 4 ? 2 : 1
      // Within a pair of units there is no place.
      if units > position.character { break }
      offset += length
    }
    return min(offset, end)
  }

  /// The position of an offset.
  func position(of offset: Int) -> Position {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(of: offset)
    var units = 0
    var index = starts[line]
    while index < offset {
      let length = Self.length(ofScalarBeginningWith: bytes[index])
      units += length == 4 ? 2 : 1
      index += length
    }
    return Position(line: line, character: units)
  }

  /// The line of an offset, from 0.
  func line(of offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }

  func startOfLine(_ line: Int) -> Int { starts[min(max(line, 0), starts.count - 1)] }

  /// The offset of a line's break, or of the end of the text.
  func endOfLine(_ line: Int) -> Int {
    var end = line + 1 < starts.count ? starts[line + 1] : bytes.count
    let start = startOfLine(line)
    if line + 1 < starts.count {
      while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    }
    return end
  }

  var lineCount: Int { starts.count }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self) }

  private static func length(ofScalarBeginningWith byte: UInt8) -> Int {
    byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
  }

  // MARK: Changes

  mutating func replace(_ range: Range<Int>, by text: String) {
    bytes.replaceSubrange(range, with: text.utf8)
    starts = Self.starts(of: bytes)
  }

  // MARK: Protocol

  func json(_ range: Range<Int>) -> JSONValue {
    ["start": Self.json(position(of: range.lowerBound)), "end": Self.json(position(of: range.upperBound))]
  }

  private static func json(_ position: Position) -> JSONValue {
    ["line": .int(position.line), "character": .int(position.character)]
  }
}

extension DocumentText.Position {
  /// Nil for what is no position.
  init?(_ json: JSONValue?) {
    guard let line = json?["line"]?.int, let character = json?["character"]?.int, line >= 0, character >= 0 else { return nil }
    self.init(line: line, character: character)
  }
}
