import JSON
import LowCode

/// Examples as YAML, put together from those of the bundled schema.
enum ExampleText {
  /// A component with its required properties, and with what else the schema has an example for; nil where nothing is known.
  static func of(_ name: String, _ definition: JSONValue) -> String? {
    guard let example = component(name, definition, onlyRequired: false, depth: 0), example.count > 1 else { return nil }
    return yaml(example, indent: "  ")
  }

  private static func component(_ name: String, _ definition: JSONValue, onlyRequired: Bool, depth: Int) -> JSONObject? {
    guard depth < 8, let properties = definition["properties"]?.object else { return nil }
    let required = Set(definition["required"]?.array?.compactMap(\.string) ?? [])
    var result: JSONObject = [:]
    for (key, property) in properties {
      if key == "type" {
        result[key] = .string(name)
      } else if required.contains(key) {
        result[key] = value(property, depth: depth + 1)
      } else if !onlyRequired, property["deprecated"]?.bool != true, let example = property["examples"]?.array?.first {
        result[key] = example
      }
    }
    return result
  }

  private static func value(_ schema: JSONValue, depth: Int) -> JSONValue {
    if let example = schema["examples"]?.array?.first ?? schema["default"] ?? schema["enum"]?.array?.first { return example }
    if let reference = schema["$ref"]?.string, let target = ComponentSchema.resolve(reference) {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      if let component = component(name, target, onlyRequired: true, depth: depth) { return .object(component) }
      return value(target, depth: depth + 1)
    }
    if let first = (schema["anyOf"] ?? schema["oneOf"])?.array?.first(where: { !isCustom($0) }), depth < 8 {
      return value(first, depth: depth + 1)
    }
    switch schema["type"]?.string {
    case "array"?: return .array(schema["items"].map { depth < 8 ? [value($0, depth: depth + 1)] : [] } ?? [])
    case "object"?: return [:]
    case "integer"?, "number"?: return schema["minimum"] ?? 1
    case "boolean"?: return true
    default: return "…"
    }
  }

  private static func isCustom(_ schema: JSONValue) -> Bool { schema["$ref"]?.string?.contains("/Custom") == true }

  // MARK: YAML

  static func yaml(_ object: JSONObject, indent: String) -> String {
    object.map { key, value in entry(scalar(key), value, indent) }.joined(separator: "\n")
  }

  private static func entry(_ key: String, _ value: JSONValue, _ indent: String) -> String {
    switch value {
    case .object(let object) where !object.isEmpty: "\(indent)\(key):\n\(yaml(object, indent: indent + "  "))"
    case .array(let elements) where !elements.isEmpty: "\(indent)\(key):\n\(items(elements, indent + "  "))"
    default: "\(indent)\(key): \(inline(value))"
    }
  }

  private static func items(_ elements: [JSONValue], _ indent: String) -> String {
    elements.map { element in
      guard case .object(let object) = element, !object.isEmpty else { return "\(indent)- \(inline(element))" }
      let text = yaml(object, indent: indent + "  ")
      return "\(indent)- \(text.dropFirst(indent.count + 2))"
    }.joined(separator: "\n")
  }

  private static func inline(_ value: JSONValue) -> String {
    if let text = value.string { return scalar(text) }
    return value.jsonText
  }

  /// Plain where YAML reads it as the same text.
  private static func scalar(_ text: String) -> String {
    let isPlain = text.wholeMatch(of: /[A-Za-z$\/_][A-Za-z0-9$_\/.\-]*( [A-Za-z0-9_\/.\-]+)*/) != nil
    let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    return isPlain && !words.contains(text.lowercased()) ? text : JSONValue.string(text).jsonText
  }
}
