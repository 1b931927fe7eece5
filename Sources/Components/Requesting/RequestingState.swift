import ConnectorModel
import HTTP
import Manifest
import Synchronization

/// What all requesters of one run share: the call-rate budget and the response cache.
package final class RequestingState: SharedInRun {
  package let cache = ResponseCache()
  private let built = Mutex<HTTPAPIBudget?>(nil)

  package init(in run: RunScope) {}

  /// The manifest's budget, built when it is first asked for.
  /// - Throws: ``ConnectorError`` for a budget that cannot be kept.
  func budget(in scope: BuildScope) throws -> HTTPAPIBudget? {
    guard let node = scope.run.manifest?["api_budget"], !node.isNull else { return nil }
    return try built.withLock { built in
      if let built { return built }
      let budget: HTTPAPIBudget = try scope.build(node)
      built = budget
      return budget
    }
  }
}
