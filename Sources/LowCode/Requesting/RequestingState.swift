import Synchronization

/// What all requesters of one run share: the call-rate budget and the response cache.
package final class RequestingState: Sendable {
  let cache = ResponseCache()
  private let built = Mutex<HTTPAPIBudget?>(nil)

  package init() {}

  /// The manifest's budget, built when it is first asked for.
  /// - Throws: ``ConnectorError`` for a budget that cannot be kept.
  func budget(in context: BuildContext) throws -> HTTPAPIBudget? {
    guard let node = context.apiBudget else { return nil }
    return try built.withLock { built in
      if let built { return built }
      let budget: HTTPAPIBudget = try context.build(node)
      built = budget
      return budget
    }
  }
}
