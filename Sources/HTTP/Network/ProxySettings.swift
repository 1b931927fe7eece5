import ConnectorModel
import Essentials

/// The proxies that the environment names: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` in any case, by the rules of
/// Python's requests.
struct ProxySettings: Sendable, Equatable {
  private var proxies: [String: String] = [:]
  private var exceptions: [String] = []
  private var exceptsAll = false

  init(_ environment: [String: String]) {
    for (name, value) in environment where name.lowercased().hasSuffix("_proxy") && name != name.lowercased() {
      // A web server hands a client's `Proxy` header to a CGI script under this name.
      if name == "HTTP_PROXY", environment["REQUEST_METHOD"] != nil { continue }
      if !value.isEmpty { proxies[String(name.lowercased().dropLast(6))] = value }
    }
    for (name, value) in environment where name.hasSuffix("_proxy") && name == name.lowercased() {
      proxies[String(name.dropLast(6))] = value.isEmpty ? nil : value
    }
    let list = proxies.removeValue(forKey: "no") ?? ""
    exceptsAll = list.trimmed(.whitespaces) == "*"
    exceptions = list.filter { !$0.isWhitespace }.lowercased().split(separator: ",").map(Self.comparable)
  }

  var isEmpty: Bool { proxies.isEmpty }

  /// The URLs of all proxies.
  var urls: [String] { proxies.values.map(Self.withScheme) }

  /// Which kinds of addresses go by which proxy, as in `https: http://proxy:3128`, without what proves who the client is.
  var publicTexts: [String] {
    proxies.sorted { $0.key < $1.key }.map { "\($0.key): \(RequestURL(Self.withScheme($0.value)).publicText)" }
  }

  /// The proxy for requests to `address`; nil for none.
  func proxy(for address: RequestAddress) -> String? {
    guard let proxy = proxies[address.scheme] ?? proxies["all"], !bypasses(address) else { return nil }
    return Self.withScheme(proxy)
  }

  /// The URL of a proxy, whose host is written in ASCII.
  private static func withScheme(_ proxy: String) -> String {
    let proxy = proxy.contains("://") ? proxy : "http://" + proxy
    guard !proxy.utf8.allSatisfy({ $0 < 0x80 }) else { return proxy }
    var url = RequestURL(proxy)
    guard let user = url.userAndPlace?.user, let address = try? RequestAddress(of: url) else {
      return (try? url.canonical())?.description ?? proxy
    }
    url.authority = user + "@" + address.authority
    return url.description
  }

  /// An exception as hosts are written: a name may be of another script, and have a point before it and a port behind it.
  private static func comparable(_ exception: Substring) -> String {
    guard !exception.utf8.allSatisfy({ $0 < 0x80 }) else { return String(exception) }
    let name = exception.drop { $0 == "." }.prefix { $0 != ":" }
    return exception[..<name.startIndex] + HostName.comparable(name) + exception[name.endIndex...]
  }

  private func bypasses(_ address: RequestAddress) -> Bool {
    if exceptsAll { return true }
    if let ip = IPv4(address.host) {
      return exceptions.contains { exception in
        if let (network, bits) = Self.network(exception) { return ip.isIn(network, bits) }
        return exception == address.host
      }
    }
    let names = address.hasPort ? [address.host, "\(address.host):\(address.port)"] : [address.host]
    return exceptions.contains { exception in
      let place = exception.drop { $0 == "." }
      return !place.isEmpty && names.contains { $0 == place || $0.hasSuffix("." + place) }
    }
  }

  private static func network(_ text: String) -> (IPv4, Int)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bits = Int(parts[1]), (1...32).contains(bits), let network = IPv4(String(parts[0])) else {
      return nil
    }
    return (network, bits)
  }
}

/// What the environment says of proxies, for people.
package struct ProxyList: Sendable {
  /// As in `https: http://proxy:3128`; without user and password.
  package let texts: [String]

  package init(environment: [String: String]) { texts = ProxySettings(environment).publicTexts }
}
