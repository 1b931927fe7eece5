import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif
import Synchronization

/// Fetches URLs by URLSession, one after the other; the bytes are thrown away as they come.
final class BareFetch: NSObject, URLSessionDataDelegate {
  private let waiting = Mutex<CheckedContinuation<Void, any Error>?>(nil)

  struct Refused: Error { var status: Int }

  func fetch(_ urls: [String]) async throws {
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    for text in urls {
      guard let url = URL(string: text) else { throw URLError(.badURL) }
      try await withCheckedThrowingContinuation { continuation in
        waiting.withLock { $0 = continuation }
        session.dataTask(with: url).resume()
      }
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {}

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    let status = (task.response as? HTTPURLResponse)?.statusCode ?? 0
    if let error {
      continuation?.resume(throwing: error)
    } else if status != 200 {
      continuation?.resume(throwing: Refused(status: status))
    } else {
      continuation?.resume()
    }
  }
}
