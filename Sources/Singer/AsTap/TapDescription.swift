import JSON

/// What a source says of itself as a tap: the output of `--about`.
package struct TapDescription: Sendable {
  private let name: String
  private let version: String
  private let settings: JSONObject

  /// - Parameters:
  ///   - name: the name of the tap.
  ///   - version: the version of what runs it.
  ///   - specification: the JSON schema of the config.
  package init(name: String, version: String, specification: JSONObject) {
    self.name = name
    self.version = version
    settings = Self.settings(.object(specification), 0).object ?? [:]
  }

  private static let capabilities: [JSONValue] = ["about", "catalog", "discover", "state", "test"]

  /// As taps that are built on the Singer SDK print it.
  package var json: JSONValue {
    [
      "name": .string(name), "description": .string("The source \(name) as a Singer tap, run by airbyte-lowcode."),
      "version": .string(version), "capabilities": .array(Self.capabilities), "settings": .object(settings),
    ]
  }

  /// The same for people.
  package var text: String {
    let required = Set(settings["required"]?.array?.compactMap(\.string) ?? [])
    let lines = (settings["properties"]?.object ?? [:]).map { name, schema in
      let notes = [required.contains(name) ? "required" : nil, schema["secret"] == true ? "secret" : nil].compactMap { $0 }
      let title = (schema["title"] ?? schema["description"])?.string
      return "  \(name)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))") + (title.map { ": \($0)" } ?? "")
    }
    return """
      Name: \(name)
      Version: \(version)
      Capabilities: \(Self.capabilities.compactMap(\.string).joined(separator: ", "))
      Settings:
      \(lines.isEmpty ? "  none" : lines.joined(separator: "\n"))
      """
  }

  private static let deepest = 100

  /// A specification as the settings of a tap: secrets are marked as the SDK marks them.
  private static func settings(_ value: JSONValue, _ depth: Int) -> JSONValue {
    guard var schema = value.object, depth < deepest else { return value }
    if schema["airbyte_secret"] == true {
      schema["secret"] = true
      schema["writeOnly"] = true
    }
    for key in ["airbyte_secret", "airbyte_hidden", "always_show", "order"] { schema[key] = nil }
    for key in ["properties", "patternProperties", "definitions", "$defs"] {
      if let inner = schema[key]?.object { schema[key] = .object(inner.mapValues { settings($0, depth + 1) }) }
    }
    for key in ["items", "additionalProperties"] {
      if let inner = schema[key], inner.object != nil { schema[key] = settings(inner, depth + 1) }
    }
    for key in ["anyOf", "oneOf", "allOf"] {
      if let inner = schema[key]?.array { schema[key] = .array(inner.map { settings($0, depth + 1) }) }
    }
    return .object(schema)
  }
}
