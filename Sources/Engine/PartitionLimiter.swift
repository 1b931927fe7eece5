import Concurrency
import JSON

/// Lets a fixed number of partitions be read at a time, across all streams; the others wait in the order in which they came.
///
/// While several streams are read, none of them has all places: if its partitions were slow, the others would have to wait.
final class PartitionLimiter: Sendable {
  private struct Rule: AdmissionRule {
    let permits: Int
    var held: ByName<Int> = [:]
    var taken = 0
    var streams: NameSet = []

    mutating func admit(_ stream: String) -> Bool {
      guard taken < permits, streams.count < 2 || permits < 2 || held[stream, default: 0] < permits - 1 else { return false }
      taken += 1
      held[stream, default: 0] += 1
      return true
    }

    mutating func release(_ stream: String) {
      taken -= 1
      held[stream, default: 0] -= 1
    }
  }

  private let semaphore: AsyncSemaphore<Rule>

  init(permits: Int) { semaphore = AsyncSemaphore(Rule(permits: max(1, permits))) }

  /// A stream will be read.
  func begin(_ stream: String) { semaphore.update { _ = $0.streams.insert(stream) } }

  /// A stream was read: the others may have its places.
  func end(_ stream: String) { semaphore.update { _ = $0.streams.remove(stream) } }

  /// Runs `body` as soon as there is room for a partition of `stream`.
  /// - Throws: what `body` throws, or `CancellationError` where the task is cancelled while it waits.
  func run<Result>(_ stream: String, _ body: () async throws -> Result) async throws -> Result {
    try await semaphore.withPermit(stream, body)
  }
}
