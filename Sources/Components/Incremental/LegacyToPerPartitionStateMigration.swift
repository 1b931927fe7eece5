import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Turns `{"13": {"updated_at": "2022-12-27"}}` into `{"states": [{"partition": {"id": "13"}, "cursor": {"updated_at": …}}]}`.
struct LegacyToPerPartitionStateMigration: Component, StateMigration {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
    guard let router = stream["retriever"]?["partition_router"], let fieldNode = Self.partitionField(of: router),
      let cursor = stream["incremental_sync"]?["cursor_field"]
    else { return state }
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let field = try InterpolatedString(fieldNode, parameters: stream.parameters).string(evaluation)
    let cursorField = try InterpolatedString(cursor, parameters: stream.parameters).string(evaluation)

    guard Self.isUnion(router) || router["parent_stream_configs"]?.count == 1 else { return state }
    return Self.migrate(state, partitionField: field, cursorField: cursorField)
  }

  /// The migrated state; the state itself where not every value is `{cursorField: …}`.
  static func migrate(_ state: JSONObject, partitionField: String, cursorField: String) -> JSONObject {
    guard !state.isEmpty, state["states"] == nil else { return state }
    var states: [JSONValue] = []
    for (key, value) in state {
      guard let cursor = value.object, cursor.count == 1, cursor[cursorField] != nil else { return state }
      states.append(["partition": .object([partitionField: .string(key)]), "cursor": value])
    }
    return ["states": .array(states)]
  }

  /// What names the partitions of a router; nil where nothing does.
  static func partitionField(of router: ManifestNode) -> ManifestNode? {
    isUnion(router) ? router["partition_field"] : router["parent_stream_configs"]?[0]?["partition_field"]
  }

  private static func isUnion(_ router: ManifestNode) -> Bool { router["type"]?.string == UnionPartitionRouter.typeName }
}
