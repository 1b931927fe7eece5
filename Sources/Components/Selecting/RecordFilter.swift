import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Keeps the records for which a condition holds.
struct RecordFilter: Component, RecordCondition {
  private let condition: InterpolatedBoolean
  private let config: TemplateConfig

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let source = node["condition"]
    condition = InterpolatedBoolean(source?.string ?? "", parameters: node.parameters, mark: source?.mark)
    config = scope.templateConfig
  }

  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { try keeps(record.templateValue, slice) }

  func keeps(value: JSONValue, slice: StreamSlice) throws -> Bool { try keeps(Value(value), slice) }

  private func keeps(_ record: Value, _ slice: StreamSlice) throws -> Bool {
    try condition.evaluate(
      EvaluationContext(
        config: config, record: record, slice: slice, bindings: Self.furtherVariables))
  }

  /// No template gets to see the state: to name it is an error.
  private static let furtherVariables: [(symbol: Symbol, value: Value)] = [(.streamState, .none), (.nextPageToken, .none)]
}
