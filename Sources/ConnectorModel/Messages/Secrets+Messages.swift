import Essentials
import JSON
import Secrets

extension Secrets {
  /// Hides all that authentication adds to a request.
  package func hide(credentials parts: RequestParts) {
    for place in [parts.parameters, parts.headers, parts.bodyJSON] { hide(credential: .object(place)) }
    hide(credential: parts.bodyData)
  }

  /// Hides what a request carries by itself: the credentials of its URL, and headers that are named like one.
  package func hide(credentialsOf request: HTTPRequest) {
    hide(credentialsOfURL: request.url)
    for (name, value) in request.headers where CredentialName.isCredential(name) {
      hidePassing(value)
      if name.lowercased() == "cookie" { hide(cookies: value) }
    }
  }

  /// Hides what an answer brings for the requests that follow: cookies, tokens in headers, the credentials of a redirect.
  package func hide(credentialsOf response: HTTPResponse) {
    for (name, value) in response.headers {
      if CredentialName.isCredential(name) {
        if name.lowercased() == "set-cookie" { hide(cookies: value) } else { hidePassing(value) }
      } else if name.utf8.count == 8, name.lowercased() == "location" {
        hide(credentialsOfURL: value)
      }
    }
  }

  /// Hides the members of a request's part, at any depth, that are called like credentials.
  package func hide(credentialsNamedIn value: JSONValue) {
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
  package func hide(credentialsOfURL url: String) {
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
  package func hide(cookies header: String) {
    for piece in header.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let name = piece[..<equals].trimmed(.whitespaces)
      let value = piece[piece.index(after: equals)...].trimmed(.of(" \t\""))
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
