import JSON

/// Writes values as YAML that people read and change.
enum YAMLText {
  /// What is no longer stays on one line.
  private static let longestLine = 100

  /// The members of an object, a line or a block each.
  static func block(_ members: JSONObject, indent: String = "") -> String {
    members.map { key, value in "\(indent)\(scalar(.string(key))):\(tail(of: value, indent: indent))" }.joined()
  }

  /// What stands behind a key, with its line end.
  private static func tail(of value: JSONValue, indent: String) -> String {
    switch value {
    case .object(let members) where !members.isEmpty: return "\n" + block(members, indent: indent + "  ")
    case .array(let elements) where !elements.isEmpty:
      let flow = "[\(elements.map(scalar).joined(separator: ", "))]"
      if elements.allSatisfy({ $0.array == nil && $0.object == nil }), flow.count <= longestLine { return " \(flow)\n" }
      return "\n" + elements.map { item($0, indent: indent + "  ") }.joined()
    default: return " \(scalar(value))\n"
    }
  }

  private static func item(_ value: JSONValue, indent: String) -> String {
    guard case .object(let members) = value, !members.isEmpty else { return "\(indent)- \(scalar(value))\n" }
    let text = block(members, indent: indent + "  ")
    return "\(indent)- \(text.dropFirst(indent.count + 2))"
  }

  /// A value on one line.
  static func scalar(_ value: JSONValue) -> String {
    guard case .string(let text) = value, isPlain(text) else { return value.jsonText }
    return text
  }

  /// Words that mean something else than themselves.
  private static let reserved: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"]

  /// Whether a text means itself without quotes, in YAML 1.1 and within brackets.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, text.count <= longestLine else {
      return false
    }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
    guard isLetter(first) || first == "_", last != " ", last != ":", !reserved.contains(text.lowercased()) else { return false }
    return text.unicodeScalars.allSatisfy { isLetter($0) || ("0"..."9").contains($0) || "_-./ ()".unicodeScalars.contains($0) }
  }
}
