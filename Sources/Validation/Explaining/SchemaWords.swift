import JSON

/// Parts of the component schema in words.
package enum SchemaWords {
  /// The type of a property: `string`, `list of integer`, `PageIncrement or OffsetIncrement`.
  package static func kind(of schema: JSONValue) -> String {
    let kinds = self.kinds(of: schema)
    return kinds.isEmpty
      ? "anything" : kinds.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: " or ")
  }

  private static func kinds(of schema: JSONValue) -> [String] {
    if let reference = schema["$ref"]?.string { return [reference.split(separator: "/").last.map(String.init) ?? reference] }
    let alternatives = (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? [])
    // Alternatives may also say no more than which properties go together.
    let kinds = alternatives.flatMap { self.kinds(of: $0) }
    if !kinds.isEmpty { return kinds }
    let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
    return types.map { type in
      switch type {
      case "array": schema["items"].map { "list of \(element(kind(of: $0)))" } ?? "list"
      case "object":
        schema["additionalProperties"].flatMap { $0.object == nil ? nil : "mapping of \(kind(of: $0))" } ?? "mapping"
      default: type
      }
    }
  }

  /// What a list holds, in brackets where it may be one of several.
  private static func element(_ kind: String) -> String { kind.contains(" or ") ? "(\(kind))" : kind }

  /// A text in lines of at most 100 columns.
  static func wrapped(_ text: String, indent: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, indent.count + line.count + word.count + 1 > 100 {
        lines.append(indent + line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines.joined(separator: "\n")
  }
}
