import Foundation
import JSON

extension Secrets {
  /// Hides what a request carries by itself: the credentials of its URL, and headers that are named like one.
  func hide(credentialsOf request: HTTPRequest) {
    hide(credentialsOfURL: request.url)
    for (name, value) in request.headers where CredentialName.isCredential(name) {
      hidePassing(value)
      if name.lowercased() == "cookie" { hide(cookies: value) }
    }
  }

  /// Hides what an answer brings for the requests that follow: cookies, tokens in headers, the credentials of a redirect.
  func hide(credentialsOf response: HTTPResponse) {
    for (name, value) in response.headers {
      if CredentialName.isCredential(name) {
        if name.lowercased() == "set-cookie" { hide(cookies: value) } else { hidePassing(value) }
      } else if name.utf8.count == 8, name.lowercased() == "location" {
        hide(credentialsOfURL: value)
      }
    }
  }

  /// Hides the members of a request's part, at any depth, that are called like credentials.
  func hide(credentialsNamedIn value: JSONValue) {
    var open = [value]
    while let value = open.popLast() {
      switch value {
      case .array(let elements): open += elements
      case .object(let members):
        for (name, member) in members {
          if CredentialName.isCredential(name) { hide(credential: member) } else { open.append(member) }
        }
      default: break
      }
    }
  }

  /// Hides user and password of a URL, and the parameters of its query that are named like credentials or are a URL with them.
  func hide(credentialsOfURL url: String) {
    var text = url
    let places = text.withUTF8(URLParts.Credentials.init)
    if places.mayHaveUser, let user = URLParts.userInfo(of: url) {
      // A user without a password is a token.
      let parts = user.split(separator: ":", maxSplits: 1)
      for part in parts.count > 1 ? parts[1...] : parts[...] { hidePassing(URLParts.decoded(part)) }
    }
    guard places.mayHaveParameters else { return }
    for (name, value) in URLParts.query(of: url) {
      if CredentialName.isCredential(name) { hidePassing(value) } else if value.contains("://") { hide(credentialsOfURL: value) }
    }
  }

  /// Hides the values of cookies, be they sent or set; repeated headers are joined by commas.
  func hide(cookies header: String) {
    for piece in header.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let name = piece[..<equals].trimmingCharacters(in: .whitespaces)
      let value = piece[piece.index(after: equals)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
      guard !Self.cookieAttributes.contains(name.lowercased()) else { continue }
      // A language or a flag is not a secret.
      let isOpaque = value.utf8.count >= 8 || value.contains(where: \.isNumber)
      if isOpaque || CredentialName.isCredential(name) { hidePassing(value) }
    }
  }

  /// RFC 6265 §4.1 and its successors.
  private static var cookieAttributes: Set<String> {
    ["path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "priority", "partitioned"]
  }
}

/// The parts of a URL that may be secret, however badly it is formed.
enum URLParts {
  /// Whether a URL may hold credentials, judged by a quick look at its bytes: most have none at all.
  struct Credentials {
    private(set) var mayHaveUser = false
    private(set) var mayHaveParameters = false

    init(in url: UnsafeBufferPointer<UInt8>) {
      guard let query = url.firstIndex(of: UInt8(ascii: "?")) else {
        mayHaveUser = url.contains(UInt8(ascii: "@"))
        return
      }
      mayHaveUser = url[..<query].contains(UInt8(ascii: "@"))
      var start = query + 1
      /// Whether the index is in the name of a parameter.
      var isName = true
      for index in start..<url.count {
        switch url[index] {
        case UInt8(ascii: "#"): return
        case UInt8(ascii: "&"), UInt8(ascii: ";"): (start, isName) = (index + 1, true)
        case UInt8(ascii: "=") where isName:
          isName = false
          if CredentialName.isCredential(UnsafeBufferPointer(rebasing: url[start..<index])) { mayHaveParameters = true }
        case UInt8(ascii: "%") where isName: mayHaveParameters = true
        // A URL with a user may be a parameter of this one.
        case UInt8(ascii: "@"): mayHaveParameters = true
        case UInt8(ascii: "%"):
          if index + 2 < url.count, url[index + 1] == UInt8(ascii: "4"), url[index + 2] == UInt8(ascii: "0") {
            mayHaveParameters = true
          }
        default: break
        }
        if mayHaveParameters { return }
      }
    }
  }

  /// What is before the host's `@`.
  static func userInfo(of url: String) -> Substring? {
    guard let scheme = url.range(of: "//") else { return nil }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.lastIndex(of: "@").map { authority[..<$0] }
  }

  static func query(of url: String) -> [(name: String, value: String)] {
    guard let start = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: start)...].prefix { $0 != "#" }.split { $0 == "&" || $0 == ";" }.compactMap { pair in
      guard let equals = pair.firstIndex(of: "=") else { return nil }
      return (decoded(pair[..<equals]), decoded(pair[pair.index(after: equals)...]))
    }
  }

  static func decoded(_ text: Substring) -> String {
    let plain = text.replacing("+", with: " ")
    return plain.removingPercentEncoding ?? String(plain)
  }
}
