import AirbyteProtocol
import Concurrency
import ConnectorModel

/// A run against a mock: its clock stands still but for what it waits for, its waits take no time, and its tasks take turns on one
/// thread. So it does the same each time.
package struct SimulatedRun: Sendable {
  /// What the run has instead of the machine's time, chance and network.
  package let surroundings: TrafficRun.Surroundings
  private let executor: OrderedExecutor
  private let start: Int64

  /// - Parameters:
  ///   - start: what the clock shows first, in microseconds since the epoch.
  ///   - transport: answers requests; it is given the run's clock and what waits by it.
  /// - Throws: ``ConnectorError`` if the system gives no further thread.
  package init(
    start: Int64,
    _ transport: (_ now: @escaping @Sendable () -> Int64, _ sleep: @escaping @Sendable (Double) async throws -> Void) ->
      any Transport
  ) throws(ConnectorError) {
    guard let executor = OrderedExecutor(time: start, onSettled: {}) else {
      throw ConnectorError(.system, "A run cannot be simulated here: the system gives no further thread")
    }
    let now: @Sendable () -> Int64 = { executor.time }
    let sleep: @Sendable (Double) async throws -> Void = { seconds in
      _ = try await executor.waitAdmission { next in
        OrderedExecutor.Moment(time: TrafficRun.time(seconds, after: next.time), order: next.order)
      }
    }
    let chance = SeededChance(seed: 0)
    surroundings = TrafficRun.Surroundings(
      now: now, sleep: sleep, random: { chance.next() }, transport: transport(now, sleep))
    self.executor = executor
    self.start = start
  }

  /// How many seconds of the run's clock have passed.
  package var waited: Double { Double(executor.time - start) / 1_000_000 }

  /// Runs `body` and the tasks that it starts. This is done once.
  package func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
    try await executor.run(body)
  }
}
