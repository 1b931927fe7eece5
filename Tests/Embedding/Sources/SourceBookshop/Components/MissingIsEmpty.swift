import LowCode

/// Takes what the API does not have as empty, and asks again for what it is not ready to give.
struct MissingIsEmpty: Component, ErrorHandler {
  let backoffStrategies: [any BackoffStrategy]?
  let maxRetries: Int

  init(from node: ComponentNode, in scope: BuildScope) throws {
    backoffStrategies = try node.nodes("backoff_strategies").map { try scope.build($0) }
    maxRetries = try node.int("max_retries") ?? 5
  }

  var looksIntoBodies: Bool { false }

  func interpret(_ attempt: Attempt) async throws -> ErrorResolution {
    guard let response = attempt.response else { return ErrorResolution(.retry, .transient, "The shop did not answer") }
    switch response.status {
    case 404: return ErrorResolution(.ignore)
    case 500...: return ErrorResolution(.retry, .transient, "The shop is not ready")
    default: return response.isSuccess ? .success : ErrorResolution(.fail, .system, "The shop refused the request")
    }
  }
}
