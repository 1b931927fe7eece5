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
    of request: HTTPRequest, by route: Route, code: Int32, reason: String, isInHead: Bool, isInBody: Bool
  ) -> TransportError {
    // libcurl's words for a line that is too long are "Out of memory".
    if isInHead, code == outOfMemory || code == tooLarge {
      return TransportError(
        .tooLarge,
        "The response of \(request.place) has a header line that is too long (more than 100 KB) or too many of them")
    }
    return TransferFailure(kind: kind(code), reason: reason, isInBody: isInBody, isUnverified: code == unverified)
      .error(of: request, by: route)
  }

  /// The code for a certificate that cannot be verified.
  private static let unverified: Int32 = 60
  private static let outOfMemory: Int32 = 27
  private static let tooLarge: Int32 = 100
}
