import JSONSchema

/// The parts of a manifest that have names.
struct ManifestOutline {
  private let outline: Outline

  init(_ outline: Outline) { self.outline = outline }

  struct Stream {
    let name: String
    /// The stream's own mapping.
    let node: Int
    /// Where its name is written; nil if it is only a reference.
    let nameNode: Int?
  }

  /// The streams, by their names: those in the list, and what references in it lead to.
  var streams: [Stream] {
    guard let list = outline.member("streams", of: outline.root) else { return [] }
    return outline.elements(of: list).flatMap { element -> [Stream] in
      let inner = outline.member("streams", of: element).map { outline.elements(of: $0) } ?? [element]
      return inner.compactMap(stream)
    }
  }

  /// A stream as an element of a list; nil if no name of it is written down.
  func stream(_ element: Int) -> Stream? {
    let reference = outline.isScalar(element) ? outline.string(element) : outline.string("$ref", of: element)
    let base = reference.flatMap { outline.target(of: $0) }
    for owner in [element, base].compactMap({ $0 }) {
      for holder in [owner, outline.member("$parameters", of: owner)].compactMap({ $0 }) {
        if let node = outline.member("name", of: holder), let name = outline.string(node), !name.contains("{{") {
          return Stream(name: name, node: owner, nameNode: node)
        }
      }
    }
    return nil
  }

  struct Definition {
    let reference: String
    let node: Int
  }

  /// What references can name: all that is in `definitions`, down to the components, and the streams of the list.
  var definitions: [Definition] {
    var found: [Definition] = []
    func visit(_ node: Int, _ path: String, depth: Int) {
      for member in outline.members(of: node) {
        guard let key = outline.key(of: member)?.text, !key.isEmpty else { continue }
        let reference = "\(path)/\(key)"
        found.append(Definition(reference: reference, node: member))
        let isShelf =
          outline.nodes[member].kind == .mapping && outline.string("type", of: member) == nil
          && outline.member("$ref", of: member) == nil
        if isShelf, depth < 3 { visit(member, reference, depth: depth + 1) }
      }
    }
    if let shelf = outline.member("definitions", of: outline.root) { visit(shelf, "#/definitions", depth: 0) }
    if let list = outline.member("streams", of: outline.root) {
      for (index, element) in outline.elements(of: list).enumerated() {
        found.append(Definition(reference: "#/streams/\(index)", node: element))
      }
    }
    return found
  }

  /// Whether a text is meant as a manifest: it has keys that only manifests have.
  var isManifest: Bool {
    if outline.string("type", of: outline.root) == "DeclarativeSource" { return true }
    let keys = Set(outline.members(of: outline.root).compactMap { outline.key(of: $0)?.text })
    return keys.contains("dynamic_streams") || keys.contains("streams") || keys.isSuperset(of: ["check", "spec"])
      || keys.isSuperset(of: ["version", "definitions"])
  }
}
