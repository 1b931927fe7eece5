import Synchronization

/// A text that was parsed, kept so that findings can show the line they are about.
public final class SourceFile: Sendable {
  /// The name shown in front of a position: a path, `<stdin>`, …
  public let name: String
  /// The bytes as they were read, in any encoding that libyaml knows; empty where they are not at hand, or may not be shown.
  package let bytes: [UInt8]
  /// Made when a place is first looked for.
  private let index = Mutex<SourceIndex?>(nil)

  package init(name: String, bytes: [UInt8] = []) {
    self.name = name
    self.bytes = bytes
  }

  /// The text of a line, counted from 1, without its line break; nil if the file has no such line.
  ///
  /// Texts in UTF-16 are decoded first. Breaks are those of YAML, by which marks count lines.
  package func line(_ number: Int) -> String? {
    let index = indexed
    return index.offset(line: number, column: 1).map { index.text(from: $0, count: .max).text }
  }

  /// The part of a line that begins at a column and has at most `count` characters; nil if the file has no such line.
  package func text(line: Int, from column: Int, count: Int) -> String? {
    let index = indexed
    return index.offset(line: line, column: column).map { index.text(from: $0, count: count).text }
  }

  /// Where a place is among the bytes of a text in UTF-8; nil if the file has no such line.
  package func offset(of mark: SourceMark) -> Int? { indexed.offset(line: mark.line, column: mark.column) }

  /// The bytes of a line, counted from 1, with its break; nil if the file has no such line.
  package func range(ofLine number: Int) -> Range<Int>? {
    let index = indexed
    guard let start = index.offset(line: number, column: 1) else { return nil }
    return start..<index.endOfLine(from: start)
  }

  fileprivate var indexed: SourceIndex {
    index.withLock { index in
      if let index { return index }
      let made = SourceIndex(UTF16Text.decode(bytes) ?? bytes)
      index = made
      return made
    }
  }
}

/// A position in a ``SourceFile``: line and column counted from 1, the column in Unicode scalars.
public struct SourceMark: Sendable, Hashable, CustomStringConvertible {
  /// The text.
  public let file: SourceFile
  private let line32: UInt32
  private let column32: UInt32

  /// Counted from 1.
  public var line: Int { Int(line32) }
  /// Counted from 1, in Unicode scalars.
  public var column: Int { Int(column32) }

  package init(file: SourceFile, line: Int, column: Int) {
    self.file = file
    self.line32 = UInt32(clamping: line)
    self.column32 = UInt32(clamping: column)
  }

  /// The same position in a file of the same name whose text cannot be shown: the file may be full of secrets, as a config is.
  package var withoutText: SourceMark { SourceMark(file: SourceFile(name: file.name), line: line, column: column) }

  /// `file:line:column`, the form that editors and terminals turn into a link.
  public var description: String { "\(file.name):\(line):\(column)" }

  public static func == (left: SourceMark, right: SourceMark) -> Bool {
    left.line32 == right.line32 && left.column32 == right.column32 && left.file === right.file
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(line32)
    hasher.combine(column32)
    hasher.combine(ObjectIdentifier(file))
  }
}

extension SourceMark {
  /// The line of the mark with its number, and below it a caret under the column.
  ///
  /// A long line is cut to `width` columns around the mark. Empty if the file has no such line.
  /// - Parameters:
  ///   - hiding: finds what must not be shown, by its bytes, in a part of the text that is much longer than what is shown.
  ///   - escaping: makes of a part of the line what can be shown.
  package func snippet(
    width: Int = 110, hiding: ((String) -> [Range<Int>])? = nil, escaping: (String) -> String
  ) -> String {
    guard !file.bytes.isEmpty else { return "" }
    let index = file.indexed
    let first = max(column - width / 2, 1)
    guard let offset = index.offset(line: line, column: first) else { return "" }
    let isCut = first > 1
    var (before, middle) = index.text(from: offset, count: column - first)
    var (after, end) = index.text(from: middle, count: width - (column - first))
    // A mark may be behind the end of its line.
    let gap = max(column - first - before.unicodeScalars.count, 0)
    let hidden = hiding.map { hiddenRanges(from: first, index, $0) } ?? []
    if !hidden.isEmpty { (before, after) = Self.without(hidden, before + after, mark: before.utf8.count) }
    let shown = escaping(Self.withoutTabs(before))
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    let caret = String(repeating: " ", count: shown.unicodeScalars.count + gap + (isCut ? 1 : 0))
    let rest = escaping(Self.withoutTabs(after)) + (index.isEndOfLine(end) ? "" : "…")
    return "\(number) | \(isCut ? "…" : "")\(shown)\(rest)\n\(margin) | \(caret)^"
  }

  /// How much is searched on either side, in bytes, because what must not be shown may be cut, or continue in other lines.
  private static let surroundings = 4_096

  /// What must not be shown of the line, as places among the bytes from column `first` on.
  private func hiddenRanges(from first: Int, _ index: SourceIndex, _ hiding: (String) -> [Range<Int>]) -> [Range<Int>] {
    guard let start = index.offset(line: line, column: first) else { return [] }
    let (lead, rest) = index.surroundings(of: start, size: Self.surroundings)
    let shift = lead.utf8.count
    return hiding(lead + rest).compactMap { range in
      range.upperBound > shift ? max(range.lowerBound - shift, 0)..<(range.upperBound - shift) : nil
    }
  }

  /// `text` with stars instead of ranges of its bytes, in two parts; what is hidden around the mark is in the second one.
  private static func without(_ hidden: [Range<Int>], _ text: String, mark: Int) -> (String, String) {
    let bytes = Array(text.utf8)
    var parts: (before: [UInt8], after: [UInt8]) = ([], [])
    func add(_ part: some Sequence<UInt8>, toFirst isFirst: Bool) {
      if isFirst { parts.before += part } else { parts.after += part }
    }
    func addPlain(_ range: Range<Int>) {
      add(bytes[range.clamped(to: 0..<mark)], toFirst: true)
      add(bytes[range.clamped(to: mark..<bytes.count)], toFirst: false)
    }
    var position = 0
    for range in hidden where range.lowerBound < bytes.count {
      addPlain(position..<range.lowerBound)
      add("****".utf8, toFirst: range.upperBound <= mark)
      position = min(range.upperBound, bytes.count)
    }
    addPlain(position..<bytes.count)
    return (String(decoding: parts.before, as: UTF8.self), String(decoding: parts.after, as: UTF8.self))
  }

  private static func withoutTabs(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\t" ? " " : $0 }))
  }
}

/// Decoding of texts that begin with a UTF-16 byte order mark.
enum UTF16Text {
  /// The text in UTF-8, or nil if `bytes` do not begin with a UTF-16 byte order mark.
  static func decode(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 2 else { return nil }
    let isLittleEndian: Bool
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE): isLittleEndian = true
    case (0xFE, 0xFF): isLittleEndian = false
    default: return nil
    }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      isLittleEndian
        ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
