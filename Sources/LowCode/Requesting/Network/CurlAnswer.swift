import Foundation

/// What libcurl tells, as values.
enum CurlAnswer {
  /// Header lines as names and values; repeated ones are joined.
  static func headers(_ text: String) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for line in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      let value = String(decoding: withoutBlanks(line[line.index(after: colon)...]), as: UTF8.self)
      if let index = headers.place(of: name) {
        headers[index].value += ", " + value
      } else {
        headers.append((name, value))
      }
    }
    return headers
  }

  /// Without the blanks around a header's value.
  private static func withoutBlanks(_ value: Substring.UTF8View) -> Substring.UTF8View {
    var value = value.drop(while: isBlank)
    while let last = value.last, isBlank(last) { value = value.dropLast() }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

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
  /// - Parameter reason: libcurl's sentence.
  static func failure(of request: HTTPRequest, by route: CurlTransport.Route, code: Int32, reason: String) -> TransportError {
    let way = route.proxy == nil ? "" : " through the proxy"
    let remedy =
      code == Self.unverified && route.bundle == nil
      ? " Where the server has a certificate authority of its own, REQUESTS_CA_BUNDLE or SSL_CERT_FILE names the file with it."
      : ""
    return TransportError(kind(code), "The request to \(place(of: request))\(way) failed: \(reason).\(remedy)")
  }

  /// Why the body of an answer is none.
  static func unreadable(_ request: HTTPRequest, _ error: InflateError) -> TransportError {
    TransportError(.connectionLost, "The response of \(place(of: request)) cannot be read: \(error).")
  }

  /// The URL without its query, which may hold credentials.
  static func place(of request: HTTPRequest) -> String {
    guard let address = RequestAddress(request.url) else { return request.url }
    return address.description + (URLComponents(string: request.url)?.percentEncodedPath ?? "")
  }

  /// The code for a certificate that cannot be verified.
  private static let unverified: Int32 = 60
}
