import Concurrency
import ConnectorModel

/// Carries one request over the wire and brings its response back: libcurl or `URLSession`.
///
/// Redirects are not followed here. The content encodings of the response are undone.
protocol Carrier: Transport {
  /// - Parameter connections: how many there may be at a time; nil for any number.
  init(limits: TransferLimits, connections: Int?)

  /// Sends a request by a route that was chosen for it.
  func send(_ request: HTTPRequest, by route: Route) async throws(TransportError) -> HTTPResponse
}

extension Carrier {
  init() { self.init(limits: TransferLimits()) }
  init(limits: TransferLimits) { self.init(limits: limits, connections: SystemLimits.connections) }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { try await send(request, by: Route()) }
}

extension TransportKind {
  func carrier(limits: TransferLimits = TransferLimits(), connections: Int? = SystemLimits.connections) -> any Carrier {
    switch self {
    case .curl: CurlTransport(limits: limits, connections: connections)
    case .urlsession:
      #if URLSession
        URLSessionTransport(limits: limits, connections: connections)
      #else
        // It is none of those that are available.
        CurlTransport(limits: limits, connections: connections)
      #endif
    }
  }
}

extension HTTPRequest {
  /// The URL as it may be shown.
  var place: String { RequestURL(url).publicText }
}
