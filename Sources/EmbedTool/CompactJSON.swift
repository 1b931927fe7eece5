import YAML

/// Writes a YAML node as JSON on one line. The package's own writer would have to be built for the host a second time.
struct CompactJSON {
  private(set) var text = ""

  /// Appends `node`; throws a ``YAMLError`` if JSON has no such value.
  mutating func append(_ node: YAMLNode) throws(YAMLError) {
    switch node.content {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .bigInt(let digits): text += digits
    case .double(let value) where value.isFinite: text += String(value)
    case .string(let value): append(value)
    case .sequence(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        try append(element)
      }
      text += "]"
    case .mapping(let entries):
      text += "{"
      for (index, entry) in entries.enumerated() {
        guard case .string(let key) = entry.key.content else {
          throw YAMLError("a key of the schema is \(entry.key.kindName) and has to be a string", at: entry.key.mark)
        }
        if index > 0 { text += "," }
        append(key)
        text += ":"
        try append(entry.value)
      }
      text += "}"
    case .double, .timestamp, .binary, .set, .pairs:
      throw YAMLError("JSON cannot hold \(node.kindName); write it as a string", at: node.mark)
    }
  }

  private mutating func append(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
