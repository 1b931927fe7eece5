import Concurrency
import ConnectorModel

/// Why a request got no answer, by whatever it was sent.
struct TransferFailure {
  var kind: TransportError.Kind
  /// The library's sentence.
  var reason: String
  /// Whether the response's head was complete.
  var isInBody: Bool
  /// Whether the server's certificate could not be verified.
  var isUnverified: Bool

  /// The error of `request` on its way.
  func error(of request: HTTPRequest, by route: Route) -> TransportError {
    let way = route.proxy == nil ? "" : " through the proxy"
    let remedy =
      isUnverified && route.bundle == nil
      ? ". If the server has its own certificate authority, set REQUESTS_CA_BUNDLE or SSL_CERT_FILE to its file"
      : ""
    let obstacle = SystemLimits.obstacle
    let kind = obstacle != nil ? .systemLimit : isInBody && kind == .connectionLost ? .brokenOff : kind
    let end = "\(reason)\(remedy)\(obstacle.map { ". " + $0 } ?? "")"
    return TransportError(
      kind, "The request to \(request.place)\(way) failed: \(end)",
      cause: way.isEmpty ? end : "\(end). The request went\(way)")
  }
}
