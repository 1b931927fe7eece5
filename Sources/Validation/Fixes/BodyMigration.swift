import Manifest
import YAML

/// Writes `request_body_json` and `request_body_data` as `request_body`: the same change that the reference's migrations make, but in
/// the text, so that comments and the author's layout stay.
enum BodyMigration {
  /// The changes for a deprecated body; none if it has to be written by hand.
  static func edits(key: String, value: ManifestNode, in text: SourceText) -> [TextEdit] {
    guard let type = bodyType(key, value), let keyMark = value.keyMark, let mark = value.mark, mark.file === keyMark.file,
      let keyRange = text.range(of: key, at: keyMark), let valueStart = text.offset(of: mark), mark.line >= keyMark.line
    else { return [] }
    if mark.line == keyMark.line {
      // A value in braces on the line of its key.
      guard text.bytes[valueStart] == UInt8(ascii: "{"), let end = closingBrace(from: valueStart, text.bytes) else { return [] }
      return [
        TextEdit(keyRange, "request_body"), TextEdit(valueStart..<valueStart, "{type: \(type), value: "),
        TextEdit(end..<end, "}"),
      ]
    }
    let inner = String(repeating: " ", count: keyMark.column + 1)
    guard text.bytes[keyRange.upperBound] == UInt8(ascii: ":") else { return [] }
    guard let firstLine = text.line(keyMark.line + 1)?.lowerBound else { return [] }
    var edits = [
      TextEdit(keyRange, "request_body"), TextEdit(firstLine..<firstLine, "\(inner)type: \(type)\n\(inner)value:\n"),
    ]
    var number = keyMark.line + 1
    while let start = text.line(number)?.lowerBound {
      if let indent = text.indent(ofLine: number) {
        if indent < keyMark.column { break }
        edits.append(TextEdit(start..<start, "  "))
      }
      number += 1
    }
    return edits
  }

  /// The type of the new body; nil for one that stays: a text that is a template, which may give anything.
  private static func bodyType(_ key: String, _ value: ManifestNode) -> String? {
    guard value.isMapping else { return nil }
    if key == "request_body_data" { return "RequestBodyUrlEncodedForm" }
    guard value["query"]?.string != nil else { return "RequestBodyJsonObject" }
    // A query's nulls are not sent.
    return (value.entries ?? []).contains { $0.node.isNull } ? nil : "RequestBodyGraphQL"
  }

  /// The offset behind the brace that closes the one at `start`.
  private static func closingBrace(from start: Int, _ bytes: [UInt8]) -> Int? {
    var depth = 0
    var quote: UInt8?
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if open == UInt8(ascii: "\""), byte == UInt8(ascii: "\\") { index += 1 } else if byte == open { quote = nil }
      } else {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return index + 1 }
        default: break
        }
      }
      index += 1
    }
    return nil
  }
}
