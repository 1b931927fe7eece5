import ConnectorModel
import JSON
import Manifest

/// Brings a stream's state into the shape that its cursor reads.
package protocol StateMigration: Component {
  /// The state in the new shape; as it was, where it has that shape already or another one altogether.
  /// - Parameters:
  ///   - stream: the node of the stream's `DeclarativeStream`.
  /// - Throws: ``ConnectorError`` if a template fails.
  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject
}

package enum StateMigrations {
  /// Applies the stream's `state_migrations` to its state, in order: before anything of the stream is built that reads the state.
  /// Without a state, an empty one shows whether they fit the stream, as in the reference.
  package static func apply(to state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
    var state = state
    for node in try stream.nodes("state_migrations") {
      // What names neither a type nor a class is the only kind that needs nothing else.
      let migration: any StateMigration =
        isUnnamed(node)
        ? try scope.build(only: node, LegacyToPerPartitionStateMigration.self) : try scope.build(node)
      state = try migration.migrate(state, of: stream, in: scope)
    }
    return state
  }

  /// Whether a migration names neither a type nor a class.
  static func isUnnamed(_ node: ManifestNode) -> Bool { node["type"] == nil && node["class_name"] == nil }
}
