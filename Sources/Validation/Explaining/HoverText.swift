import JSON
import Manifest

/// Explanations as Markdown, as editors show them beside a text: shorter than those for a terminal.
package enum HoverText {
  /// A component; nil if there is none of that name.
  package static func component(_ name: String) -> String? {
    let definition = name == "DeclarativeSource" ? ComponentSchema.document : ComponentSchema.definition(name)
    return definition.map { component(name, $0) }
  }

  /// A component, or a source of another kind, by its schema.
  package static func component(_ name: String, _ definition: JSONValue) -> String {
    var parts = ["**\(name)**"]
    if definition["deprecated"]?.bool == true { parts.append("*Deprecated.*") }
    if let description = definition["description"]?.string { parts.append(description) }
    let required = (definition["required"]?.array ?? []).compactMap(\.string).filter { $0 != "type" }
    if !required.isEmpty { parts.append("Required: \(required.map { "`\($0)`" }.joined(separator: ", "))") }
    if name != "DeclarativeSource" { parts.append(code(ExampleText.of(name, definition))) }
    return parts.joined(separator: "\n\n")
  }

  /// A property of a component; nil if the component has none of that name.
  package static func property(_ key: String, of type: String) -> String? {
    let definition = type == "DeclarativeSource" ? ComponentSchema.document : ComponentSchema.definition(type)
    return definition.flatMap { self.property(key, of: type, $0) }
  }

  /// A property of what a schema describes; nil if it has none of that name.
  package static func property(_ key: String, of type: String, _ definition: JSONValue) -> String? {
    guard let property = definition["properties"]?[key] else { return nil }
    let isRequired = definition["required"]?.array?.contains(.string(key)) ?? false
    var parts = ["**\(key)** of `\(type)`: \(SchemaWords.kind(of: property))\(isRequired ? ", required" : "")"]
    if property["deprecated"]?.bool == true {
      parts.append("*Deprecated\(property["deprecation_message"]?.string.map { ": \($0)" } ?? "").*")
    }
    if let description = property["description"]?.string { parts.append(description) }
    var facts = Explanation.facts(key, of: type)
    if let values = property["enum"]?.array {
      facts.insert("Values: \(values.map { "`\($0.string ?? $0.jsonText)`" }.joined(separator: ", "))", at: 0)
    }
    if let value = property["default"] { facts.insert("Default: `\(value.jsonText)`", at: 0) }
    if !facts.isEmpty { parts.append(facts.map { "- \($0)" }.joined(separator: "\n")) }
    let examples = property["examples"]?.array ?? []
    if !examples.isEmpty { parts.append(code(examples.map { ExampleText.yaml([key: $0], indent: "") }.joined(separator: "\n"))) }
    return parts.joined(separator: "\n\n")
  }

  /// A variable, macro or filter of templates; nil if there is none of that name.
  package static func template(_ name: String) -> String? {
    let parts = TemplateGuide.all.filter { $0.name == name }.map { entry in
      var parts = ["**\(name)** (\(entry.kind))", entry.description]
      if !entry.arguments.isEmpty {
        parts.append(entry.arguments.map { "- `\($0.name)`: \($0.description)" }.joined(separator: "\n"))
      }
      if let result = entry.result { parts.append("\(entry.kind.hasPrefix("variable") ? "Type" : "Gives"): \(result)") }
      if !entry.examples.isEmpty { parts.append(code(entry.examples.joined(separator: "\n"))) }
      return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n---\n\n")
  }

  private static func code(_ text: String) -> String { "```yaml\n\(text)\n```" }
}
