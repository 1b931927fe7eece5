import JSON
import YAML

/// Values as YAML, as people write it.
package enum YAMLText {
  /// So many columns a line has at most, where that can be had.
  private static let width = 120

  /// A value on lines of its own, which are indented by some blanks.
  package static func block(_ value: JSONValue, indent: Int) -> [String] {
    let blanks = String(repeating: " ", count: indent)
    switch value {
    case .object(let members) where !members.isEmpty:
      return members.flatMap { key, value -> [String] in entry(key, value, indent: indent) }
    case .array(let elements) where !elements.isEmpty:
      return elements.flatMap { element -> [String] in
        if let line = line(element, room: width - indent - 2) { return ["\(blanks)- \(line)"] }
        var lines = block(element, indent: indent + 2)
        if let first = lines.first { lines[0] = "\(blanks)- \(first.dropFirst(indent + 2))" }
        return lines
      }
    default: return [blanks + flow(value)]
    }
  }

  /// A key and its value, indented by some blanks.
  package static func entry(_ key: String, _ value: JSONValue, indent: Int) -> [String] {
    let head = String(repeating: " ", count: indent) + scalar(key, isFlow: false) + ":"
    if let line = line(value, room: width - head.count - 1) { return ["\(head) \(line)"] }
    return [head] + block(value, indent: indent + 2)
  }

  /// A value on one line; nil if it should have lines of its own.
  package static func line(_ value: JSONValue, room: Int) -> String? {
    switch value {
    case .array(let elements) where elements.contains { $0.array != nil || $0.object != nil || $0.string?.contains(" ") == true }:
      return nil
    case .object(let members) where members.values.contains { $0.array != nil && line($0, room: room) == nil }: return nil
    case .array, .object:
      let text = flow(value)
      return text.count <= room || value.count == 0 ? text : nil
    case .string(let text): return scalar(text, isFlow: false)
    default: return flow(value)
    }
  }

  /// A value on one line, however long.
  package static func flow(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[\(elements.map(flow).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\(scalar($0.key, isFlow: true)): \(flow($0.value))" }.joined(separator: ", "))}"
    case .string(let text): scalar(text, isFlow: true)
    default: value.jsonText
    }
  }

  /// A text, in quotes where it needs them.
  package static func scalar(_ text: String, isFlow: Bool) -> String {
    let quoted = JSONValue.string(text).jsonText
    guard let first = text.unicodeScalars.first, first.isASCII,
      first.properties.isAlphabetic || first == "_" || first == "$", text.count < width,
      text.unicodeScalars.allSatisfy({ isPlain($0, isFlow: isFlow) }), text.last != " ", text.last != ":", !text.contains(": "),
      case .string(text)? = (try? YAMLDocument(parsing: text, file: ""))?.root.content
    else { return quoted }
    return text
  }

  private static func isPlain(_ scalar: Unicode.Scalar, isFlow: Bool) -> Bool {
    guard scalar.isASCII else { return false }
    if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) { return true }
    return (isFlow ? "_ ./@+-$" : "_ ./@+-$%?&=~:").unicodeScalars.contains(scalar)
  }
}
