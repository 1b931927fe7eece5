import JSON
import Python

/// JSON values as Python's `repr` writes them, for messages that users know in that form.
extension PythonRepr {
  static let depthLimit = 512

  /// Deeper structures are cut with an ellipsis.
  package static func of(_ value: JSONValue) -> String {
    var text = ""
    write(value, depth: 0, to: &text)
    return text
  }

  private static func write(_ value: JSONValue, depth: Int, to text: inout String) {
    guard depth < depthLimit else {
      text += "..."
      return
    }
    switch value {
    case .null: text += "None"
    case .bool(let bool): text += bool ? "True" : "False"
    case .int(let int): text += String(int)
    case .double(let double): text += of(double)
    case .number(let digits):
      if case .double(let double)? = Number(value) { text += of(double) } else { text += digits }
    case .string(let string): text += of(string)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += ", " }
        write(item, depth: depth + 1, to: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      var first = true
      for (key, member) in object {
        if !first { text += ", " }
        first = false
        text += of(key) + ": "
        write(member, depth: depth + 1, to: &text)
      }
      text += "}"
    }
  }
}
