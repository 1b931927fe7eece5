import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Decides by a list of filters, then by the default for the status.
package struct DefaultErrorHandler: Component, ErrorHandler {
  private let filters: [HttpResponseFilter]
  package let backoffStrategies: [any BackoffStrategy]?
  package let maxRetries: Int

  private static let standardRetries = 5

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    filters = try node.nodes("response_filters").map { try scope.build($0) }
    backoffStrategies = try node.nodes("backoff_strategies").map {
      PlacedBackoffStrategy(try scope.build($0), at: $0, coverage: scope.runtime.coverage)
    }
    maxRetries = try Self.maxRetries(node, scope)
  }

  /// The handler of a requester whose manifest names none.
  package init() {
    filters = []
    backoffStrategies = []
    maxRetries = Self.standardRetries
  }

  package var looksIntoBodies: Bool { filters.contains { $0.looksIntoBodies } }

  package func interpret(_ attempt: Attempt) throws -> ErrorResolution {
    guard case .response(let response) = attempt else { return DefaultErrorMapping.resolution(for: attempt) }
    for filter in filters {
      if let resolution = try filter.match(response) { return resolution }
    }
    return response.isSuccess ? .success : DefaultErrorMapping.resolution(for: attempt)
  }

  /// `max_retries` may be a number or a template over the config.
  private static func maxRetries(_ node: ComponentNode, _ scope: BuildScope) throws -> Int {
    guard let value = node["max_retries"] else { return standardRetries }
    if let number = value.int { return number }
    let template = InterpolatedString(value.string ?? "", parameters: node.parameters, default: "5", mark: value.mark)
    switch try template.evaluate(EvaluationContext(config: scope.templateConfig)) {
    case .int(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .float(let number) where number.isFinite && abs(number) < 1e9: return Int(number)
    case .string(let text): if let number = Int(text) { return number }
    default: break
    }
    throw ConnectorError(.system, "`max_retries` should give an integer", at: value)
  }
}
