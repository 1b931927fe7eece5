import JSON
import Manifest

/// Examples as YAML, put together from those of the bundled schema.
enum ExampleText {
  /// The example that the schema has of a component, for those whose properties hang together; else one with its required properties, and
  /// with what else the schema has an example for; any other value as that of a property that takes it.
  static func of(_ name: String, _ definition: JSONValue) -> String {
    if let example = definition["examples"]?.array?.first?.object { return yaml(example, indent: "  ") }
    if let example = component(name, definition, onlyRequired: false, within: []) { return yaml(example, indent: "  ") }
    let value = value(definition, within: [name])
    return usage(of: name).map { yaml([$0: value], indent: "  ") } ?? "  \(inline(value))"
  }

  /// A property whose value can be of a definition; nil if there is none.
  private static func usage(of name: String) -> String? {
    for owner in [ComponentSchema.document] + ComponentSchema.definitions.values {
      for (key, property) in owner["properties"]?.object ?? [:] {
        if ([property] + (property["anyOf"]?.array ?? [])).contains(where: { target(of: $0)?.name == name }) { return key }
      }
    }
    return nil
  }

  /// - Parameter trail: the definitions around it, which an example does not go into again.
  private static func component(
    _ name: String, _ definition: JSONValue, onlyRequired: Bool, within trail: Set<String>
  ) -> JSONObject? {
    guard let properties = definition["properties"]?.object else { return nil }
    let required = Set(definition["required"]?.array?.compactMap(\.string) ?? [])
    var result: JSONObject = [:]
    for (key, property) in properties {
      if key == "type" {
        result[key] = property["enum"]?[0] ?? .string(name)
      } else if required.contains(key) {
        result[key] = value(property, within: trail.union([name]))
      } else if !onlyRequired, property["deprecated"]?.bool != true, let example = property["examples"]?.array?.first {
        result[key] = example
      }
    }
    return result
  }

  private static func value(_ schema: JSONValue, within trail: Set<String>) -> JSONValue {
    if let example = schema["examples"]?.array?.first ?? schema["default"] ?? schema["enum"]?.array?.first { return example }
    if let (name, target) = target(of: schema) {
      guard let component = component(name, target, onlyRequired: true, within: trail) else {
        return value(target, within: trail)
      }
      return .object(component)
    }
    if let choices = (schema["anyOf"] ?? schema["oneOf"])?.array {
      let fitting = choices.first { choice in
        let name = target(of: choice)?.name ?? ""
        return !name.hasPrefix("Custom") && !trail.contains(name)
      }
      return fitting.map { value($0, within: trail) } ?? .null
    }
    switch schema["type"]?.string {
    case "array"?:
      let element = schema["items"].map { [value($0, within: trail)] } ?? []
      return .array(Array(repeating: element, count: max(schema["minItems"]?.int ?? 1, 1)).flatMap { $0 })
    case "object"?: return [:]
    case "integer"?, "number"?: return schema["minimum"] ?? 1
    case "boolean"?: return true
    default: return "…"
    }
  }

  /// The definition that a schema refers to.
  private static func target(of schema: JSONValue) -> (name: String, definition: JSONValue)? {
    guard let reference = schema["$ref"]?.string, let name = reference.split(separator: "/").last.map(String.init),
      let target = ComponentSchema.resolve(reference)
    else { return nil }
    return (name, target)
  }

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
