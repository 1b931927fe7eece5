import AirbyteProtocol
import Concurrency
import ConnectorModel
import HTTP
import JSON

/// Runs the jobs of one stream: starts them as far as the budget allows, polls their status, and starts those again that
/// failed.
struct AsyncJobOrchestrator {
  /// What all runs of a stream's jobs have in common.
  struct Rules: Sendable {
    let streamName: String
    let repository: AsyncJobRepository
    let budget: AsyncJobBudget
    /// Microseconds until a running job counts as lost.
    let timeout: Int64
    /// Microseconds until a failed job is created again; nil if that is done at once.
    let retryWait: Int64?
    let runtime: RuntimeEnvironment
  }

  /// The slices that no job was started for yet.
  struct Source {
    private var iterator: Channel<StreamSlice, any Error>.AsyncIterator
    private var buffer: [StreamSlice] = []

    init(_ slices: Channel<StreamSlice, any Error>) { iterator = slices.makeAsyncIterator() }

    mutating func next() async throws -> StreamSlice? {
      if let slice = buffer.popLast() { return slice }
      return try await iterator.next()
    }

    mutating func isEmpty() async throws -> Bool {
      guard buffer.isEmpty else { return false }
      guard let slice = try await iterator.next() else { return true }
      buffer = [slice]
      return false
    }

    mutating func putBack(_ slice: StreamSlice) { buffer.append(slice) }
  }

  private struct Partition {
    var job: AsyncJob
    var attempts = 1
  }

  /// How often a job is started at most; as in the reference, a trial shows how the first one ends.
  private var maxAttempts: Int { runtime.trial == nil ? 3 : 1 }
  private static let secondsBetweenPolls = 5.0

  private let rules: Rules
  private var source: Source
  private var running: [Partition] = []
  private var errors: [any Error] = []

  init(_ rules: Rules, source: Source) {
    self.rules = rules
    self.source = source
  }

  private var runtime: RuntimeEnvironment { rules.runtime }

  /// Calls `body` with each job that is done, until there is none left.
  /// - Throws: what `body` throws; a ``ConnectorError`` where jobs failed for good, after the others were done.
  mutating func run(_ body: (AsyncJob) async throws -> Void) async throws {
    var failedRounds = 0
    while true {
      let done: [AsyncJob]
      do {
        try await startJobs()
        if try await source.isEmpty(), running.isEmpty { break }
        try await poll()
        done = await takeFinished()
        failedRounds = 0
      } catch {
        try Task.checkCancellation()
        runtime.log.log(.info, "The jobs of a stream were interrupted: \(error)")
        if Self.endsEverything(error) {
          await abortAll()
          throw error
        }
        errors.append(error)
        failedRounds += 1
        // The reference asks again at once, and on and on: once is enough to be in step with it.
        if failedRounds > 1 { try await runtime.sleep(Self.secondsBetweenPolls) }
        continue
      }
      for job in done { try await body(job) }
      runtime.events.note(
        .waiting(
          stream: rules.streamName, seconds: Self.secondsBetweenPolls,
          reason: running.count == 1 ? "a job at the API" : "\(running.count) jobs at the API"))
      try await runtime.sleep(Self.secondsBetweenPolls)
    }
    guard errors.isEmpty else {
      throw AsyncJobFailures(errors).error
    }
  }

  // MARK: Starting

  private mutating func startJobs() async throws {
    for index in running.indices { try await replaceIfFailed(index) }
    while let slice = try await source.next() {
      guard let slot = rules.budget.slot() else { return source.putBack(slice) }
      running.append(Partition(job: try await start(slice, slot)))
    }
  }

  private mutating func replaceIfFailed(_ index: Int) async throws {
    let job = running[index].job
    let now = runtime.now()
    let status = job.status(at: now)
    guard status == .failed || status == .timedOut, running[index].attempts < maxAttempts else { return }
    if let wait = rules.retryWait, status == .failed, job.creation != nil, !job.mayBeRetried(at: now, after: wait) { return }
    running[index] = Partition(job: try await start(job.slice, job.slot), attempts: running[index].attempts + 1)
  }

  /// A job that cannot be created counts as one that failed, and is tried again like it.
  private func start(_ slice: StreamSlice, _ slot: any JobSlot) async throws -> AsyncJob {
    do {
      let response = try await rules.repository.start(slice)
      return AsyncJob(slice, creation: response, slot: slot, timeout: rules.timeout, now: runtime.now())
    } catch {
      try Task.checkCancellation()
      if Self.endsEverything(error) {
        slot.release()
        throw error
      }
      let error = ConnectorError(wrapping: error)
      runtime.events.report(error)
      return AsyncJob(failed: slice, because: error.message, slot: slot, now: runtime.now())
    }
  }

  private static func endsEverything(_ error: any Error) -> Bool {
    (error as? ConnectorError)?.failureType == .config
  }

  // MARK: Following

  private func poll() async throws {
    for partition in running where partition.job.status(at: runtime.now()) == .running {
      let (status, response) = try await rules.repository.poll(partition.job)
      let isFailure = status == .failed || status == .timedOut
      let reason = isFailure ? rules.repository.words(in: response) : nil
      if isFailure {
        runtime.log.log(
          .info,
          APIAnswer.sentences(
            "Stream \(rules.streamName): the job of the slice \(Self.text(partition.job.slice)) \(Self.ending(status)).",
            reason ?? "The API does not say why."))
      }
      partition.job.update(status, response, because: reason, at: runtime.now())
    }
  }

  /// Takes out the jobs that are done, and those that are given up.
  private mutating func takeFinished() async -> [AsyncJob] {
    var rest: [Partition] = []
    var done: [AsyncJob] = []
    for partition in running {
      let job = partition.job
      let status = job.status(at: runtime.now())
      switch status {
      case .completed:
        job.slot.release()
        done.append(job)
      case .skipped:
        runtime.log.log(.info, "A job was skipped, because the API says that there is nothing to read for its slice.")
        job.slot.release()
      case .running: rest.append(partition)
      case .failed, .timedOut:
        if status == .timedOut { await abort(job) }
        if partition.attempts >= maxAttempts {
          job.slot.release()
          errors.append(
            ConnectorError(
              .system, Self.explained("A job at the API failed on every attempt", job.reason),
              internalMessage: Self.explained("The job of the slice \(Self.text(job.slice)) \(Self.ending(status))", job.reason)))
        } else {
          rest.insert(partition, at: 0)
        }
      }
    }
    running = rest
    return done
  }

  private static func text(_ slice: StreamSlice) -> String { JSONValue.object(slice.merged).jsonText }

  private static func explained(_ sentence: String, _ reason: String?) -> String {
    reason.map { APIAnswer.sentences(sentence, $0) } ?? sentence
  }

  private static func ending(_ status: AsyncJobStatus) -> String { status == .timedOut ? "took too long" : "failed" }

  private func abort(_ job: AsyncJob) async {
    do {
      try await rules.repository.abort(job)
    } catch {
      runtime.log.log(.warn, "A job could not be aborted: \(error)")
    }
  }

  private mutating func abortAll() async {
    let now = runtime.now()
    for partition in running {
      let status = partition.job.status(at: now)
      if status == .running || status == .timedOut { await abort(partition.job) }
      partition.job.slot.release()
    }
    running = []
  }
}
