import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension URLSession {
  /// Sends `request` and collects its answer; ends at once when the task is cancelled.
  ///
  /// Foundation's own `data(for:)` was seen on Linux never to return when its task is cancelled at the wrong moment.
  func collectedData(for request: URLRequest) async throws -> (Data, URLResponse) {
    let answer = OneAnswer()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard answer.wait(continuation) else { return }
        let task = dataTask(with: request) { data, response, error in
          if let data, let response {
            answer.resume(with: .success((data, response)))
          } else {
            answer.resume(with: .failure(error ?? URLError(.unknown)))
          }
        }
        answer.starts(task)
        task.resume()
      }
    } onCancel: {
      answer.cancel()
    }
  }
}

/// A continuation that is resumed once: by the answer or by the cancellation, whichever comes first.
private final class OneAnswer: Sendable {
  private struct State {
    var continuation: CheckedContinuation<(Data, URLResponse), any Error>?
    var task: URLSessionDataTask?
    var isCancelled = false
  }

  private let state = Mutex(State())

  /// - Returns: whether the request is still wanted.
  func wait(_ continuation: CheckedContinuation<(Data, URLResponse), any Error>) -> Bool {
    let isWanted = state.withLock { state in
      if !state.isCancelled { state.continuation = continuation }
      return !state.isCancelled
    }
    if !isWanted { continuation.resume(throwing: CancellationError()) }
    return isWanted
  }

  func starts(_ task: URLSessionDataTask) { state.withLock { $0.task = task } }

  func resume(with result: sending Result<(Data, URLResponse), any Error>) {
    let continuation = state.withLock { state in
      defer { state.continuation = nil }
      return state.continuation
    }
    continuation?.resume(with: result)
  }

  func cancel() {
    let task = state.withLock { state in
      state.isCancelled = true
      return state.task
    }
    resume(with: .failure(CancellationError()))
    task?.cancel()
  }
}
