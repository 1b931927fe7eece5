import Concurrency
import ConnectorModel

/// What libcurl reports, as values.
enum CurlAnswer {
  /// libcurl's codes, by curl/curl.h.
  static func kind(_ code: Int32) -> TransportError.Kind {
    switch code {
    case 1: .unsupportedScheme
    case 3: .invalidURL
    case 5, 6: .nameNotResolved
    case 7: .connectFailed
    case 28: .timedOut
    case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
    default: .connectionLost
    }
  }

  /// Why `request` got no answer.
  /// - Parameters:
  ///   - reason: libcurl's sentence.
  ///   - isInHead: whether the response's head had begun and was not complete.
  ///   - isInBody: whether it was complete.
  static func failure(
    of request: HTTPRequest, by route: CurlTransport.Route, code: Int32, reason: String, isInHead: Bool, isInBody: Bool
  ) -> TransportError {
    // libcurl's words for a line that is too long are "Out of memory".
    if isInHead, code == outOfMemory || code == tooLarge {
      return TransportError(
        .tooLarge,
        "The response of \(place(of: request)) has a header line that is too long (more than 100 KB) or too many of them")
    }
    let way = route.proxy == nil ? "" : " through the proxy"
    let remedy =
      code == Self.unverified && route.bundle == nil
      ? ". If the server has its own certificate authority, set REQUESTS_CA_BUNDLE or SSL_CERT_FILE to its file"
      : ""
    let obstacle = SystemLimits.obstacle
    let kind = obstacle != nil ? .systemLimit : isInBody && kind(code) == .connectionLost ? .brokenOff : kind(code)
    let end = "\(reason)\(remedy)\(obstacle.map { ". " + $0 } ?? "")"
    return TransportError(
      kind, "The request to \(place(of: request))\(way) failed: \(end)",
      cause: way.isEmpty ? end : "\(end). The request went\(way)")
  }

  /// The URL as it may be shown.
  static func place(of request: HTTPRequest) -> String { RequestURL(request.url).publicText }

  /// The code for a certificate that cannot be verified.
  private static let unverified: Int32 = 60
  private static let outOfMemory: Int32 = 27
  private static let tooLarge: Int32 = 100
}
