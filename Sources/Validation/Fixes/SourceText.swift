import Engine
import YAML

/// The bytes of a manifest by lines and columns, for edits of its text.
struct SourceText: Sendable {
  let bytes: [UInt8]
  private let file: SourceFile

  /// Nil for a text that is not UTF-8, which edits leave alone.
  init?(_ file: SourceFile) {
    guard String(validating: file.bytes, as: UTF8.self) != nil, !file.bytes.isEmpty else { return nil }
    bytes = file.bytes
    self.file = file
  }

  /// The offset of a mark; nil if the text has no such place.
  func offset(of mark: SourceMark) -> Int? { file.offset(of: mark) }

  /// Where `word` is at a mark, with or without quotes around it: the range of the word alone.
  func range(of word: String, at mark: SourceMark) -> Range<Int>? {
    guard var start = offset(of: mark) else { return nil }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") { start += 1 }
    let range = start..<(start + word.utf8.count)
    return range.upperBound <= bytes.count && bytes[range].elementsEqual(word.utf8) ? range : nil
  }

  /// The bytes of a line, counted from 1, with its break; nil behind the last one.
  func line(_ number: Int) -> Range<Int>? {
    file.range(ofLine: number).flatMap { $0.isEmpty && $0.lowerBound == bytes.count ? nil : $0 }
  }

  /// The number of blanks that a line begins with; nil for one that is empty, or a comment alone.
  func indent(ofLine number: Int) -> Int? {
    guard let range = line(number) else { return nil }
    let line = bytes[range]
    let blanks = line.prefix { $0 == 0x20 }.count
    guard let first = line.dropFirst(blanks).first, ![0x0A, 0x0D, UInt8(ascii: "#")].contains(first) else { return nil }
    return blanks
  }
}
