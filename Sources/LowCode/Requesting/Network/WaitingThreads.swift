import Dispatch
import Synchronization

/// A thread that may be blocked. A task that prefers it does its work there, and waits for answers there as well: from the request to
/// what is read out of its answer, nothing is handed to another thread.
///
/// It is a serial queue, which gets a thread at once however many of them wait; a concurrent one gets them one by one.
final class WaitingThread: TaskExecutor {
  private static let mark = DispatchSpecificKey<Bool>()
  private let queue = DispatchQueue(label: "airbyte-lowcode.waiting")

  init() { queue.setSpecific(key: Self.mark, value: true) }

  /// Whether the caller may block its thread.
  static var isCurrent: Bool { DispatchQueue.getSpecific(key: mark) == true }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}

/// The threads that may be blocked: as many as there were in use at a time.
final class WaitingThreads: Sendable {
  static let shared = WaitingThreads()
  private let idle = Mutex<[WaitingThread]>([])

  func run(_ body: @escaping @Sendable () -> Void) {
    let thread = borrow()
    thread.run { [self] in
      body()
      giveBack(thread)
    }
  }

  /// Lends a thread for the time that `body` takes.
  func lend<Result>(_ body: (WaitingThread) async throws -> Result) async rethrows -> Result {
    let thread = borrow()
    defer { giveBack(thread) }
    return try await body(thread)
  }

  private func borrow() -> WaitingThread { idle.withLock { $0.popLast() } ?? WaitingThread() }
  private func giveBack(_ thread: WaitingThread) { idle.withLock { $0.append(thread) } }
}
