import JSON
import Jinja
import Manifest

/// Goes through a resolved manifest as the component schema describes it, and lists its components and templates.
///
/// What is data for the schema (record schemas, the spec's schema, the config of a check) is not entered, so that a property
/// called `type` in it is never mistaken for a component.
struct ComponentWalk {
  private(set) var components: [ComponentVisit] = []
  private(set) var templates: [TemplatePlace] = []
  /// Texts that are in many places are compiled once.
  private var compiled: [String: Result<Template, TemplateError>] = [:]
  /// What the schema admits for a property, by type and name.
  private var alternatives: [String: [String: SchemaAlternatives]] = [:]

  /// What any component may have, and is neither a component nor a template.
  private static let general: Set<String> = ["type", "class_name", "$parameters"]

  static func walk(_ root: ManifestNode) -> ComponentWalk {
    var walk = ComponentWalk()
    guard let properties = ComponentSchema.document["properties"]?.object, root.isMapping else { return walk }
    let visit = ComponentVisit(
      node: root, type: "DeclarativeSource", properties: properties, parent: nil, property: nil)
    walk.enter(visit, depth: 0)
    return walk
  }

  private mutating func enter(_ visit: ComponentVisit, depth: Int) {
    components.append(visit)
    guard depth < ManifestNode.deepestWalk else { return }
    for (key, value) in visit.node.entries ?? [] where !Self.isOpaque(key, of: visit) {
      // A parameter that came down shows where the component has a property of that name.
      guard let schema = visit.properties[key] ?? (visit.isCustom ? JSONValue.object([:]) : JSONValue?.none) else { continue }
      if let text = value.string {
        note(text, value, visit, key)
      } else {
        go(value, alternatives(of: key, in: visit, schema), visit, key, depth: depth + 1)
      }
    }
  }

  /// Whether a property is not gone into. One of a custom component is taken as what it is in the components of this program.
  private static func isOpaque(_ key: String, of visit: ComponentVisit) -> Bool {
    if general.contains(key) { return true }
    return visit.isCustom ? ComponentSchema.opaqueNames.contains(key) : ComponentSchema.isOpaque(key, of: visit.type)
  }

  private mutating func alternatives(of key: String, in visit: ComponentVisit, _ schema: JSONValue) -> SchemaAlternatives {
    if let known = alternatives[visit.type]?[key] { return known }
    let made = SchemaAlternatives(schema)
    alternatives[visit.type, default: [:]][key] = made
    return made
  }

  private mutating func note(_ text: String, _ node: ManifestNode, _ owner: ComponentVisit, _ property: String) {
    guard Self.isTemplate(text) else { return }
    let template = compiled[text] ?? TemplatePlace.compile(text)
    compiled[text] = template
    templates.append(TemplatePlace(node, text: text, template, owner: owner, property: property))
  }

  private static func isTemplate(_ text: String) -> Bool {
    var isOpen = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "{"):
        if isOpen { return true }
        isOpen = true
      case UInt8(ascii: "%"), UInt8(ascii: "#"):
        if isOpen { return true }
      default: isOpen = false
      }
    }
    return false
  }

  private mutating func go(
    _ node: ManifestNode, _ alternatives: SchemaAlternatives, _ owner: ComponentVisit, _ property: String, depth: Int
  ) {
    guard depth < ManifestNode.deepestWalk else { return }
    if let text = node.string { return note(text, node, owner, property) }
    if let elements = node.sequence {
      for element in elements { go(element, alternatives.items, owner, property, depth: depth + 1) }
      return
    }
    guard node.isMapping else { return }
    if let definition = alternatives.definition(for: node) {
      guard definition.name != "DeclarativeSource" else { return }
      let visit = ComponentVisit(
        node: node, type: definition.name, properties: definition.properties, parent: owner, property: property)
      enter(visit, depth: depth)
    } else {
      for (_, value) in node.entries ?? [] { go(value, alternatives.values, owner, property, depth: depth + 1) }
    }
  }
}

/// What a part of the component schema admits, its alternatives side by side.
final class SchemaAlternatives {
  private var definitions: [(name: String, schema: JSONValue)] = []
  private var itemSchemas: [JSONValue] = []
  private var valueSchemas: [JSONValue] = []

  /// So many references and alternatives lead to a definition at most.
  private static let maximumDepth = 10

  init(_ schema: JSONValue) { collect(schema, depth: 0) }

  private func collect(_ schema: JSONValue, depth: Int) {
    guard depth < Self.maximumDepth else { return }
    if let reference = schema["$ref"]?.string {
      guard let name = reference.split(separator: "/").last, let target = ComponentSchema.resolve(reference) else { return }
      if target["properties"] != nil { return definitions.append((String(name), target)) }
      return collect(target, depth: depth + 1)
    }
    for keyword in ["anyOf", "oneOf"] { for branch in schema[keyword]?.array ?? [] { collect(branch, depth: depth + 1) } }
    if let items = schema["items"] { itemSchemas.append(items) }
    if let values = schema["additionalProperties"], values.object != nil { valueSchemas.append(values) }
  }

  /// The definition that a mapping is meant to fulfil: that of its `type`, or the only one without types.
  func definition(for node: ManifestNode) -> (name: String, properties: JSONObject)? {
    if let type = node["type"]?.string, let found = definitions.first(where: { $0.name == type }) {
      return (type, found.schema["properties"]?.object ?? [:])
    }
    // A component in a place that is not its own: the schema says so, but its properties are known anyway.
    if let type = node["type"]?.string, !definitions.isEmpty, let properties = ComponentSchema.properties(of: type) {
      return (type, properties)
    }
    let untyped = definitions.filter { $0.schema["properties"]?["type"] == nil }
    guard untyped.count == 1, let only = untyped.first else { return nil }
    return (only.name, only.schema["properties"]?.object ?? [:])
  }

  /// What the elements of a list may be.
  private(set) lazy var items = Self.union(itemSchemas)
  /// What the values of a mapping with keys of any name may be.
  private(set) lazy var values = Self.union(valueSchemas)

  private static func union(_ schemas: [JSONValue]) -> SchemaAlternatives {
    SchemaAlternatives(schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas)])
  }
}
