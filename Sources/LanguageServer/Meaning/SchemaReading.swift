import JSON
import JSONSchema
import Manifest

/// What the component schema says of the places of an outline: which component a mapping is, and what a value may be.
///
/// It goes by the manifest as it is written, whole or not: by types, by the types that may be left out, and by what references bring.
struct SchemaReading: Sendable {
  let outline: Outline
  private let components = SchemaMemory<Choice?>()
  private let alternatives = SchemaMemory<[Choice]>()

  init(outline: Outline) { self.outline = outline }

  /// One thing that a value may be.
  struct Choice: Sendable {
    /// The name of the definition; nil for a schema without one.
    let name: String?
    let schema: JSONValue

    var properties: JSONObject? { schema["properties"]?.object }
  }

  // MARK: Components

  /// The component that a mapping is; nil where that is open, or it is none.
  func component(_ node: Int) -> Choice? { components.answer(about: node, or: nil) { findComponent(node) } }

  private func findComponent(_ node: Int) -> Choice? {
    if let type = outline.string("type", of: node) {
      // What is data may have a type too.
      return isData(node) ? nil : Self.definition(type)
    }
    if let reference = outline.string("$ref", of: node), let target = outline.target(of: reference), target != node {
      if let found = component(target) { return found }
    }
    if let usual = usualType(of: node) { return usual }
    let components = choices(node).filter { $0.properties != nil }
    return components.count == 1 ? components.first : nil
  }

  /// What a value may be by its place, whatever it is now.
  func choices(_ node: Int) -> [Choice] { alternatives.answer(about: node, or: []) { findChoices(node) } }

  private func findChoices(_ node: Int) -> [Choice] {
    switch outline.nodes[node].place {
    case .root: return [Choice(name: "DeclarativeSource", schema: ComponentSchema.document)]
    case .index:
      guard let list = outline.nodes[node].parent else { return [] }
      return choices(list).flatMap { Self.expanded($0.schema["items"]) }
    case .key(let key, _, _):
      guard let owner = outline.nodes[node].parent else { return [] }
      if isShelf(owner) { return user(of: node).map { choices($0) } ?? [] }
      if let component = component(owner) {
        guard !ComponentSchema.isOpaque(key, of: component.name ?? "") else { return [] }
        return Self.expanded(component.properties?[key])
      }
      return choices(owner).flatMap { choice in
        if let property = choice.properties?[key] { return Self.expanded(property) }
        let values = choice.schema["additionalProperties"]
        return values?.object == nil ? [] : Self.expanded(values)
      }
    }
  }

  /// The schema of the property that a node is the value of, or an element of; nil where none describes it.
  func property(_ node: Int) -> (owner: String, key: String, schema: JSONValue)? {
    var current = node
    while let parent = outline.nodes[current].parent {
      if let key = outline.key(of: current)?.text, let component = component(parent), let name = component.name,
        let schema = component.properties?[key]
      {
        return (name, key, schema)
      }
      current = parent
    }
    return nil
  }

  /// The type that a component may leave out: by its place, or for a definition by the places that refer to it.
  private func usualType(of node: Int) -> Choice? {
    var place = node
    for _ in 0..<Self.longestChain {
      guard let (owner, key) = field(of: place) else { return nil }
      if isShelf(owner) {
        guard let user = user(of: place) else { return nil }
        place = user
        continue
      }
      guard let name = component(owner)?.name else { return nil }
      let usual =
        outline.member("class_name", of: node) == nil
        ? ComponentSchema.defaultType(in: key, of: name) : ComponentSchema.customType(in: key, of: name)
      return usual.flatMap(Self.definition)
    }
    return nil
  }

  /// References lead to definitions of definitions no further than this.
  private static let longestChain = 8

  /// The mapping whose property a node is, or is an element of.
  private func field(of node: Int) -> (owner: Int, key: String)? {
    var current = node
    while let parent = outline.nodes[current].parent {
      if let key = outline.key(of: current)?.text { return (parent, key) }
      current = parent
    }
    return nil
  }

  // MARK: Definitions

  /// Whether the members of a mapping are for references: `definitions`, and mappings in it that are no components.
  private func isShelf(_ node: Int) -> Bool {
    var current = node
    while true {
      guard outline.nodes[current].kind == .mapping, let key = outline.key(of: current)?.text,
        let parent = outline.nodes[current].parent
      else { return false }
      if key == "definitions", parent == outline.root { return true }
      if outline.string("type", of: current) != nil || outline.member("$ref", of: current) != nil { return false }
      current = parent
    }
  }

  /// A place that refers to a definition; nil if none does.
  private func user(of node: Int) -> Int? {
    let reference = "#/" + outline.path(of: node).map(\.description).joined(separator: "/")
    for user in outline.references where outline.string(user) == reference {
      let place = outline.key(of: user)?.text == "$ref" ? outline.nodes[user].parent : user
      if let place, place != node { return place }
    }
    return nil
  }

  /// Whether a place is within data, such as the schema of records.
  func isData(_ node: Int) -> Bool {
    var keys: [String] = []
    var current = node
    while let parent = outline.nodes[current].parent {
      if let key = outline.key(of: current)?.text {
        let isShelf = key == "definitions" && parent == outline.root
        if !isShelf, ComponentSchema.opaqueNames.contains(key), let type = outline.string("type", of: parent) ?? rootType(parent),
          ComponentSchema.isOpaque(key, of: type)
        {
          return true
        }
        keys.append(key)
      }
      current = parent
    }
    return keys.last == "spec" && keys.contains("connection_specification") || keys.last == "schemas"
  }

  private func rootType(_ node: Int) -> String? { node == outline.root ? "DeclarativeSource" : nil }

  // MARK: The schema

  static func definition(_ name: String) -> Choice? {
    if name == "DeclarativeSource" { return Choice(name: name, schema: ComponentSchema.document) }
    return ComponentSchema.definition(name).map { Choice(name: name, schema: $0) }
  }

  /// The alternatives of a schema, with references followed.
  static func expanded(_ schema: JSONValue?, depth: Int = 0) -> [Choice] {
    guard let schema, depth < 8 else { return [] }
    if let reference = schema["$ref"]?.string {
      guard let name = reference.split(separator: "/").last.map({ String($0) }), let target = ComponentSchema.resolve(reference)
      else {
        return []
      }
      let inner = target["anyOf"] ?? target["oneOf"]
      return target["properties"] == nil && inner != nil
        ? expanded(target, depth: depth + 1) : [Choice(name: name, schema: target)]
    }
    let alternatives = (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? [])
    guard alternatives.isEmpty else { return alternatives.flatMap { expanded($0, depth: depth + 1) } }
    return [Choice(name: nil, schema: schema)]
  }
}
