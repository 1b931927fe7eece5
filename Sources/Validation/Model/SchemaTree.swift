import Components
import JSON
import Manifest

/// A JSON schema in a manifest: a record schema, or that of the config.
struct SchemaTree {
  let root: ManifestNode

  /// Schemas are followed no deeper than this.
  private static let maximumDepth = 100
  /// The alternatives of alternatives that are looked through for a path.
  private static let maximumBranching = 20

  /// One schema within the whole.
  struct Place {
    let node: ManifestNode
    /// The property that it is the schema of, and whether that is one of the whole schema's own.
    let property: String?
    let depth: Int
    /// The schema around it.
    let parent: ManifestNode?
  }

  /// Calls `body` with each schema in it, outermost first.
  func forEach(_ body: (Place) -> Void) { visit(Place(node: root, property: nil, depth: 0, parent: nil), body) }

  private func visit(_ place: Place, _ body: (Place) -> Void) {
    guard let entries = place.node.entries, place.depth < Self.maximumDepth else { return }
    body(place)
    let node = place.node
    func inner(_ child: ManifestNode, _ property: String?) {
      visit(Place(node: child, property: property, depth: place.depth + 1, parent: node), body)
    }
    for (keyword, child) in entries {
      switch keyword {
      case "properties": for (name, schema) in child.entries ?? [] { inner(schema, name) }
      case "patternProperties", "definitions", "$defs": for (_, schema) in child.entries ?? [] { inner(schema, nil) }
      case "items", "additionalProperties", "not", "contains", "if", "then", "else", "allOf", "anyOf", "oneOf":
        if let elements = child.sequence { elements.forEach { inner($0, place.property) } } else { inner(child, place.property) }
      default: break
      }
    }
  }

  /// The types that a schema names.
  static func types(of node: ManifestNode) -> [String] {
    guard let type = node["type"] else { return [] }
    return type.string.map { [$0] } ?? type.sequence?.compactMap(\.string) ?? []
  }

  /// Whether a schema of this tree has a property at a path of keys; nil if it leaves that open.
  func hasProperty(_ path: [String]) -> Bool? {
    guard let first = path.first else { return true }
    guard let properties = root["properties"], properties.isMapping, properties.count > 0 else { return nil }
    guard let property = properties[first] else { return false }
    return path.count == 1 ? true : SchemaTree(root: property).hasProperty(Array(path.dropFirst()))
  }

  /// The schema of the property at a path of keys; nil if there is none.
  func property(_ path: [String]) -> ManifestNode? { path.reduce(Optional(root)) { $0?["properties"]?[$1] } }

  /// Whether the values of this schema, or of one of its alternatives, have a property at a path of keys.
  func allows(_ path: [String], depth: Int = 0) -> Bool {
    guard let first = path.first else { return true }
    guard depth < Self.maximumBranching else { return false }
    if let property = root["properties"]?[first], SchemaTree(root: property).allows(Array(path.dropFirst()), depth: depth + 1) {
      return true
    }
    return ["oneOf", "anyOf", "allOf"].contains { keyword in
      root[keyword]?.sequence?.contains { SchemaTree(root: $0).allows(path, depth: depth + 1) } ?? false
    }
  }
}

extension ComponentVisit {
  /// The record schema of a stream that is written in the manifest; nil if it comes from elsewhere, in part at least.
  var inlineSchema: SchemaTree? {
    guard let loader = self["schema_loader"], loader["type"]?.string == "InlineSchemaLoader", let schema = loader["schema"] else {
      return nil
    }
    return schema.isMapping ? SchemaTree(root: schema) : nil
  }

  /// Warns of a field that the stream's schema does not have, though the stream says what the field is.
  func warnOfMissing(_ path: [String], _ role: String, at node: ManifestNode, _ findings: inout FindingList) {
    guard !path.isEmpty, !path.contains(where: { $0.isEmpty || $0.contains("{") }), let schema = inlineSchema,
      schema.hasProperty(path) == false
    else { return }
    let name = path.joined(separator: ".")
    let properties = schema.root["properties"]
    let near = findings.suggestion(for: name, among: (properties?.entries ?? []).lazy.map(\.key))
    let owner = self["name"]?.string.map { "the schema of `\($0)`" } ?? "the stream's schema"
    findings.warn(
      "\(owner) has no property `\(name)`, which \(role)", at: node, remedy: near.map(Remedy.name),
      related: [.init("the schema", at: properties?.keyMark ?? schema.root.mark)])
  }
}
