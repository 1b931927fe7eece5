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
    if let plain = Self(plain: url) {
      self = plain
      return
    }
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
    else { return nil }
    self.scheme = scheme
    self.host = host.trimmingCharacters(in: ["[", "]"]).lowercased()
    hasPort = parts.port != nil
    port = parts.port ?? (scheme == "https" ? 443 : 80)
  }

  /// Nil where the URL is not as most are: a host of ASCII letters, digits, dots and hyphens, and behind it what needs no quoting.
  private init?(plain url: String) {
    let bytes = url.utf8
    guard let scheme = ["https", "http"].first(where: { bytes.starts(with: "\($0)://".utf8) }) else { return nil }
    let rest = bytes.dropFirst(scheme.utf8.count + 3)
    let host = rest.prefix { Self.isHostByte($0) }
    guard !host.isEmpty else { return nil }
    var path = rest[host.endIndex...]
    var port: Int?
    if path.first == UInt8(ascii: ":") {
      let digits = path.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard let number = Int(Substring(digits)), number <= 65_535 else { return nil }
      port = number
      path = path[digits.endIndex...]
    }
    guard path.first.map({ $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) ?? true, path.allSatisfy(Self.isPathByte) else {
      return nil
    }
    self.scheme = scheme
    self.host = String(Substring(host)).lowercased()
    self.port = port ?? (scheme == "https" ? 443 : 80)
    hasPort = port != nil
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  /// Those of RFC 3986's path and query, but for what a percent sign begins.
  private static func isPathByte(_ byte: UInt8) -> Bool { isHostByte(byte) || "_~!$&'()*+,;=:@/?".utf8.contains(byte) }

  var description: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)\(hasPort ? ":\(port)" : "")" }
}
