import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Python
import Templating

/// Reads a stream from the largest number that the last read saw.
struct IncrementingCountCursor: IncrementalSync {
  let isDataFeed = false
  let isClientSideIncremental = false
  private let field: String
  private let start: CursorValue
  private let requestOptions: WindowRequestOptions

  init(from node: ComponentNode, in scope: BuildScope) throws {
    // As the reference: `$parameters` reach the option, but neither the field nor the start.
    field = try Self.cursorField(node, seeing: [:], in: scope)
    start = .int(try Self.start(node, in: scope))
    requestOptions = WindowRequestOptions(
      startOption: try scope.build(optional: node["start_value_option"], seeing: node.parameters), endOption: nil,
      startField: "start", endField: "end")
  }

  private static func start(_ node: ComponentNode, in scope: BuildScope) throws -> Int {
    guard let value = node["start_value"] else { return 0 }
    if let number = value.int { return number }
    let text = try InterpolatedString(value).string(EvaluationContext(config: scope.templateConfig))
    // A float is cut and a text is read, as Python's int() does.
    if let number = PythonNumberText.integer(text)?.int { return number }
    if let number = PythonNumberText.float(text), let whole = Int(exactly: number.rounded(.towardZero)) { return whole }
    throw ConnectorError(.system, "`start_value` should be an integer, not `\(text)`", at: value)
  }

  func cursor(router: (any PartitionRouter)?, in scope: BuildScope) throws -> any Cursor {
    let start = start
    let definition = CursorDefinition(
      streamName: scope.streamName, field: field, converter: .count, rules: WindowRules(),
      boundaries: CursorDefinition.Boundaries(start: "start", end: "end"), readsWindows: false, start: { start },
      end: { .double(.infinity) }, requestOptions: requestOptions, runtime: scope.runtime)
    return try ConcurrentCursor(definition, state: scope.stream.state ?? [:])
  }
}
