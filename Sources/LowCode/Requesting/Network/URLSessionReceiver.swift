import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Gathers the answers of a `URLSession`'s tasks, and keeps the session from following redirects, for which it has rules of its own
/// (on Linux, it asks about them only where a delegate receives the body as well).
final class URLSessionReceiver: NSObject, URLSessionDataDelegate, Sendable {
  private struct Pending {
    let continuation: CheckedContinuation<(Data, URLResponse), any Error>
    var response: URLResponse?
    var data = Data()
  }

  private let pending = Mutex<[Int: Pending]>([:])

  /// Sends `request` and waits for its whole answer.
  func send(_ request: URLRequest, in session: URLSession) async throws -> (Data, URLResponse) {
    let task = session.dataTask(with: request)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        pending.withLock { $0[task.taskIdentifier] = Pending(continuation: continuation) }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    pending.withLock { $0[dataTask.taskIdentifier]?.response = response }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    pending.withLock { $0[dataTask.taskIdentifier]?.data.append(data) }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    guard let finished = pending.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
    if let error {
      finished.continuation.resume(throwing: error)
    } else if let response = finished.response ?? task.response {
      finished.continuation.resume(returning: (finished.data, response))
    } else {
      finished.continuation.resume(throwing: URLError(.badServerResponse))
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    pending.withLock { $0[task.taskIdentifier]?.response = response }
    completionHandler(nil)
  }
}
