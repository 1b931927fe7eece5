import DequeModule
import Essentials
import Synchronization

/// A thread that may be blocked. A task that prefers it does its work there, and waits for answers there as well: from the request to
/// what is read out of its answer, nothing is passed to another thread.
package final class BlockingThread: TaskExecutor {
  private enum Work: Sendable {
    case job(UnownedJob)
    case call(@Sendable () -> Void)
  }

  private let queue = Monitor(Deque<Work>())

  /// Nil if the system gives no thread.
  package init?() {
    guard SystemThread.start({ self.work() }) else { return nil }
  }

  /// Whether the caller may block its thread.
  package static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.change { $0.append(.job(job)) }
  }

  package func run(_ body: @escaping @Sendable () -> Void) { queue.change { $0.append(.call(body)) } }

  private func work() {
    pthread_setspecific(Self.mark, UnsafeRawPointer(bitPattern: 1))
    while true {
      let work = queue.wait { queue in queue.popFirst().map { .done($0) } ?? .wait(until: nil) }
      switch work {
      case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
      case .call(let body): body()
      }
    }
  }

  private static let mark = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()
}

/// The threads for calls that block: as many as there were in use at a time.
///
/// If the system gives no more threads, these calls block the thread of their caller. None of them waits for another task, so all
/// of them end.
package final class BlockingExecutor: Sendable {
  package static let shared = BlockingExecutor()
  private let idle = Mutex<[BlockingThread]>([])

  /// Runs `body`, which may block.
  package func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    guard !BlockingThread.isCurrent, let thread = borrow() else { return body() }
    return await withCheckedContinuation { continuation in
      thread.run { [self] in
        let result = body()
        giveBack(thread)
        continuation.resume(returning: result)
      }
    }
  }

  /// Lends a thread for the time that `body` takes; nil if the system gives none, or the run has one thread for all of its tasks.
  package func lend<Result>(_ body: (BlockingThread?) async throws -> Result) async rethrows -> Result {
    if OrderedExecutor.current != nil { return try await body(nil) }
    let thread = borrow()
    defer { if let thread { giveBack(thread) } }
    return try await body(thread)
  }

  private func borrow() -> BlockingThread? { idle.withLock { $0.popLast() } ?? BlockingThread() }
  private func giveBack(_ thread: BlockingThread) { idle.withLock { $0.append(thread) } }
}
