import JSON

/// The parts of a config that are variables of the environment: `AIRBYTE_CONFIG_token=…` is the property `token`, and
/// `AIRBYTE_CONFIG_credentials__client_id=…` is `client_id` in `credentials`.
package struct ConfigVariables: Sendable {
  package static let prefix = "AIRBYTE_CONFIG_"
  private static let step = "__"

  private let values: [(path: [String], text: String)]

  /// - Parameters:
  ///   - environment: the variables of the process.
  ///   - file: what a file `.env` says; the environment wins.
  package init(environment: [String: String], file: String = "") {
    let all = Self.variables(in: file).merging(environment) { $1 }
    values = all.filter { $0.key.hasPrefix(Self.prefix) && $0.key.utf8.count > Self.prefix.utf8.count }
      .sorted { $0.key < $1.key }
      .map { name, text in (Self.steps(of: name.dropFirst(Self.prefix.count)), text) }
  }

  package var isEmpty: Bool { values.isEmpty }

  /// A config with these parts in it, and over what it has there.
  /// - Parameter specification: the JSON schema of the config. What it says is a number, a boolean, a list or an object is read as
  ///   JSON; all else is text.
  package func applied(to config: JSONObject, specification: JSONValue?) -> JSONObject {
    values.reduce(into: config) { config, entry in
      Self.set(Self.value(entry.text, Self.schema(at: entry.path[...], in: specification)), at: entry.path[...], in: &config)
    }
  }

  private static func steps(of name: Substring) -> [String] {
    var steps: [String] = []
    var rest = name
    while let mark = rest.firstRange(of: step), mark.lowerBound > rest.startIndex, mark.upperBound < rest.endIndex {
      steps.append(String(rest[..<mark.lowerBound]))
      rest = rest[mark.upperBound...]
    }
    return steps + [String(rest)]
  }

  private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      object[key] = value
      return
    }
    var inner = object[key]?.object ?? [:]
    set(value, at: path.dropFirst(), in: &inner)
    object[key] = .object(inner)
  }

  /// What a schema says of a property, also one of an alternative.
  private static func schema(at path: ArraySlice<String>, in schema: JSONValue?) -> JSONValue? {
    guard let key = path.first else { return schema }
    let alternatives = ["oneOf", "anyOf", "allOf"].flatMap { schema?[$0]?.array ?? [] }
    for candidate in [schema ?? .null] + alternatives {
      if let property = candidate["properties"]?[key] { return self.schema(at: path.dropFirst(), in: property) }
    }
    return nil
  }

  private static func value(_ text: String, _ schema: JSONValue?) -> JSONValue {
    let types = schema?["type"]?.string.map { [$0] } ?? schema?["type"]?.array?.compactMap(\.string) ?? []
    let isText = types.contains("string") || types.allSatisfy { $0 == "null" }
    guard !isText, let value = try? JSONValue(parsing: Array(text.utf8)) else { return .string(text) }
    return value
  }

  /// The variables of a file `.env`: a line `NAME=value` each, perhaps behind `export`, the value perhaps in quotes. Lines that begin
  /// with `#` and what else is no variable are passed over.
  static func variables(in file: String) -> [String: String] {
    var variables: [String: String] = [:]
    for line in file.split(whereSeparator: \.isNewline) {
      var line = line.drop(while: \.isWhitespace)
      if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop(while: \.isWhitespace) }
      guard !line.hasPrefix("#"), let sign = line.firstIndex(of: "=") else { continue }
      let name = String(line[..<sign].reversed().drop(while: \.isWhitespace).reversed())
      variables[name] = unquoted(line[line.index(after: sign)...].drop(while: \.isWhitespace))
    }
    return variables
  }

  private static func unquoted(_ value: Substring) -> String {
    if let quote = value.first, quote == "\"" || quote == "'" {
      let inner = value.dropFirst()
      guard let end = inner.lastIndex(of: quote) else { return String(value) }
      let text = String(inner[..<end])
      return quote == "'" ? text : text.replacing("\\n", with: "\n").replacing("\\\"", with: "\"")
    }
    // A remark behind a value has a blank before it.
    let end = value.firstRange(of: " #")?.lowerBound ?? value.endIndex
    return String(value[..<end].reversed().drop(while: \.isWhitespace).reversed())
  }
}
