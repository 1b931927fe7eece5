/// A text that was parsed, kept so that findings can show the line they are about.
package final class SourceFile: Sendable {
  /// The name shown in front of a position: a path, `<stdin>`, …
  package let name: String
  /// The bytes as they were read, in any encoding that libyaml knows.
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// The text of a line, counted from 1, without its line break; nil where the file has no such line.
  ///
  /// Texts in UTF-16 are decoded first. Breaks are those of YAML: LF, CR LF and CR.
  package func line(_ number: Int) -> String? {
    let utf8 = UTF16Text.decode(bytes) ?? bytes
    var current = 1
    var start = 0
    var index = 0
    while index < utf8.count, current < number {
      let byte = utf8[index]
      index += 1
      guard byte == 0x0A || byte == 0x0D else { continue }
      if byte == 0x0D, index < utf8.count, utf8[index] == 0x0A { index += 1 }
      current += 1
      start = index
    }
    guard current == number else { return nil }
    let end = utf8[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? utf8.count
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }
}

/// A position in a ``SourceFile``: line and column counted from 1, the column in Unicode scalars.
package struct SourceMark: Sendable, Hashable, CustomStringConvertible {
  package let file: SourceFile
  private let line32: UInt32
  private let column32: UInt32

  package var line: Int { Int(line32) }
  package var column: Int { Int(column32) }

  package init(file: SourceFile, line: Int, column: Int) {
    self.file = file
    self.line32 = UInt32(clamping: line)
    self.column32 = UInt32(clamping: column)
  }

  /// `file:line:column`, the form that editors and terminals turn into a link.
  package var description: String { "\(file.name):\(line):\(column)" }

  package static func == (left: SourceMark, right: SourceMark) -> Bool {
    left.line32 == right.line32 && left.column32 == right.column32 && left.file === right.file
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(line32)
    hasher.combine(column32)
    hasher.combine(ObjectIdentifier(file))
  }
}

extension SourceMark {
  /// The line of the mark with its number, and below it a caret under the column.
  ///
  /// A long line is cut to `width` columns around the mark. Empty where the file has no such line.
  package func snippet(width: Int = 110) -> String {
    guard !file.bytes.isEmpty, let text = file.line(line)?.unicodeScalars else { return "" }
    let start = text.index(text.startIndex, offsetBy: max(column - 1 - width / 2, 0), limitedBy: text.endIndex) ?? text.endIndex
    let end = text.index(start, offsetBy: width, limitedBy: text.endIndex) ?? text.endIndex
    let shown = String(String.UnicodeScalarView(text[start..<end].map { $0 == "\t" ? " " : $0 }))
    let isCut = start > text.startIndex
    let caret = isCut ? width / 2 + 1 : max(column - 1, 0)
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    let shownLine = "\(number) | \(isCut ? "…" : "")\(shown)\(end < text.endIndex ? "…" : "")"
    return "\(shownLine)\n\(margin) | \(String(repeating: " ", count: caret))^"
  }
}

/// Decoding of texts that begin with a UTF-16 byte order mark.
enum UTF16Text {
  /// The text in UTF-8, or nil where `bytes` do not begin with a UTF-16 byte order mark.
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
