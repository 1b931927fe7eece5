import AirbyteProtocol
import ConnectorModel
import JSON

/// A field of a record that its expanded items get too.
struct ParentFieldPath: Component {
  private let source: RecordPath
  private let target: [String]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    source = RecordPath(try RecordExpander.path("parent_path", of: node, in: scope, allowsGlobs: false))
    target = try RecordExpander.path("record_path", of: node, in: scope, allowsGlobs: false)
    for (property, path) in [("parent_path", source.segments), ("record_path", target)] where path.isEmpty {
      throw ConnectorError(.system, "`\(property)` cannot be empty", at: node[property] ?? node.node)
    }
  }

  /// Copies the field, or null where `parent` lacks it; what is missing on the way is made, a list where an index follows.
  /// - Throws: ``ConnectorError`` if something other than an object or a list is on the way, or a list has no such index.
  func copy(from parent: borrowing Record, to item: inout JSONObject) throws {
    let value = try source.value(in: parent) ?? .null
    if target.count == 1 {
      item[target[0]] = value
      return
    }
    var whole: JSONValue = .object(item)
    item = [:]
    do throws(JSONPathError) {
      try whole.set(target.map { segment in Int(segment).map { .index($0) } ?? .key(segment) }, to: value)
    } catch {
      throw ConnectorError(.config, "The expanded item cannot hold a field at `record_path` \(target): \(error)")
    }
    item = whole.object ?? [:]
  }
}
