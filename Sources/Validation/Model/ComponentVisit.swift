import JSON
import Manifest

/// A component in one of its places of a resolved manifest, found by way of the component schema.
package final class ComponentVisit: Sendable {
  package let node: ManifestNode
  /// The name of its definition, which is its `type` where it has one.
  package let type: String
  /// The properties that it may have, as the schema describes them.
  package let properties: JSONObject
  /// The component that it is a part of; nil for the whole manifest.
  package let parent: ComponentVisit?
  /// The property of the parent that it is in.
  package let property: String?

  init(node: ManifestNode, type: String, properties: JSONObject, parent: ComponentVisit?, property: String?) {
    self.node = node
    self.type = type
    self.properties = properties
    self.parent = parent
    self.property = property
  }

  /// The value of a property; nil if it is absent or null.
  package subscript(property: String) -> ManifestNode? {
    guard let value = node[property], !value.isNull else { return nil }
    return value
  }

  /// Whether it is made by Python code beside the manifest.
  package var isCustom: Bool { type.hasPrefix("Custom") }

  /// The nearest component around it, itself included, that has one of `types`.
  package func enclosing(_ types: String...) -> ComponentVisit? {
    var visit: ComponentVisit? = self
    while let current = visit {
      if types.contains(current.type) { return current }
      visit = current.parent
    }
    return nil
  }

  /// Whether the value of `key` was not written here, but comes from the `$parameters` in force.
  package func isParameter(_ key: String, _ value: ManifestNode) -> Bool {
    guard let parameter = node["$parameters"]?[key], let mark = value.keyMark else { return false }
    return parameter.keyMark == mark
  }
}
