import Authoring

/// Finds where something is written down that a place of a manifest names.
struct DefinitionFinder {
  private let reading: SchemaReading
  private var outline: Outline { reading.outline }

  init(_ outline: Outline) { reading = SchemaReading(outline: outline) }

  /// The bytes of the name, and those of the place that it leads to.
  struct Link {
    let origin: Range<Int>
    /// The key or the scalar there.
    let target: Range<Int>
    /// All of what is there.
    let extent: Range<Int>
  }

  /// Nil where nothing is named, or it is written nowhere.
  func link(at offset: Int) -> Link? {
    guard let spot = outline.spot(at: offset) else { return nil }
    let node = spot.node
    if spot.isKey {
      guard let key = outline.key(of: node), key.text == "$ref" else { return nil }
      return outline.string(node).flatMap { outline.target(of: $0) }.map { link(from: key.range, to: $0) }
    }
    let range = outline.nodes[node].range
    if outline.nodes[node].kind == .alias {
      let name = String(decoding: outline.bytes[range].dropFirst(), as: UTF8.self)
      return outline.nodes.indices.last { outline.nodes[$0].anchor == name && outline.start(of: $0) < offset }
        .map { link(from: range, to: $0) }
    }
    guard let text = outline.string(node) else { return nil }
    if text.hasPrefix("#/") { return outline.target(of: text).map { link(from: range, to: $0) } }
    if let word = TemplateWord(at: offset, of: node, in: outline) {
      guard case .member(let path) = word.kind else { return nil }
      let member = TemplateVocabulary(of: node, in: reading).members(of: path).first { $0.name == word.text }
      return member?.node.map { link(from: word.range, to: $0) }
    }
    guard let property = reading.property(node) else { return nil }
    switch property.key {
    case "stream_names", "stream_name":
      let stream = ManifestOutline(outline).streams.first { $0.name == text }
      return (stream?.nameNode).map { link(from: range, to: $0) }
    case "primary_key", "cursor_field":
      return TemplateVocabulary(of: node, in: reading).fields.first { $0.name == text }?.node.map { link(from: range, to: $0) }
    default: return nil
    }
  }

  private func link(from origin: Range<Int>, to node: Int) -> Link {
    let extent = outline.extent(of: node)
    let key = outline.key(of: node)?.range
    let isScalar = outline.isScalar(node) && !outline.nodes[node].range.isEmpty
    return Link(
      origin: origin, target: key ?? (isScalar ? outline.nodes[node].range : outline.token(at: extent.lowerBound)), extent: extent
    )
  }
}
