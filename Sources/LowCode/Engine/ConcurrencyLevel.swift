import AirbyteProtocol
import JSON
import Jinja

/// Says how many slices are read at a time.
struct ConcurrencyLevel: Component {
  let level: Int

  init(from node: ComponentNode, in context: BuildContext) throws {
    let wanted: Int
    let value = try node.required("default_concurrency")
    if let number = value.int {
      wanted = number
    } else {
      let template = try InterpolatedString(value, parameters: node.parameters)
      guard case .int(let number) = try template.evaluate(EvaluationContext(config: context.configValue)) else {
        throw ConnectorError(.system, "`default_concurrency` should be an integer.", at: value)
      }
      wanted = number
    }
    let limit = try node.int("max_concurrency")
    if wanted < 1 {
      throw ConnectorError(.system, "`default_concurrency` should be at least 1, but is \(wanted).", at: value)
    }
    if let limit, limit < wanted, value.int != nil, limit < 1 {
      throw ConnectorError(.system, "`max_concurrency` should be at least 1.", at: node.node)
    }
    level = min(wanted, limit ?? wanted)
  }
}
