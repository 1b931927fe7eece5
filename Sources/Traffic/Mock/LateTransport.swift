import ConnectorModel
import Synchronization

/// A transport that is chosen once more is known of what it is for.
package final class LateTransport: Transport {
  private let chosen = Mutex<(any Transport)?>(nil)

  package init() {}

  package func become(_ transport: any Transport) { chosen.withLock { $0 = transport } }

  package func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    guard let transport = chosen.withLock({ $0 }) else {
      throw TransportError(.unsupported, "\(RequestURL(request.url).publicText) was requested before there was a mock to answer")
    }
    return try await transport.exchange(request)
  }
}
