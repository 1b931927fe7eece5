import Components
import Engine
import JSON
import Manifest

/// What the bundled schema says of components and properties, for people.
package struct Explanation: Sendable {
  /// The kinds of sources beside declarative ones, each with the schema of its manifests.
  let sources: [(type: String, schema: JSONValue)]

  package init(_ kinds: SourceKinds = SourceKinds()) {
    sources = kinds.types.compactMap { type in kinds[type].map { (type, $0.schema) } }
  }

  /// A name that the schema does not have.
  package struct Unknown: Error, CustomStringConvertible {
    package let description: String
  }

  /// All components, rules, filters, macros and variables of templates, each with its purpose in short.
  package var list: String {
    let types = ComponentSchema.definitionNames.filter { ComponentSchema.definition($0)?["properties"] != nil }
    func entries(_ entries: [TemplateGuide.Entry]) -> [(String, String)] { entries.map { ($0.name, $0.description) } }
    return [
      Self.section("Components", types.map { ($0, ComponentSchema.definition($0)?["description"]?.string ?? "") }),
      sources.isEmpty
        ? nil
        : Self.section(
          "Kinds of sources, beside `DeclarativeSource`", sources.map { ($0.type, $0.schema["description"]?.string ?? "") }),
      Self.section("Rules of `validate`", RuleCatalog.silenceable.map { ($0, RuleCatalog.summary(of: $0) ?? "") }),
      Self.section("Filters of templates", entries(TemplateGuide.filters)),
      Self.section("Macros of templates", entries(TemplateGuide.macros)),
      Self.section("Variables of templates", entries(TemplateGuide.variables)),
      "`airbyte-lowcode explain NAME` says more of each, and of a property such as `CursorPagination.cursor_value`.",
    ].compactMap { $0 }.joined(separator: "\n\n")
  }

  /// Everything that can be explained by its name alone, but for properties.
  package var names: [String] { typeNames + RuleCatalog.silenceable + TemplateGuide.all.map(\.name) }

  private static func section(_ title: String, _ entries: [(name: String, description: String)]) -> String {
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { name, description in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(Self.firstSentence(description))"
    }
    return ([title + ":"] + lines).joined(separator: "\n")
  }

  /// - Parameter subject: `TYPE` or `TYPE.property`, or the name of a property, a rule, or of what templates may use.
  package func of(_ subject: String) throws(Unknown) -> String {
    let parts = subject.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let (name, definition) = definition(parts[0]) else {
      if parts.count > 1 { throw Unknown(description: "there is no type `\(parts[0])`\(Self.near(parts[0], typeNames))") }
      return try other(subject)
    }
    guard let last = parts.dropFirst().last else { return type(name, definition) }
    var (owner, schema) = (name, definition)
    for key in parts.dropFirst().dropLast() {
      schema = try member(key, of: owner, schema)
      schema = schema["items"] ?? schema
      owner += ".\(key)"
    }
    return property(last, of: owner, try member(last, of: owner, schema), required: Self.required(schema))
  }

  /// - Throws: ``Unknown`` if there is no such property.
  private func member(_ key: String, of owner: String, _ schema: JSONValue) throws(Unknown) -> JSONValue {
    let properties = schema["properties"]?.object ?? [:]
    guard let property = properties[key] else { throw unknownProperty(key, of: owner, Array(properties.keys)) }
    return property
  }

  private var typeNames: [String] { ComponentSchema.definitionNames + ["DeclarativeSource"] + sources.map(\.type) }

  /// By its exact name, or by the only one that differs in case.
  private func definition(_ name: String) -> (String, JSONValue)? {
    if name == "DeclarativeSource" { return (name, ComponentSchema.document) }
    if let source = sources.first(where: { $0.type == name }) { return (name, source.schema) }
    if let definition = ComponentSchema.definition(name) { return (name, definition) }
    // A name in lower-case letters may be that of a rule, a filter or a property.
    guard name.lowercased() != name || others(name).isEmpty else { return nil }
    return typeNames.first { $0.lowercased() == name.lowercased() }.flatMap { definition($0) }
  }

  private static func near(_ name: String, _ names: some Sequence<String>) -> String {
    NameSuggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" } ?? ""
  }

  private func unknownProperty(_ key: String, of type: String, _ known: [String]) -> Unknown {
    let sentence = "`\(type)` has no property `\(key)`"
    let near = Self.near(key, known)
    if !near.isEmpty { return Unknown(description: sentence + near) }
    let owners = owners(of: key)
    if !owners.isEmpty { return Unknown(description: "\(sentence); it is one of \(Self.phrase(owners))") }
    return Unknown(description: "\(sentence); it has \(Self.phrase(known.filter { $0 != "type" }))")
  }

  /// Names in backquotes, as a part of a sentence.
  private static func phrase(_ names: [String]) -> String {
    let quoted = names.prefix(12).map { "`\($0)`" }
    let rest = names.count > 12 ? ["\(names.count - 12) others"] : []
    let all = quoted + rest
    return all.count < 2 ? all.first ?? "none" : all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1]
  }

  // MARK: What is not a component

  private func other(_ name: String) throws(Unknown) -> String {
    let found = others(name)
    guard found.isEmpty else { return found.joined(separator: "\n\n") }
    let near = Self.near(name, names)
    let isInNames = names.filter { $0.lowercased().contains(name.lowercased()) }.count > 1
    if !near.isEmpty, !isInNames, let type = NameSuggestion.nearest(to: name, among: names), typeNames.contains(type) {
      throw Unknown(description: "there is no type `\(name)`\(near)")
    }
    let having = names.filter { name.count > 2 && $0.lowercased().contains(name.lowercased()) }
    if !having.isEmpty {
      throw Unknown(description: "there is nothing called `\(name)`; these have it in their names: \(Self.phrase(having))")
    }
    let properties = Set(owned.keys)
    let help = near.isEmpty ? Self.near(name, properties.sorted()) : near
    throw Unknown(
      description: "there is no component, property, rule, filter, macro or variable `\(name)`"
        + (help.isEmpty ? "; `airbyte-lowcode explain` lists them" : help))
  }

  /// Everything else that bears a name: a rule, what templates may use, and properties.
  private func others(_ name: String) -> [String] {
    var found: [String] = []
    if let rule = RuleExplanation.of(name) { found.append(rule) }
    found += TemplateGuide.all.filter { $0.name == name }.map(Self.entry)
    let owners = owners(of: name)
    guard let first = owners.first else { return found }
    if owners.count == 1, let definition = definition(first)?.1, let property = definition["properties"]?[name] {
      found.append(self.property(name, of: first, property, required: Self.required(definition)))
    } else {
      let sentence = "`\(name)` is a property of \(Self.phrase(owners)); `airbyte-lowcode explain \(first).\(name)` says more."
      found.append("\(name) (property)\n\(SchemaWords.wrapped(sentence, indent: "  "))")
    }
    return found
  }

  /// The components that have a property, in the order of the schema.
  private func owners(of property: String) -> [String] { owned[property] ?? [] }

  private var owned: [String: [String]] {
    var owned: [String: [String]] = [:]
    for name in ["DeclarativeSource"] + ComponentSchema.definitionNames {
      let definition = name == "DeclarativeSource" ? ComponentSchema.document : ComponentSchema.definition(name)
      for key in definition?["properties"]?.object?.keys ?? [] where key != "type" && !key.hasPrefix("$") {
        owned[key, default: []].append(name)
      }
    }
    for (type, schema) in sources {
      for key in schema["properties"]?.object?.keys ?? [] where !["type", "version", "spec"].contains(key) {
        owned[key, default: []].append(type)
      }
    }
    return owned
  }

  private static func entry(_ entry: TemplateGuide.Entry) -> String {
    var lines = ["\(entry.name) (\(entry.kind))"]
    if !entry.description.isEmpty { lines.append(SchemaWords.wrapped(entry.description, indent: "  ")) }
    if !entry.arguments.isEmpty {
      lines += ["", "Arguments:"]
      for (name, description) in entry.arguments { lines.append(SchemaWords.wrapped("\(name): \(description)", indent: "  ")) }
    }
    if let result = entry.result { lines += ["", "  \(entry.kind.hasPrefix("variable") ? "Type" : "Gives"): \(result)"] }
    if entry.kind.hasPrefix("variable") { lines += Self.places(of: entry.name) }
    if !entry.examples.isEmpty {
      lines += ["", entry.examples.count == 1 ? "Example:" : "Examples:"] + entry.examples.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  /// Where templates have a variable.
  private static func places(of variable: String) -> [String] {
    guard !ComponentSchema.commonVariables.contains(variable) else { return ["  In: every template"] }
    var places: [String] = []
    for (name, definition) in ComponentSchema.definitions {
      for key in definition["properties"]?.object?.keys ?? [] {
        let names = ComponentSchema.templateVariables(in: key, of: name) ?? []
        let within = ComponentSchema.templateVariablesWithin(key, of: name).values.joined()
        if names.contains(variable) || within.contains(variable) { places.append("\(name).\(key)") }
      }
    }
    guard !places.isEmpty else { return [] }
    return [SchemaWords.wrapped("In: \(Self.phrase(places))", indent: "  ")]
  }

  private static func required(_ definition: JSONValue) -> Set<String> {
    Set(definition["required"]?.array?.compactMap(\.string) ?? [])
  }

  // MARK: Types

  private func type(_ name: String, _ definition: JSONValue) -> String {
    var paragraphs = [Self.heading(name, definition)]
    if definition["properties"] == nil {
      let values = definition["enum"]?.array.map { "\n  Values: \(Self.list($0))" } ?? ""
      paragraphs.append("  Type: \(SchemaWords.kind(of: definition))\(values)")
    } else if let properties = Self.properties(of: definition) {
      paragraphs.append(properties)
    }
    paragraphs.append("Example:\n" + ExampleText.of(name, definition))
    return paragraphs.joined(separator: "\n\n")
  }

  /// The properties of a schema, each with its purpose; nil if it has none.
  private static func properties(of definition: JSONValue) -> String? {
    let properties = definition["properties"]?.object ?? [:]
    let required = required(definition)
    let lines = properties.keys.filter { $0 != "type" }.map { key -> String in
      let property = properties[key] ?? .null
      let facts = [SchemaWords.kind(of: property), required.contains(key) ? "required" : nil, standard(property)]
      let deprecated = property["deprecated"]?.bool == true ? "Deprecated. " : ""
      let text = SchemaWords.wrapped(deprecated + (property["description"]?.string ?? ""), indent: "      ")
      return "  \(key) (\(facts.compactMap { $0 }.joined(separator: ", ")))" + (text.isEmpty ? "" : "\n\(text)")
    }
    return lines.isEmpty ? nil : "Properties:\n" + lines.joined(separator: "\n")
  }

  private static func heading(_ name: String, _ definition: JSONValue) -> String {
    var lines = [name]
    if let description = definition["description"]?.string { lines.append(SchemaWords.wrapped(description, indent: "  ")) }
    if definition["deprecated"]?.bool == true { lines.append("  Deprecated.") }
    return lines.joined(separator: "\n")
  }

  // MARK: Properties

  private func property(_ key: String, of type: String, _ property: JSONValue, required: Set<String>) -> String {
    var lines = ["\(type).\(key)"]
    if let description = property["description"]?.string { lines.append(SchemaWords.wrapped(description, indent: "  ")) }
    if property["deprecated"]?.bool == true {
      let remedy = property["deprecation_message"]?.string.map { ": \($0)" } ?? ""
      lines.append(SchemaWords.wrapped("Deprecated\(remedy).", indent: "  "))
    }
    lines.append("")
    lines.append("  Type: \(SchemaWords.kind(of: property))")
    lines.append("  Required: \(required.contains(key) ? "yes" : "no")")
    if let value = property["default"] { lines.append("  Default: \(value.jsonText)") }
    if let values = property["enum"]?.array { lines.append("  Values: \(Self.list(values))") }
    lines += Self.facts(key, of: type).map { SchemaWords.wrapped($0, indent: "  ") }
    if let inner = Self.properties(of: property["items"] ?? property) { lines += ["", inner] }
    let examples = property["examples"]?.array ?? []
    if !examples.isEmpty {
      lines.append("")
      lines.append(examples.count == 1 ? "Example:" : "Examples:")
      lines += examples.map { ExampleText.yaml([key: $0], indent: "  ") }
    }
    return lines.joined(separator: "\n")
  }

  /// What the schema says of a property by keywords of its own, in a sentence each.
  static func facts(_ key: String, of type: String) -> [String] {
    var sentences: [String] = []
    // Of the reference's defaults, one is no component.
    let usual = ComponentSchema.defaultType(in: key, of: type).flatMap { ComponentSchema.definition($0) == nil ? nil : $0 }
    let custom = ComponentSchema.customType(in: key, of: type).map { "\($0) if there is a `class_name`" }
    let types = [usual, custom].compactMap { $0 }
    if !types.isEmpty { sentences.append("Default type: \(types.joined(separator: ", "))") }
    if let variables = ComponentSchema.templateVariables(in: key, of: type) {
      sentences.append("Variables of templates: \(variables.joined(separator: ", "))")
      for (outer, further) in ComponentSchema.templateVariablesWithin(key, of: type).sorted(by: { $0.key < $1.key }) {
        sentences.append("Inside `\(outer)` also: \(further.joined(separator: ", "))")
      }
    }
    let former = ComponentSchema.formerNames(of: key, in: type)
    if !former.isEmpty { sentences.append("Former names: \(former.joined(separator: ", "))") }
    return sentences
  }

  private static func standard(_ property: JSONValue) -> String? { property["default"].map { "default \($0.jsonText)" } }

  private static func list(_ values: [JSONValue]) -> String { values.map { $0.string ?? $0.jsonText }.joined(separator: ", ") }

  private static func firstSentence(_ text: String) -> String {
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound]) + "."
  }
}
