import JSON
import LowCode

/// What the bundled schema says of components and properties, for people.
package enum Explanation {
  /// A name that the schema does not have.
  package struct Unknown: Error, CustomStringConvertible {
    package let description: String
  }

  /// All types, each with its purpose in short.
  package static var list: String {
    let types = ComponentSchema.definitionNames.filter { ComponentSchema.definition($0)?["properties"] != nil }
    let width = types.map(\.count).max() ?? 0
    return types.map { name in
      let padding = String(repeating: " ", count: width - name.count)
      return "\(name)\(padding)  \(firstSentence(ComponentSchema.definition(name)?["description"]?.string ?? ""))"
    }.joined(separator: "\n")
  }

  /// - Parameter subject: `TYPE` or `TYPE.property`.
  package static func of(_ subject: String) throws(Unknown) -> String {
    let parts = subject.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (name, definition) = try definition(parts[0])
    guard parts.count == 2 else { return type(name, definition) }
    let properties = definition["properties"]?.object ?? [:]
    guard let property = properties[parts[1]] else {
      let near = NameSuggestion.nearest(to: parts[1], among: properties.keys).map { "; did you mean `\($0)`?" }
      throw Unknown(description: "`\(name)` has no property `\(parts[1])`\(near ?? "")")
    }
    return self.property(parts[1], of: name, property, required: required(definition))
  }

  /// By its exact name, or by the only one that differs in case.
  private static func definition(_ name: String) throws(Unknown) -> (String, JSONValue) {
    if name == "DeclarativeSource" { return (name, ComponentSchema.document) }
    if let definition = ComponentSchema.definition(name) { return (name, definition) }
    let names = ComponentSchema.definitionNames + ["DeclarativeSource"]
    if let other = names.first(where: { $0.lowercased() == name.lowercased() }) { return try definition(other) }
    let near = NameSuggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" }
    throw Unknown(description: "there is no type `\(name)`\(near ?? "")")
  }

  private static func required(_ definition: JSONValue) -> Set<String> {
    Set(definition["required"]?.array?.compactMap(\.string) ?? [])
  }

  // MARK: Types

  private static func type(_ name: String, _ definition: JSONValue) -> String {
    var paragraphs = [heading(name, definition)]
    let properties = definition["properties"]?.object ?? [:]
    let required = required(definition)
    let names = properties.keys.filter { $0 != "type" }
    if definition["properties"] == nil {
      let values = definition["enum"]?.array.map { "\n  Values: \(list($0))" } ?? ""
      paragraphs.append("  Type: \(SchemaWords.kind(of: definition))\(values)")
    } else if !names.isEmpty {
      let lines = names.map { key -> String in
        let property = properties[key] ?? .null
        let facts = [SchemaWords.kind(of: property), required.contains(key) ? "required" : nil, standard(property)].compactMap {
          $0
        }
        let deprecated = property["deprecated"]?.bool == true ? "Deprecated. " : ""
        let text = SchemaWords.wrapped(deprecated + (property["description"]?.string ?? ""), indent: "      ")
        return "  \(key) (\(facts.joined(separator: ", ")))" + (text.isEmpty ? "" : "\n\(text)")
      }
      paragraphs.append("Properties:\n" + lines.joined(separator: "\n"))
    }
    paragraphs.append("Example:\n" + ExampleText.of(name, definition))
    return paragraphs.joined(separator: "\n\n")
  }

  private static func heading(_ name: String, _ definition: JSONValue) -> String {
    var lines = [name]
    if let description = definition["description"]?.string { lines.append(SchemaWords.wrapped(description, indent: "  ")) }
    if definition["deprecated"]?.bool == true { lines.append("  Deprecated.") }
    return lines.joined(separator: "\n")
  }

  // MARK: Properties

  private static func property(_ key: String, of type: String, _ property: JSONValue, required: Set<String>) -> String {
    var lines = ["\(type).\(key)"]
    if let description = property["description"]?.string { lines.append(SchemaWords.wrapped(description, indent: "  ")) }
    if property["deprecated"]?.bool == true {
      lines.append(SchemaWords.wrapped("Deprecated. \(property["deprecation_message"]?.string ?? "")", indent: "  "))
    }
    lines.append("")
    lines.append("  Type: \(SchemaWords.kind(of: property))")
    lines.append("  Required: \(required.contains(key) ? "yes" : "no")")
    if let value = property["default"] { lines.append("  Default: \(value.jsonText)") }
    if let values = property["enum"]?.array { lines.append("  Values: \(list(values))") }
    if let variables = property["interpolation_context"]?.array?.compactMap(\.string) {
      lines.append("  Variables of templates: \(variables.joined(separator: ", "))")
    }
    let examples = property["examples"]?.array ?? []
    if !examples.isEmpty {
      lines.append("")
      lines.append(examples.count == 1 ? "Example:" : "Examples:")
      lines += examples.map { ExampleText.yaml([key: $0], indent: "  ") }
    }
    return lines.joined(separator: "\n")
  }

  private static func standard(_ property: JSONValue) -> String? { property["default"].map { "default \($0.jsonText)" } }

  private static func list(_ values: [JSONValue]) -> String { values.map { $0.string ?? $0.jsonText }.joined(separator: ", ") }

  private static func firstSentence(_ text: String) -> String {
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound]) + "."
  }
}
