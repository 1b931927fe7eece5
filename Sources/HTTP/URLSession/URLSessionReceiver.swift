#if URLSession
  import ConnectorModel
  import Foundation
  import Synchronization

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// Hands what a session reports to the exchanges of its tasks.
  ///
  /// Sound to share: what changes is under a lock.
  final class URLSessionReceiver: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let exchanges = Mutex<[Int: URLSessionExchange]>([:])

    #if !canImport(FoundationNetworking)
      private let trust: AppleTrust

      init(trust: AppleTrust) { self.trust = trust }
    #endif

    func deliver(_ task: Int, to exchange: URLSessionExchange) { exchanges.withLock { $0[task] = exchange } }

    private func exchange(_ task: URLSessionTask) -> URLSessionExchange? { exchanges.withLock { $0[task.taskIdentifier] } }

    func urlSession(
      _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
      completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
      if let head = Self.head(response) { exchange(dataTask)?.received(head) }
      completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
      if !data.isEmpty { exchange(dataTask)?.received(data) }
    }

    func urlSession(
      _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
      totalBytesExpectedToSend: Int64
    ) { exchange(task)?.sent() }

    /// Redirects are followed by the sender of the request.
    func urlSession(
      _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
      newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) { completionHandler(nil) }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
      let exchange = exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
      // On Linux a redirect that leads nowhere has no other report of its head.
      exchange?.ended(error, head: task.response.flatMap(Self.head))
    }

    #if canImport(FoundationNetworking)
      /// An answer with status 401 is complete when its challenge comes. The credentials were in the request.
      func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
      ) { exchange(task)?.ended(nil, head: task.response.flatMap(Self.head)) }
    #else
      func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
      ) {
        let (disposition, credential) = trust.answer(challenge)
        completionHandler(disposition, credential)
      }

      func urlSession(
        _ session: URLSession, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
      ) {
        let (disposition, credential) = trust.answer(challenge)
        completionHandler(disposition, credential)
      }
    #endif

    /// The head of a response. Foundation gives no order of the headers, so they come by their names.
    private static func head(_ response: URLResponse) -> URLSessionExchange.Head? {
      guard let response = response as? HTTPURLResponse else { return nil }
      let fields = response.allHeaderFields.compactMap { name, value in
        (name as? String).map { (name: $0, value: text("\(value)")) }
      }
      let sorted = fields.sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
      return URLSessionExchange.Head(status: response.statusCode, headers: HTTPHeaders(sorted))
    }

    /// A value as the bytes of the wire read in Latin-1, which Foundation takes for UTF-8.
    private static func text(_ value: String) -> String {
      value.utf8.allSatisfy { $0 < 0x80 } ? value : HeaderText.decoded(Array(value.utf8))
    }
  }
#endif
