import ConnectorModel
import Essentials
import Synchronization

/// The cookies of all requests of a transport.
final class CookieJar: Sendable {
  /// More cookies than these are forgotten, the oldest first.
  private static let room = 1_000

  /// In the order in which they were set first.
  private let cookies = Mutex<[Cookie]>([])
  private let now: @Sendable () -> Int64

  /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
  init(now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e6) }) { self.now = now }

  /// Keeps what the response to a request of `url` sets.
  func keep(_ headers: HTTPHeaders, from url: String) {
    guard let header = headers["Set-Cookie"], let address = RequestAddress(url) else { return }
    let (now, path) = (now(), RequestURL(url).path)
    for text in Cookie.texts(of: header) {
      guard let cookie = Cookie(text, from: address, path: path, now: now) else { continue }
      cookies.withLock { cookies in
        let place = cookies.firstIndex { cookie.replaces($0) }
        switch (place, cookie.hasEnded(at: now)) {
        case (let place?, true): cookies.remove(at: place)
        case (let place?, false): cookies[place] = cookie
        case (nil, true): break
        case (nil, false):
          cookies.append(cookie)
          if cookies.count > Self.room { cookies.removeFirst() }
        }
      }
    }
  }

  /// The value of the header that takes cookies to `url`; nil if there are none for it.
  func header(for url: String) -> String? {
    guard let address = RequestAddress(url) else { return nil }
    let (now, path) = (now(), RequestURL(url).path)
    let chosen = cookies.withLock { cookies in
      cookies.removeAll { $0.hasEnded(at: now) }
      return cookies.filter { $0.goes(to: address, path: path) }
    }
    guard !chosen.isEmpty else { return nil }
    // The more specific paths go first (RFC 6265 §5.4).
    let places = chosen.indices.sorted {
      let (left, right) = (chosen[$0].path.utf8.count, chosen[$1].path.utf8.count)
      return left == right ? $0 < $1 : left > right
    }
    return places.map { "\(chosen[$0].name)=\(chosen[$0].value)" }.joined(separator: "; ")
  }
}
