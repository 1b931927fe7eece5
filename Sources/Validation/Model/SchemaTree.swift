import JSON
import LowCode

/// A JSON schema that stands in a manifest: a record schema, or that of the config.
struct SchemaTree {
  let root: ManifestNode

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
    guard place.node.mapping != nil, place.depth < 100 else { return }
    body(place)
    let node = place.node
    func inner(_ child: ManifestNode, _ property: String?) {
      visit(Place(node: child, property: property, depth: place.depth + 1, parent: node), body)
    }
    for keyword in ["properties", "patternProperties", "definitions", "$defs"] {
      for (name, child) in node[keyword]?.entries ?? [] { inner(child, keyword == "properties" ? name : nil) }
    }
    for keyword in ["items", "additionalProperties", "not", "contains", "if", "then", "else"] {
      guard let child = node[keyword] else { continue }
      if let elements = child.sequence { elements.forEach { inner($0, place.property) } } else { inner(child, place.property) }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] { node[keyword]?.sequence?.forEach { inner($0, place.property) } }
  }

  /// The types that a schema names.
  static func types(of node: ManifestNode) -> [String] {
    guard let type = node["type"] else { return [] }
    return type.string.map { [$0] } ?? type.sequence?.compactMap(\.string) ?? []
  }

  /// Whether a schema of this tree has a property at a path of keys; nil where it leaves that open.
  func hasProperty(_ path: [String]) -> Bool? {
    guard let first = path.first else { return true }
    guard let properties = root["properties"]?.mapping, !properties.isEmpty else { return nil }
    guard let property = properties[first] else { return false }
    return path.count == 1 ? true : SchemaTree(root: property).hasProperty(Array(path.dropFirst()))
  }
}

extension ComponentVisit {
  /// The record schema of a stream that is written in the manifest; nil where it comes from elsewhere, in part at least.
  var inlineSchema: SchemaTree? {
    guard let loader = self["schema_loader"], loader["type"]?.string == "InlineSchemaLoader", let schema = loader["schema"] else {
      return nil
    }
    return schema.mapping == nil ? nil : SchemaTree(root: schema)
  }
}
