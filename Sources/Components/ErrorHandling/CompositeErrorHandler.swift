import AirbyteProtocol
import ConnectorModel
import Manifest

/// Asks several handlers in turn: the first that has an answer other than failing decides.
struct CompositeErrorHandler: Component, ErrorHandler {
  private let handlers: [any ErrorHandler]
  let backoffStrategies: [any BackoffStrategy]?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let nodes = try node.nodes("error_handlers")
    guard !nodes.isEmpty else {
      throw ConnectorError(
        .system, "`CompositeErrorHandler` needs at least one handler in `error_handlers`", at: node.node,
        cause: .missing(["error_handlers"]))
    }
    handlers = try nodes.map { try scope.build($0) }
    let strategies = handlers.flatMap { $0.backoffStrategies ?? [] }
    backoffStrategies = strategies.isEmpty ? nil : strategies
  }

  var maxRetries: Int { handlers.first?.maxRetries ?? 5 }
  var looksIntoBodies: Bool { handlers.contains { $0.looksIntoBodies } }
  var maxTime: Double { handlers.map(\.maxTime).max() ?? 600 }

  func interpret(_ attempt: Attempt) async throws -> ErrorResolution {
    var last: ErrorResolution?
    for handler in handlers {
      let resolution = try await handler.interpret(attempt)
      switch resolution.action {
      case .success, .retry, .ignore, .resetPagination, .reducePageSize, .splitRequestWindow: return resolution
      case .fail, .rateLimited, .refreshTokenThenRetry: last = resolution
      }
    }
    return last ?? DefaultErrorMapping.resolution(for: attempt)
  }
}
