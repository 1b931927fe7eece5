import JSON
import Secrets

/// A JSON schema, or any JSON value, as lines of YAML in block style.
enum SchemaYAML {
  /// The lines of a mapping's entries.
  /// - Parameter indent: how many blanks each line begins with.
  static func lines(_ object: JSONObject, indent: Int) -> [String] {
    object.flatMap { key, value in entry(scalar(.string(key)) + ":", value, indent) }
  }

  private static func entry(_ head: String, _ value: JSONValue, _ indent: Int) -> [String] {
    let blanks = String(repeating: " ", count: indent)
    switch value {
    case .object(let object) where !object.isEmpty: return ["\(blanks)\(head)"] + lines(object, indent: indent + 2)
    case .array(let list) where !list.isEmpty:
      return ["\(blanks)\(head)"] + list.flatMap { element(of: $0, indent + 2) }
    case .object: return ["\(blanks)\(head) {}"]
    case .array: return ["\(blanks)\(head) []"]
    default: return ["\(blanks)\(head) \(scalar(value))"]
    }
  }

  private static func element(of value: JSONValue, _ indent: Int) -> [String] {
    let blanks = String(repeating: " ", count: indent)
    switch value {
    case .object(let object) where !object.isEmpty:
      var lines = lines(object, indent: indent + 2)
      lines[0] = "\(blanks)- \(lines[0].dropFirst(indent + 2))"
      return lines
    case .array, .object: return ["\(blanks)- \(flow(value))"]
    default: return ["\(blanks)- \(scalar(value))"]
    }
  }

  /// A value in one line.
  static func flow(_ value: JSONValue) -> String {
    switch value {
    case .object(let object):
      "{\(object.map { "\(scalar(.string($0.key))): \(flow($0.value))" }.joined(separator: ", "))}"
    case .array(let list): "[\(list.map(flow).joined(separator: ", "))]"
    default: scalar(value)
    }
  }

  /// A scalar, in double quotes where it would be read as something else without them.
  static func scalar(_ value: JSONValue) -> String {
    guard case .string(let text) = value else { return value.jsonText }
    return isPlain(text) ? text : quoted(text)
  }

  /// A text in double quotes, in which what YAML cannot have, and what nobody sees, is an escape.
  private static func quoted(_ text: String) -> String {
    var result = ""
    for scalar in JSONValue.string(text).jsonText.unicodeScalars {
      guard scalar.value >= 0x7F, TerminalText.isUnsafe(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
      result += "\\\(mark)" + String(repeating: "0", count: width - digits.count) + digits
    }
    return result
  }

  /// Words that YAML 1.1 reads as truth values or null.
  private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || "_$".utf8.contains(first) else { return false }
    return !reserved.contains(text.lowercased())
      && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "_-./$".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
