import AirbyteProtocol
import JSON

/// A field of a record that its expanded items get too.
struct ParentFieldPath: Component {
  private let source: RecordPath
  private let target: [String]

  init(from node: ComponentNode, in context: BuildContext) throws {
    source = RecordPath(try RecordExpander.path("parent_path", of: node, in: context, allowsGlobs: false))
    target = try RecordExpander.path("record_path", of: node, in: context, allowsGlobs: false)
    for (property, path) in [("parent_path", source.segments), ("record_path", target)] where path.isEmpty {
      throw ConnectorError(.system, "`\(property)` cannot be empty.", at: node[property] ?? node.node)
    }
  }

  /// Copies the field, or null where `parent` lacks it.
  /// - Throws: ``ConnectorError`` where something else than an object lies on the way.
  func copy(from parent: JSONObject, to item: inout JSONObject) throws {
    try Self.set(try source.value(in: Record(parent)) ?? .null, at: target[...], in: &item, whole: target)
  }

  private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject, whole: [String]) throws {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      object[key] = value
      return
    }
    var inner: JSONObject
    switch object[key] {
    case nil: inner = [:]
    case .object(let present)?: inner = present
    default:
      throw ConnectorError(
        .config, "The expanded item already has a value that is not an object on the way to `record_path` \(whole).")
    }
    try set(value, at: path.dropFirst(), in: &inner, whole: whole)
    object[key] = .object(inner)
  }
}
