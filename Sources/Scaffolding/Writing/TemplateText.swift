import JSON

/// Texts of the declarative language: templates that read what a request knows.
enum TemplateText {
  /// Whether a name can be written behind a dot.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
  }

  /// Names behind a dot that are methods of a mapping, whatever keys it has.
  private static let methods: Set<String> = [
    "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
  ]

  private static func isLetter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || (0x61...0x7A).contains(byte | 0x20) }

  /// A text as a literal of templates, in single quotes.
  static func literal(_ text: String) -> String {
    "'\(text.replacing("\\", with: #"\\"#).replacing("'", with: #"\'"#).replacing("\n", with: #"\n"#))'"
  }

  /// What a variable has at a path that may end early, at its second step also with null: `response.get('meta', {}).next`.
  static func reading(_ variable: String, _ path: [String]) -> String {
    guard let last = path.last else { return variable }
    if path.count == 1, isName(last) { return "\(variable).\(last)" }
    let start = path.dropLast().reduce(variable) { "\($0).get(\(literal($1)), {})" }
    // Null has no `get`.
    return path.count == 2 && isName(last) && !methods.contains(last) ? "\(start).\(last)" : "\(start).get(\(literal(last)))"
  }

  /// What a variable has at a path that is always there: `creation_response['job']['id']`.
  static func demanding(_ variable: String, _ path: [String]) -> String {
    path.reduce(variable) { "\($0)[\(literal($1))]" }
  }

  static func expression(_ text: String) -> String { "{{ \(text) }}" }

  /// A text that is sent as it is, also where it looks like a template.
  static func verbatim(_ text: String) -> String {
    text.contains("{{") || text.contains("{%") || text.contains("{#") ? expression(literal(text)) : text
  }

  /// Fills the placeholders `{name}` of a text; what has no value stays as it is.
  static func filled(_ text: String, _ value: (String) -> String?) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: start)..<end])
      result += rest[..<start]
      result += value(name) ?? "{\(name)}"
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// The names of the placeholders of a text, in order.
  static func placeholders(of text: String) -> [String] {
    var names: [String] = []
    _ = filled(text) {
      names.append($0)
      return nil
    }
    return names
  }
}
