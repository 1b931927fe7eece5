import Foundation

/// What libcurl tells, as values.
enum CurlAnswer {
  /// Header lines as names and values; repeated ones are joined.
  static func headers(_ text: String) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let name = String(line[..<colon])
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      if let index = headers.firstIndex(where: { $0.name.caseInsensitiveCompare(name) == .orderedSame }) {
        headers[index].value += ", " + value
      } else {
        headers.append((name, value))
      }
    }
    return headers
  }

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
}
