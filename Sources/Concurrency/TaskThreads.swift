import DequeModule
import Essentials

/// The threads on which a process's tasks run, the main one among them, and the clock by which they sleep.
///
/// It has its own instead of Swift's, which are libdispatch's: see ``SystemThread``. Where the system gives no threads besides
/// the main one, all tasks run there.
package final class TaskThreads: TaskExecutor {
  package static let shared = TaskThreads()

  private struct Sleeper: Sendable {
    let end: UInt64
    let ticket: UInt64
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var jobs = Deque<UnownedJob>()
    /// In the order in which they wake up.
    var sleepers: [Sleeper] = []
    var nextTicket: UInt64 = 0
    /// The threads besides the main one, and how many of all wait for work.
    var threads = 0
    var idle = 0
    var limit: Int
    var isOver = false
  }

  private enum Work: Sendable {
    case job(UnownedJob)
    case wake(Sleeper)
    case end
  }

  private let state: Monitor<State>

  private init() { state = Monitor(State(limit: max(0, ProcessInfo.processInfo.activeProcessorCount - 1))) }

  /// Runs `body` as the first task of the process, on the main thread and as many others as there are processors; returns when it
  /// has ended.
  package static func run(_ body: @escaping @Sendable () async -> Void) {
    Task(executorPreference: shared) {
      await body()
      shared.state.changeForAll { $0.isOver = true }
    }
    shared.work()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let wantsThread = state.change { state in
      state.jobs.append(job)
      guard state.idle < state.jobs.count, state.threads < state.limit else { return false }
      state.threads += 1
      return true
    }
    guard wantsThread, !SystemThread.start({ self.work() }) else { return }
    state.change { state in
      state.threads -= 1
      state.limit = state.threads
    }
  }

  /// Waits for a number of seconds.
  /// - Throws: `CancellationError`.
  package func sleep(_ seconds: Double) async throws {
    let end = MonotonicTime.after(seconds)
    let ticket = state.change { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.change { state in
          if Task.isCancelled { return true }
          let place = state.sleepers.firstIndex { $0.end > end } ?? state.sleepers.endIndex
          state.sleepers.insert(Sleeper(end: end, ticket: ticket, continuation: continuation), at: place)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.change { state in
        state.sleepers.firstIndex { $0.ticket == ticket }.map { state.sleepers.remove(at: $0) }
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func work() {
    while true {
      var isIdle = false
      let work = state.wait { state -> Monitor<State>.Step<Work> in
        if isIdle { state.idle -= 1 }
        isIdle = false
        if let job = state.jobs.popFirst() { return .done(.job(job)) }
        if state.isOver { return .done(.end) }
        let next = state.sleepers.first
        if let next, next.end <= MonotonicTime.now { return .done(.wake(state.sleepers.removeFirst())) }
        isIdle = true
        state.idle += 1
        return .wait(until: next?.end)
      }
      switch work {
      case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
      case .wake(let sleeper): sleeper.continuation.resume()
      case .end: return
      }
    }
  }
}
