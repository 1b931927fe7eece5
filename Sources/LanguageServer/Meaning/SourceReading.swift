import Engine
import JSON
import Validation

/// What the schemas of sources of other kinds say of the places of a manifest of such a kind.
struct SourceReading {
  private let outline: Outline
  private let kinds: SourceKinds
  private let type: String
  private let schema: JSONValue

  /// Nil for a manifest that is declarative.
  init?(_ outline: Outline, _ kinds: SourceKinds) {
    guard let type = outline.string("type", of: outline.root), let kind = kinds[type] else { return nil }
    self.outline = outline
    self.kinds = kinds
    self.type = type
    schema = kind.schema
  }

  /// What is said of a node, and the bytes that it is about; nil where there is nothing to say.
  func text(_ node: Int, isKey: Bool) -> (markdown: String, range: Range<Int>)? {
    guard let (key, keyRange) = outline.key(of: node), let parent = outline.nodes[node].parent,
      let owner = description(of: parent)
    else { return nil }
    if isKey {
      let text = HoverText.property(key, of: owner.name, owner.schema) ?? outerProperty(key, of: parent)
      return text.map { ($0, keyRange) }
    }
    guard key == "type", owner.name == outline.string(node) else { return nil }
    return (HoverText.component(owner.name, owner.schema), outline.nodes[node].range)
  }

  /// A property of a part of a combined source that says how it is combined with others.
  private func outerProperty(_ key: String, of part: Int) -> String? {
    guard outline.string("type", of: part) != nil, let list = outline.nodes[part].parent, let owner = description(of: list),
      let items = owner.schema["items"]
    else { return nil }
    return HoverText.property(key, of: owner.name, items)
  }

  /// What a mapping is called, and its schema; nil where no schema describes it.
  private func description(of node: Int) -> (name: String, schema: JSONValue)? {
    guard let parent = outline.nodes[node].parent else { return (type, schema) }
    guard let owner = description(of: parent) else { return nil }
    // A part of a combined source may be a manifest itself.
    if let own = outline.string("type", of: node), let kind = kinds[own] { return (own, kind.schema) }
    guard let key = outline.key(of: node)?.text else { return owner.schema["items"].map { (owner.name, $0) } }
    return owner.schema["properties"]?[key].map { ("\(owner.name).\(key)", $0) }
  }
}
