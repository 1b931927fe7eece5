import JSON
import Manifest

/// Fields of the spec that forms cannot show. Airbyte's connector tests refuse them.
struct SpecShape: Rule {
  static let name = "spec-shape"
  static let summary = "A field of the spec does not say what it holds, so that Airbyte's forms cannot show it."

  private static let itemTypes: Set<String> = ["object", "string", "number", "integer"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      required(place.node, &findings)
      values(place.node, &findings)
      guard place.parent != nil else { return }
      let types = SchemaTree.types(of: place.node)
      if types.contains("object"), place.node["oneOf"] == nil, place.node["properties"]?.mapping?.isEmpty ?? true,
        place.property != nil
      {
        findings.warn("an object should say what it holds by `properties`", at: place.node, mark: place.node.keyMark)
      }
      if types.contains("array") { items(place.node, &findings) }
      if place.property != nil, types.count > 2 || types.count == 2 && types[1] != "null", let type = place.node["type"] {
        findings.warn("a field can have one type, with `null` after it at most", at: type)
      }
    }
  }

  private func items(_ node: ManifestNode, _ findings: inout FindingList) {
    guard let items = node["items"] else {
      return findings.warn("an array should say what it holds by `items`", at: node, mark: node.keyMark)
    }
    if items.sequence != nil { return findings.warn("the items of an array should be of a single type", at: items) }
    if items["enum"] == nil, Set(SchemaTree.types(of: items)).isDisjoint(with: Self.itemTypes) {
      findings.warn(
        "the items of an array should be objects, strings or numbers, or have an `enum`", at: items, mark: items.keyMark)
    }
  }

  /// Required fields that do not exist can never be given.
  private func required(_ node: ManifestNode, _ findings: inout FindingList) {
    guard let names = node["required"]?.sequence, let properties = node["properties"], properties.isMapping else { return }
    let known = (properties.entries ?? []).map(\.key)
    for name in names {
      guard let text = name.string, properties[text] == nil else { continue }
      let near = findings.suggestion(for: text, among: known)
      findings.warn("`\(text)` is required, but is not a property", at: name, remedy: near.map(Remedy.name))
    }
  }

  private func values(_ node: ManifestNode, _ findings: inout FindingList) {
    guard let values = node["enum"], let elements = values.sequence else { return }
    var seen: Set<String> = []
    for element in elements where !seen.insert(element.value.jsonText).inserted {
      findings.warn("the value appears twice in the `enum`", at: element)
    }
  }
}
