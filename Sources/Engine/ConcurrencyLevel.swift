import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Says how many slices are read at a time.
struct ConcurrencyLevel: Component {
  let level: Int

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let value = try node.required("default_concurrency")
    // As in the reference: 0 is no maximum, and a number is not held below the maximum.
    let limit = try node.int("max_concurrency").flatMap { $0 == 0 ? nil : $0 }
    if let number = value.int {
      level = number
    } else {
      if limit == nil, value.string?.contains("config") == true {
        throw ConnectorError(
          .system, "`ConcurrencyLevel` needs `max_concurrency`, because the config chooses its `default_concurrency`", at: value,
          cause: .missing(["max_concurrency"]))
      }
      let template = InterpolatedString(value, parameters: node.parameters)
      guard case .int(let number) = try template.evaluate(EvaluationContext(config: scope.templateConfig)) else {
        throw ConnectorError(.system, "`default_concurrency` should be an integer", at: value)
      }
      level = min(number, limit ?? number)
    }
    if level < 1 {
      throw ConnectorError(.system, "`default_concurrency` should be at least 1, but is \(level)", at: value)
    }
  }
}
