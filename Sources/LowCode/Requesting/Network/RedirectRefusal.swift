import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Keeps `URLSession` from following redirects, for which it has rules of its own.
final class RedirectRefusal: NSObject, URLSessionTaskDelegate, Sendable {
  static let shared = RedirectRefusal()

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
