import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The network, by Foundation's `URLSession`. A redirect is a response like any other: ``NetworkTransport`` follows it.
package final class URLSessionTransport: Transport {
  private let session: URLSession
  private let receiver = URLSessionReceiver()
  private let bodyOnGet = CurlTransport()

  /// - Parameter connections: how many connections to one host may be open at a time.
  package init(connections: Int = 64) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = connections
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.timeoutIntervalForResource = 7 * 24 * 3600
    session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
  }

  // The session holds its delegate until then.
  deinit { session.finishTasksAndInvalidate() }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    guard let url = URL(string: request.url), let host = url.host, !host.isEmpty else {
      throw TransportError(.invalidURL, "`\(request.url)` is not a valid URL.")
    }
    if request.method == "GET", request.body != nil { return try await bodyOnGet.send(request) }
    var message = URLRequest(url: url, timeoutInterval: request.readTimeout)
    message.httpMethod = request.method
    for (name, value) in request.headers { message.setValue(value, forHTTPHeaderField: name) }
    // Foundation adds these where they are not set. libcurl sends no header whose value is blank, so a blank one keeps them away.
    for name in ["Accept-Language", "Content-Type"] where request.header(name) == nil {
      message.setValue(" ", forHTTPHeaderField: name)
    }
    if let body = request.body { message.httpBody = Data(body) }
    let data: Data
    let response: URLResponse
    do {
      (data, response) = try await receiver.send(message, in: session)
    } catch {
      throw Self.transportError(error, host: host, request)
    }
    guard let http = response as? HTTPURLResponse else {
      throw TransportError(.other, "\(request.url) did not answer by HTTP.")
    }
    let headers = http.allHeaderFields.compactMap { name, value in
      (name as? String).map { (name: $0, value: String(describing: value)) }
    }
    return HTTPResponse(
      status: http.statusCode, headers: headers.sorted { $0.name < $1.name }, body: data,
      url: http.url?.absoluteString ?? request.url)
  }

  private static func transportError(_ error: any Error, host: String, _ request: HTTPRequest) -> TransportError {
    let target =
      URL(string: request.url).map { url in
        "\(url.scheme ?? "http")://\(host)\(url.port.map { ":\($0)" } ?? "")\(url.path)"
      } ?? host
    guard let error = error as? URLError else { return TransportError(.other, "The request to \(target) failed: \(error)") }
    switch error.code {
    case .timedOut: return TransportError(.timedOut, "\(target) did not answer in time.")
    case .cannotFindHost, .dnsLookupFailed:
      return TransportError(.nameNotResolved, "The host name \(host) cannot be resolved.")
    case .cannotConnectToHost: return TransportError(.connectFailed, "No connection to \(target): it was refused.")
    case .networkConnectionLost, .badServerResponse, .cannotParseResponse, .zeroByteResource:
      return TransportError(.connectionLost, "The connection to \(target) was lost in the middle of the response.")
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
      .serverCertificateHasUnknownRoot, .clientCertificateRejected, .clientCertificateRequired:
      return TransportError(.tls, "The TLS connection to \(target) failed: \(error.localizedDescription)")
    case .unsupportedURL, .badURL: return TransportError(.invalidURL, "\(target) is not a URL that can be requested.")
    default:
      return TransportError(.connectionLost, "The request to \(target) failed: \(error.localizedDescription)")
    }
  }
}
