#if URLSession
  import ConnectorModel
  import Foundation

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// What `URLSession` reports of a request without an answer, as values.
  struct URLSessionFailure {
    private let failure: TransferFailure

    init(_ error: any Error, isInBody: Bool) {
      let error = error as NSError
      // Only on Linux may a number have no code.
      let code: URLError.Code? = URLError.Code(rawValue: error.code)
      // The error beneath has the words of who carries the bytes: libcurl on Linux.
      let reason = ((error.userInfo[NSUnderlyingErrorKey] as? NSError) ?? error).localizedDescription
      let isUnverified = code.map(Self.unverified.contains) ?? false || reason.hasPrefix("SSL certificate problem")
      // A body that cannot be unpacked came completely.
      let isCorrupt =
        ["Error while processing content unencoding", "Unrecognized content encoding"].contains(where: reason.hasPrefix)
        || code == .cannotDecodeRawData
      failure = TransferFailure(
        kind: code.flatMap(Self.kind) ?? Self.kind(of: reason), reason: reason, isInBody: isInBody && !isCorrupt,
        isUnverified: isUnverified)
    }

    func error(of request: HTTPRequest, by route: Route) -> TransportError { failure.error(of: request, by: route) }

    private static let unverified: Set<URLError.Code> = [
      .serverCertificateUntrusted, .serverCertificateHasUnknownRoot, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
    ]

    /// Nil for a code that says nothing.
    private static func kind(_ code: URLError.Code) -> TransportError.Kind? {
      switch code {
      case .timedOut: .timedOut
      case .cannotFindHost, .dnsLookupFailed: .nameNotResolved
      case .cannotConnectToHost, .notConnectedToInternet: .connectFailed
      case .badURL: .invalidURL
      case .unsupportedURL: .unsupportedScheme
      case .dataLengthExceedsMaximum: .tooLarge
      case .secureConnectionFailed, .clientCertificateRejected, .clientCertificateRequired: .tls
      case _ where unverified.contains(code): .tls
      case .networkConnectionLost, .badServerResponse, .cannotDecodeRawData, .cannotDecodeContentData, .cannotParseResponse:
        .connectionLost
      default: nil
      }
    }

    /// On Linux most failures share one code, and only libcurl's sentence tells them apart.
    private static func kind(of reason: String) -> TransportError.Kind {
      if ["SSL", "TLS", "certificate"].contains(where: reason.contains) { return .tls }
      return reason.hasPrefix("Could not resolve") ? .nameNotResolved : .connectionLost
    }
  }
#endif
