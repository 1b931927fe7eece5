import Synchronization

/// Lets a fixed number of partitions be read at a time, across all streams; the others wait in the order in which they came.
final class PartitionLimiter: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
    var next = 0
  }

  private let state: Mutex<State>

  init(permits: Int) { state = Mutex(State(free: max(1, permits))) }

  /// Runs `body` as soon as there is room for it.
  func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
    await acquire()
    defer { release() }
    return try await body()
  }

  private func acquire() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.free > 0 {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func release() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.next < state.waiting.count else {
        state.free += 1
        return nil
      }
      let continuation = state.waiting[state.next]
      state.next += 1
      if state.next > 64, state.next * 2 > state.waiting.count {
        state.waiting.removeFirst(state.next)
        state.next = 0
      }
      return continuation
    }
    next?.resume()
  }
}
