import Synchronization

/// Lets a fixed number of partitions be read at a time, across all streams; the others wait in the order in which they came.
///
/// While several streams are read, none of them has all places: were its partitions slow, the others would stand still.
final class PartitionLimiter: Sendable {
  private struct Waiting {
    let stream: String
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    let permits: Int
    var held: [String: Int] = [:]
    var taken = 0
    var streams: Set<String> = []
    var waiting: [Waiting] = []

    func hasRoom(for stream: String) -> Bool {
      taken < permits && (streams.count < 2 || permits < 2 || held[stream, default: 0] < permits - 1)
    }

    mutating func take(for stream: String) {
      taken += 1
      held[stream, default: 0] += 1
    }

    /// Those that have room now, in the order in which they came.
    mutating func admit() -> [CheckedContinuation<Void, Never>] {
      var admitted: [CheckedContinuation<Void, Never>] = []
      while taken < permits, let next = waiting.firstIndex(where: { hasRoom(for: $0.stream) }) {
        let waiter = waiting.remove(at: next)
        take(for: waiter.stream)
        admitted.append(waiter.continuation)
      }
      return admitted
    }
  }

  private let state: Mutex<State>

  init(permits: Int) { state = Mutex(State(permits: max(1, permits))) }

  /// A stream is to be read.
  func begin(_ stream: String) { state.withLock { _ = $0.streams.insert(stream) } }

  /// A stream was read: the others may have its places.
  func end(_ stream: String) {
    let admitted = state.withLock { state in
      state.streams.remove(stream)
      return state.admit()
    }
    for continuation in admitted { continuation.resume() }
  }

  /// Runs `body` as soon as there is room for a partition of `stream`.
  func run<Result: Sendable>(_ stream: String, _ body: () async throws -> Result) async rethrows -> Result {
    await acquire(stream)
    defer { release(stream) }
    return try await body()
  }

  private func acquire(_ stream: String) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.hasRoom(for: stream) else {
          state.waiting.append(Waiting(stream: stream, continuation: continuation))
          return false
        }
        state.take(for: stream)
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func release(_ stream: String) {
    let admitted = state.withLock { state in
      state.taken -= 1
      state.held[stream, default: 0] -= 1
      return state.admit()
    }
    for continuation in admitted { continuation.resume() }
  }
}
