import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Turns `{"13": {"updated_at": "2022-12-27"}}` into `{"states": [{"partition": {"id": "13"}, "cursor": {"updated_at": …}}]}`.
struct LegacyToPerPartitionStateMigration: StateMigration {
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws { self.node = node.node }

  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
    let retriever = stream["retriever"]
    guard let type = retriever?["type"]?.string, type == "SimpleRetriever" || type == "AsyncRetriever" else {
      throw failure("It needs a stream with a `SimpleRetriever` or an `AsyncRetriever`")
    }
    guard let router = retriever?["partition_router"], let routerType = router["type"]?.string,
      ["SubstreamPartitionRouter", "UnionPartitionRouter", "CustomPartitionRouter"].contains(routerType)
    else { throw failure("It needs a `SubstreamPartitionRouter` or a `UnionPartitionRouter`") }
    guard let cursor = stream["incremental_sync"]?["cursor_field"] else { throw failure("It needs an `incremental_sync`") }

    let parents = router["parent_stream_configs"]?.sequence ?? []
    guard let fieldNode = routerType == "UnionPartitionRouter" ? router["partition_field"] : parents.first?["partition_field"]
    else {
      throw failure("It needs a parent stream with a `partition_field`")
    }
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let field = try InterpolatedString(fieldNode, parameters: stream.parameters).string(evaluation)
    let cursorField = try InterpolatedString(cursor, parameters: stream.parameters).string(evaluation)

    guard routerType == "UnionPartitionRouter" || parents.count == 1 else { return state }
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

  private func failure(_ reason: String) -> ConnectorError {
    ConnectorError(.system, "A `LegacyToPerPartitionStateMigration` cannot be used here. \(reason)", at: node)
  }
}
