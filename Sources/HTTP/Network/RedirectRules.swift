import ConnectorModel
import Secrets

/// The redirects of one request, one after the other.
struct Redirects {
  private var request: HTTPRequest
  private let secrets: any Secrets
  /// Where they led so far, as it may be shown.
  private var places: [String]

  init(of request: HTTPRequest, secrets: any Secrets) {
    self.request = request
    self.secrets = secrets
    places = [RequestURL(request.url).publicText]
  }

  /// The request that follows `response`; nil if that is not a redirect.
  /// - Throws: ``TransportError`` if there are too many of them, or one does not lead to a URL.
  mutating func next(after response: HTTPResponse) throws(TransportError) -> HTTPRequest? {
    let location = response.header("Location")
    guard let next = try RedirectRules.next(after: request, status: response.status, location: location, secrets: secrets) else {
      return nil
    }
    places.append(RequestURL(next.url).publicText)
    guard places.count <= RedirectRules.limit + 1 else {
      throw TransportError(
        .tooManyRedirects, "`\(places[0])` redirects more than \(RedirectRules.limit) times in a row: \(way)")
    }
    request = next
    return next
  }

  /// The circle that the redirects end in, or where they began and where they led to.
  private var way: String {
    let last = places.count - 1
    let start = places[..<last].lastIndex(of: places[last]) ?? 0
    let shown = last - start < 6 ? Array(places[start...]) : places[start..<(start + 3)] + ["…"] + places.suffix(2)
    return shown.joined(separator: " → ")
  }
}

/// Where a redirect leads, by the rules of Python's requests.
package enum RedirectRules {
  /// How many redirects one request follows.
  package static let limit = 30

  package static let statuses: Set<Int> = [301, 302, 303, 307, 308]

  /// The request that follows a response; nil if it is not a redirect.
  ///
  /// The method becomes GET after 303 and 302, and after 301 for POST; only 307 and 308 keep the body. The credentials stay with the
  /// host that they were meant for.
  /// - Throws: ``TransportError`` if the `Location` is not a URL.
  package static func next(
    after request: HTTPRequest, status: Int, location: String?, secrets: any Secrets = NoSecrets()
  ) throws(TransportError) -> HTTPRequest? {
    guard statuses.contains(status), let location else { return nil }
    var next = request
    do throws(AddressError) {
      next.url = try target(location, from: request.url)
    } catch {
      throw TransportError(
        .invalidRedirect,
        "`\(RequestURL(request.url).publicText)` redirects to `\(secrets.excerpt(of: location, upTo: 500))`, which cannot be requested: \(error.reason)"
      )
    }
    switch status {
    case 303, 302: if request.method != "HEAD" { next.method = "GET" }
    case 301: if request.method == "POST" { next.method = "GET" }
    default: break
    }
    var dropped: Set<String> = ["cookie", "proxy-authorization"]
    if status != 307, status != 308 {
      next.body = nil
      dropped.formUnion(["content-length", "content-type", "transfer-encoding"])
    }
    if leavesCredentials(from: request.url, to: next.url) { dropped.insert("authorization") }
    next.headers.removeAll { dropped.contains($0.name.lowercased()) }
    return next
  }

  private static func target(_ location: String, from url: String) throws(AddressError) -> String {
    let start = RequestURL(url)
    var target = start.resolving(HeaderText.utf8(location))
    // Another scheme is refused by the sender.
    if ["http", "https"].contains(target.scheme?.lowercased()) { target = try target.canonical() }
    if target.fragment?.isEmpty ?? true { target.fragment = start.fragment }
    return PercentEncoding.requoted(target.description, as: .uri)
  }

  /// Whether `new` is another place than `old`, so that credentials for the one are not for the other. From http to https on the
  /// usual ports is the same place.
  package static func leavesCredentials(from old: String, to new: String) -> Bool {
    guard let old = RequestAddress(old), let new = RequestAddress(new), old.host == new.host else { return true }
    if old.scheme == "http", old.port == 80, new.scheme == "https", new.port == 443 { return false }
    return old.scheme != new.scheme || old.port != new.port
  }
}
