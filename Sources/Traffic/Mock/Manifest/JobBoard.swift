import Synchronization

/// How often the jobs of an API were asked about.
final class JobBoard: Sendable {
  private let polls = Mutex<[String: Int]>([:])

  /// Counts a question about a job.
  /// - Returns: how many came before.
  func poll(_ job: String) -> Int {
    polls.withLock { polls in
      polls[job, default: 0] += 1
      return polls[job, default: 1] - 1
    }
  }
}
