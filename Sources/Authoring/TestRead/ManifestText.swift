import JSON
import YAML

/// The text of a manifest, for additions that leave the rest as it is.
struct ManifestText: Sendable {
  private struct Edit: Sendable {
    var range: Range<Int>
    var text: String
  }

  private let bytes: [UInt8]
  private let file: SourceFile
  private let lineBreak: String
  private var edits: [Edit] = []

  /// Nil for a text that is not UTF-8.
  init?(_ file: SourceFile) {
    guard !file.bytes.isEmpty, String(validating: file.bytes, as: UTF8.self) != nil else { return nil }
    self.file = file
    bytes = file.bytes
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0
    lineBreak = end > 0 && bytes[end - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
  }

  /// The text with all changes. Those at one place are in the order in which they were made.
  var changed: [UInt8] {
    var result: [UInt8] = []
    var end = 0
    for edit in edits.enumerated().sorted(by: {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    })
    .map(\.element) {
      result += bytes[end..<max(end, edit.range.lowerBound)]
      result += edit.text.utf8
      end = max(end, edit.range.upperBound)
    }
    return result + bytes[end...]
  }

  // MARK: Block style

  mutating func add(_ lines: [String], behind number: Int) {
    guard let line = file.range(ofLine: number) else { return }
    let isComplete = line.last.map { bytes[$0] == UInt8(ascii: "\n") } ?? true
    let text = lines.joined(separator: lineBreak)
    edits.append(
      Edit(range: line.upperBound..<line.upperBound, text: isComplete ? text + lineBreak : lineBreak + text))
  }

  /// Whether the entry whose key is at a mark begins its line, perhaps behind dashes.
  func isInBlockStyle(_ key: SourceMark) -> Bool {
    guard key.file === file, let line = file.range(ofLine: key.line), let start = file.offset(of: key) else { return false }
    return bytes[line.lowerBound..<start].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
  }

  /// The last line of the entry whose key is at a mark.
  func lastLine(of key: SourceMark) -> Int {
    var last = key.line
    var number = key.line + 1
    while let line = file.range(ofLine: number), !line.isEmpty {
      let indent = bytes[line].prefix { $0 == UInt8(ascii: " ") }.count
      let content = bytes[line].dropFirst(indent)
      number += 1
      guard let first = content.first, ![UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#")].contains(first) else {
        continue
      }
      // The elements of a list may be as far to the left as its key.
      let isElement = first == UInt8(ascii: "-") && content.dropFirst().first.map { $0 <= UInt8(ascii: " ") } ?? true
      guard indent >= key.column || indent == key.column - 1 && isElement else { break }
      last = number - 1
    }
    return last
  }

  /// Puts lines below a key in the place of its value.
  /// - Returns: false, with nothing changed, unless the value is `{}`, `null` or nothing.
  mutating func replaceEmptyValue(of key: SourceMark, by lines: [String]) -> Bool {
    guard isInBlockStyle(key), let line = file.range(ofLine: key.line), let start = file.offset(of: key),
      let colon = bytes[start..<line.upperBound].firstIndex(of: UInt8(ascii: ":"))
    else { return false }
    let rest = bytes[(colon + 1)..<line.upperBound]
    let comment = rest.indices.first { bytes[$0] == UInt8(ascii: "#") && bytes[$0 - 1] == UInt8(ascii: " ") }
    let value = rest[..<(comment ?? rest.endIndex)]
    guard ["", "{}", "null", "~"].contains(String(decoding: value.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)) else {
      return false
    }
    let first = value.firstIndex { $0 > UInt8(ascii: " ") }
    let last = value.lastIndex { $0 > UInt8(ascii: " ") }
    if let first, let last {
      edits.append(Edit(range: (first - (bytes[first - 1] == UInt8(ascii: " ") ? 1 : 0))..<(last + 1), text: ""))
    }
    add(lines, behind: key.line)
    return true
  }

  // MARK: Flow style

  /// Adds entries at the end of a mapping in braces.
  /// - Returns: false, with nothing changed, where there is none at the mark.
  mutating func add(_ entries: JSONObject, inFlowAt mark: SourceMark) -> Bool {
    guard mark.file === file, let start = file.offset(of: mark), start < bytes.count, bytes[start] == UInt8(ascii: "{"),
      let end = closingBrace(of: start), let last = bytes[start..<end].lastIndex(where: { $0 > UInt8(ascii: " ") })
    else { return false }
    let needsComma = last > start && bytes[last] != UInt8(ascii: ",")
    let text = entries.map { "\(SchemaYAML.scalar(.string($0.key))): \(SchemaYAML.flow($0.value))" }.joined(separator: ", ")
    edits.append(Edit(range: (last + 1)..<(last + 1), text: (needsComma ? ", " : last > start ? " " : "") + text))
    return true
  }

  /// Where the brace is that closes the one at an offset.
  private func closingBrace(of start: Int) -> Int? {
    var depth = 0
    var quote: UInt8?
    var place = start
    while place < bytes.count {
      let byte = bytes[place]
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { place += 1 } else if byte == open { quote = nil }
      } else {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          // Within a word it is a letter like any other.
          if " ,:[{\n".utf8.contains(bytes[place - 1]) { quote = byte }
        case UInt8(ascii: "#"):
          if bytes[place - 1] <= UInt8(ascii: " ") { place = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count }
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return place }
        default: break
        }
      }
      place += 1
    }
    return nil
  }
}
