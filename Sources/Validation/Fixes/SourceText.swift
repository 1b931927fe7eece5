import LowCode
import YAML

/// The bytes of a manifest by lines and columns, for edits of its text.
struct SourceText: Sendable {
  let bytes: [UInt8]
  private let lineStarts: [Int]

  /// Nil for a text that is not UTF-8, which edits leave alone.
  init?(_ file: SourceFile) {
    guard String(validating: file.bytes, as: UTF8.self) != nil, !file.bytes.isEmpty else { return nil }
    bytes = file.bytes
    var starts = [0]
    for index in bytes.indices {
      if bytes[index] == 0x0A || bytes[index] == 0x0D && !(index + 1 < bytes.count && bytes[index + 1] == 0x0A) {
        starts.append(index + 1)
      }
    }
    lineStarts = starts
  }

  /// The offset of a mark; nil where the text has no such place.
  func offset(of mark: SourceMark) -> Int? {
    guard lineStarts.indices.contains(mark.line - 1) else { return nil }
    var offset = lineStarts[mark.line - 1]
    if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    for _ in 1..<max(mark.column, 1) {
      guard offset < bytes.count else { return nil }
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return offset
  }

  /// Where `word` stands at a mark, with or without quotes around it: the range of the word alone.
  func range(of word: String, at mark: SourceMark) -> Range<Int>? {
    guard var start = offset(of: mark) else { return nil }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") { start += 1 }
    let range = start..<(start + word.utf8.count)
    return range.upperBound <= bytes.count && bytes[range].elementsEqual(word.utf8) ? range : nil
  }

  var lineCount: Int { lineStarts.count }

  /// The bytes of a line, counted from 1, with its break.
  func line(_ number: Int) -> Range<Int> {
    lineStarts[number - 1]..<(number < lineStarts.count ? lineStarts[number] : bytes.count)
  }

  /// The number of blanks that a line begins with; nil for one that is empty, or a comment alone.
  func indent(ofLine number: Int) -> Int? {
    let line = bytes[line(number)]
    let blanks = line.prefix { $0 == 0x20 }.count
    guard let first = line.dropFirst(blanks).first, ![0x0A, 0x0D, UInt8(ascii: "#")].contains(first) else { return nil }
    return blanks
  }
}
