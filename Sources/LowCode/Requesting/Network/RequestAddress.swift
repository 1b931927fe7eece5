import Foundation

/// Where a URL leads to: scheme, host and port, without anything that may be secret.
struct RequestAddress: Sendable, Hashable, CustomStringConvertible {
  /// In lower case.
  let scheme: String
  /// In lower case, without the brackets of an IPv6 address.
  let host: String
  /// The one of the URL, or the scheme's own.
  let port: Int
  /// Whether the URL names the port.
  let hasPort: Bool

  /// Nil where the URL has no host.
  init?(_ url: String) {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
    else { return nil }
    self.scheme = scheme
    self.host = host.trimmingCharacters(in: ["[", "]"]).lowercased()
    hasPort = parts.port != nil
    port = parts.port ?? (scheme == "https" ? 443 : 80)
  }

  var description: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)\(hasPort ? ":\(port)" : "")" }
}
