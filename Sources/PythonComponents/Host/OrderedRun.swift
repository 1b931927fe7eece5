import Concurrency

/// What a component does beside a run whose order is written down.
enum OrderedRun {
  /// Does what such a run neither waits for nor sees, which may take any time.
  static func aside<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result {
    guard OrderedExecutor.current != nil else { return await body() }
    return await withTaskExecutorPreference(globalConcurrentExecutor) {
      await OrderedExecutor.$current.withValue(nil) { await body() }
    }
  }

  /// Waits for what is done aside.
  static func joining<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    guard let executor = OrderedExecutor.current else { return try await body() }
    return try await executor.call(body)
  }
}
