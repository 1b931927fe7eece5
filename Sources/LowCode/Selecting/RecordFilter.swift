import JSON
import Jinja

/// Keeps the records for which a condition holds.
struct RecordFilter: Component, RecordCondition {
  private let condition: InterpolatedBoolean
  private let config: Value

  init(from node: ComponentNode, in context: BuildContext) throws {
    let source = node["condition"]
    condition = try InterpolatedBoolean(source?.string ?? "", parameters: node.parameters, location: source?.location)
    config = context.configValue
  }

  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool {
    try condition.evaluate(
      EvaluationContext(
        config: config,
        bindings: [
          (.record, record.templateValue), (.streamSlice, slice.templateValue), (.streamState, .emptyDict),
          (.nextPageToken, .none),
        ]))
  }
}
