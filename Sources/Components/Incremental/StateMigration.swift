import ConnectorModel
import JSON
import Manifest

package enum StateMigrations {
  /// The state of a stream that is being built, after its `state_migrations`: before anything of the stream is built that reads it.
  /// Without a state, an empty one shows whether they fit the stream, as in the reference.
  package static func migrated(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
    if try stream.nodes("state_migrations").isEmpty { return state }
    return try scope.migrated(state, of: stream) { try await apply(to: state, of: stream, in: scope) }
  }

  /// Applies the stream's `state_migrations` to its state, in order.
  package static func apply(to state: JSONObject, of stream: ComponentNode, in scope: BuildScope) async throws -> JSONObject {
    var state = state
    for node in try stream.nodes("state_migrations") {
      // What names neither a type nor a class is the only kind that needs nothing else.
      let migration: any StateMigration =
        isUnnamed(node)
        ? try scope.build(only: node, LegacyToPerPartitionStateMigration.self)
        : try scope.build(node, as: (any StateMigration).self)
      state = try await migration.migrate(state, of: stream, in: scope)
    }
    return state
  }

  /// Whether a migration names neither a type nor a class.
  static func isUnnamed(_ node: ManifestNode) -> Bool { node["type"] == nil && node["class_name"] == nil }
}
