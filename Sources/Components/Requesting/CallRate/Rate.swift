import ConnectorModel

/// So many calls per span of time.
struct Rate: Component {
  let limit: Int
  /// Milliseconds.
  let interval: Int64

  init(from node: ComponentNode, in scope: BuildScope) throws {
    limit = try InterpolatedNumber(node.required("limit"), of: node, in: scope).integer()
    interval = try CallRateNode.microseconds("interval", node) / 1_000
  }
}
