import ConnectorModel
import JSON
import Manifest

package enum StateMigrations {
  /// Applies the stream's `state_migrations` to its state, in order: before anything of the stream is built that reads the state.
  /// Without a state, an empty one shows whether they fit the stream, as in the reference.
  package static func apply(to state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
    var state = state
    for node in try stream.nodes("state_migrations") {
      // What names neither a type nor a class is the only kind that needs nothing else.
      let migration: any StateMigration =
        isUnnamed(node)
        ? try scope.build(only: node, LegacyToPerPartitionStateMigration.self)
        : try scope.build(node, as: (any StateMigration).self)
      state = try migration.migrate(state, of: stream, in: scope)
    }
    return state
  }

  /// Whether a migration names neither a type nor a class.
  static func isUnnamed(_ node: ManifestNode) -> Bool { node["type"] == nil && node["class_name"] == nil }
}
