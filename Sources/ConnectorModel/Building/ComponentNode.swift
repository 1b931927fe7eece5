import AirbyteProtocol
import JSON
import Manifest
import YAML

/// A component's node while it is decoded: typed access to its properties, with errors that say where.
public struct ComponentNode: Sendable {
  /// The node itself.
  public let node: ManifestNode

  /// - Throws: ``ConnectorError`` if `node` is not a mapping.
  package init(_ node: ManifestNode) throws {
    guard node.mapping != nil else {
      throw ConnectorError(.system, "A component is expected here: a mapping with a `type`", at: node)
    }
    self.node = node
  }

  /// The component's `type`.
  public var type: String { node["type"]?.string ?? "" }
  /// Where the component is in the text.
  public var mark: SourceMark? { node.mark }

  /// The component's `$parameters`, as templates see them in `parameters`.
  public var parameters: JSONObject {
    if case .object(let object)? = node["$parameters"]?.value { object } else { [:] }
  }

  /// The property's node; nil if it is absent or null.
  public subscript(property: String) -> ManifestNode? {
    guard let value = node[property], !value.isNull else { return nil }
    return value
  }

  /// The node of a property.
  /// - Throws: ``ConnectorError`` with the place of the component if it is absent or null.
  public func required(_ property: String) throws -> ManifestNode {
    guard let value = self[property] else {
      throw ConnectorError(.system, "`\(type)` needs `\(property)`", at: node, cause: .missing([property]))
    }
    return value
  }

  /// The text of a property.
  /// - Throws: ``ConnectorError`` if it is absent or not a text.
  public func string(_ property: String) throws -> String {
    let value = try required(property)
    guard let text = value.string else { throw mismatch(property, "a string", value) }
    return text
  }

  /// The text of a property that may be left out.
  public func optionalString(_ property: String) throws -> String? {
    try self[property] == nil ? nil : string(property)
  }

  /// A truth value; `fallback` if the property is absent.
  public func bool(_ property: String, default fallback: Bool) throws -> Bool {
    guard let value = self[property] else { return fallback }
    guard let flag = value.bool else { throw mismatch(property, "true or false", value) }
    return flag
  }

  /// An integer; nil if the property is absent.
  public func int(_ property: String) throws -> Int? {
    guard let value = self[property] else { return nil }
    guard let number = value.int else { throw mismatch(property, "an integer", value) }
    return number
  }

  /// The elements of a list; empty if the property is absent.
  public func nodes(_ property: String) throws -> [ManifestNode] {
    guard let value = self[property] else { return [] }
    guard let nodes = value.sequence else { throw mismatch(property, "a list", value) }
    return nodes
  }

  /// The strings of a list; empty if the property is absent.
  public func strings(_ property: String) throws -> [String] {
    try nodes(property).map { node in
      guard let text = node.string else { throw mismatch(property, "a list of strings", node) }
      return text
    }
  }

  package func mismatch(_ property: String, _ expected: String, _ node: ManifestNode) -> ConnectorError {
    ConnectorError(.system, "`\(property)` of `\(type)` should be \(expected)", at: node)
  }
}
