import YAML

/// Writes a component schema as JSON on one line, without its own keywords, those with `x-`. The package's own writer would have to
/// be built for the host a second time.
struct CompactJSON {
  private(set) var text = ""

  /// What a node is to the schema, as far as that decides what its keys are.
  enum Role {
    case schema, definitions, definition, properties, property, value

    /// The role of a member; nil for one that is left out.
    func role(of key: String) -> Role? {
      switch (self, key) {
      case (.definitions, _): .definition
      case (.properties, _): .property
      case (.schema, "definitions"): .definitions
      case (.schema, "properties"), (.definition, "properties"): .properties
      case (.value, _): .value
      default: key.hasPrefix("x-") ? nil : .value
      }
    }
  }

  /// Appends `node`; throws a ``YAMLError`` if JSON has no such value.
  mutating func append(_ node: YAMLNode, as role: Role) throws(YAMLError) {
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
        try append(element, as: .value)
      }
      text += "]"
    case .mapping(let entries):
      text += "{"
      var isFirst = true
      for entry in entries {
        guard case .string(let key) = entry.key.content else {
          throw YAMLError("a key of the schema is \(entry.key.kindName) and has to be a string", at: entry.key.mark)
        }
        guard let inner = role.role(of: key) else { continue }
        if !isFirst { text += "," }
        isFirst = false
        append(key)
        text += ":"
        try append(entry.value, as: inner)
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
