import Essentials

/// A value under a lock that threads can wait on, which Swift's `Mutex` does not offer: by POSIX threads.
///
/// Sound to share: the value is only used with the lock held, and lock and condition stay where they are.
package final class Monitor<State>: @unchecked Sendable {
  /// What a thread that looks at the value does next.
  package enum Step<Result> {
    case done(Result)
    /// Looks again when the value was changed, or at a time of ``MonotonicTime``.
    case wait(until: UInt64?)
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  package init(_ state: State) {
    self.state = state
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes the value, and wakes a thread that waits for that.
  package func change<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_mutex_unlock(mutex)
      pthread_cond_signal(condition)
    }
    return body(&state)
  }

  /// Changes the value, and wakes all threads that wait for that.
  package func changeForAll(_ body: (inout State) -> Void) {
    change(body)
    pthread_cond_broadcast(condition)
  }

  /// Blocks the thread until `look` is done.
  package func wait<Result>(_ look: (inout State) -> Step<Result>) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      switch look(&state) {
      case .done(let result): return result
      case .wait(nil): pthread_cond_wait(condition, mutex)
      case .wait(let time?): sleep(until: time)
      }
    }
  }

  private func sleep(until time: UInt64) {
    #if canImport(Darwin)
      let now = MonotonicTime.now
      let rest = time > now ? time - now : 0
      var interval = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(rest % 1_000_000_000))
      pthread_cond_timedwait_relative_np(condition, mutex, &interval)
    #else
      var end = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
      pthread_cond_timedwait(condition, mutex, &end)
    #endif
  }
}

/// Nanoseconds of a clock that cannot be set.
package enum MonotonicTime {
  package static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The time in `seconds` from now.
  package static func after(_ seconds: Double) -> UInt64 { now + UInt64(max(0, min(seconds, 1e9)) * 1e9) }
}
