import ConnectorModel

/// Why a URL cannot be requested, from any server: a part of a sentence about it.
package struct AddressError: Error, Sendable, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Where a URL leads to: scheme, host and port, without anything that may be secret.
struct RequestAddress: Sendable, Hashable, CustomStringConvertible {
  /// In lower case.
  let scheme: String
  /// In lower case and ASCII, without the brackets of an IPv6 address.
  let host: String
  /// The one of the URL, or the scheme's own.
  let port: Int
  /// Whether the URL names the port.
  let hasPort: Bool

  /// Nil if the URL leads nowhere.
  init?(_ url: String) {
    guard let address = try? RequestAddress(of: RequestURL(url)) else { return nil }
    self = address
  }

  /// - Throws: ``AddressError`` if the URL leads nowhere.
  init(of url: RequestURL) throws(AddressError) {
    guard let scheme = url.scheme, url.authority != nil || Self.isHTTP(scheme) else {
      throw AddressError("it has no scheme: it should begin with https:// or http://")
    }
    guard let place = url.userAndPlace?.place, !place.isEmpty else { throw AddressError("it has no host") }
    self.scheme = scheme.lowercased()
    let (name, digits) = try Self.split(place)
    let host = try HostName.ascii(name)
    self.host = host.utf8.first == UInt8(ascii: "[") ? String(host.dropFirst().dropLast()) : host
    let port = try Self.port(digits)
    self.port = port ?? (self.scheme == "https" ? 443 : 80)
    hasPort = port != nil
  }

  private static func isHTTP(_ scheme: Substring) -> Bool { ["http", "https"].contains(scheme.lowercased()) }

  /// The host and what follows its colon.
  private static func split(_ place: Substring) throws(AddressError) -> (host: Substring, port: Substring) {
    let bytes = place.utf8
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.lastIndex(of: UInt8(ascii: "]")) else { return (place, "") }
      let rest = Substring(bytes[end...].dropFirst())
      guard rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else {
        throw AddressError("something other than a port follows its host")
      }
      return (place[...end], rest.dropFirst())
    }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (place, "") }
    guard colon > place.startIndex else { throw AddressError("it has no host") }
    return (place[..<colon], Substring(bytes[colon...].dropFirst()))
  }

  /// Nil for no port; as in Python's requests, 0 is no port.
  private static func port(_ digits: Substring) throws(AddressError) -> Int? {
    if digits.isEmpty { return nil }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), port <= 65_535 else {
      throw AddressError("its port is not a number from 1 to 65535")
    }
    return port == 0 ? nil : port
  }

  /// The authority of a URL that leads here.
  var authority: String { "\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host)\(hasPort ? ":\(port)" : "")" }

  var description: String { "\(scheme)://\(authority)" }
}

extension RequestURL {
  /// Whether scheme and authority are written as those of `address` are.
  func isAt(_ address: RequestAddress) -> Bool {
    scheme.map { $0 == address.scheme } == true && authority.map { $0 == address.authority } == true
  }

  /// The same with scheme and host in lower-case letters and ASCII, and without a user: as in the reference, what is before the
  /// host is not sent. What is checked, asked for in a proxy, shown and connected to is this.
  /// - Throws: ``AddressError`` if it leads nowhere.
  package func canonical() throws(AddressError) -> RequestURL {
    let address = try RequestAddress(of: self)
    var url = self
    url.scheme = Substring(address.scheme)
    url.authority = Substring(address.authority)
    return url
  }
}
