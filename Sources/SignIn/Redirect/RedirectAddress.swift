import AirbyteProtocol
import ConnectorModel
import HTTP
import Manifest

/// Where a provider sends the browser after the consent, and how the answer gets from there to this program (RFC 8252).
package enum RedirectAddress: Sendable, Equatable {
  /// This program listens on the loopback interface. Without an address the port is put into the usual one.
  case loopback(port: UInt16, address: String?)
  /// Nothing of this program is there, so that the user passes the answer on.
  case elsewhere(String)

  /// The usual address for a port: the path is the root, which providers take for any application of a desktop.
  static func usual(port: UInt16) -> String { "http://127.0.0.1:\(port)/" }

  /// - Parameters:
  ///   - address: the address that is registered with the provider; nil for the usual one.
  ///   - port: the port to listen on; nil for that of the address, else a free one.
  ///   - pastes: whether the user passes the answer on in any case.
  /// - Throws: ``ConnectorError`` if that does not fit together.
  package init(_ address: String?, port: UInt16?, pastes: Bool) throws(ConnectorError) {
    guard let address else {
      // What is never listened on needs no free port either.
      self = pastes ? .elsewhere(Self.usual(port: port ?? 8080)) : .loopback(port: port ?? 0, address: nil)
      return
    }
    let url = RequestURL(address)
    let scheme = url.scheme?.lowercased()
    let place = url.userAndPlace?.place ?? ""
    guard let scheme, !place.isEmpty || scheme != "http" && scheme != "https" else {
      throw ConnectorError(
        .config, "`\(url.publicText)` is not an address to return to",
        remedy: "name the one that is registered with the provider, as in `http://127.0.0.1:8400/callback`")
    }
    guard url.fragment == nil else {
      throw ConnectorError(.config, "The address to return to must not have a `#` (RFC 6749 §3.1.2)")
    }
    let (host, own) = Self.hostAndPort(place)
    let isLoopback = scheme == "http" && ["127.0.0.1", "localhost"].contains(host)
    if pastes || !isLoopback && port == nil {
      self = .elsewhere(address)
    } else if isLoopback, let own, let port, own != port {
      throw ConnectorError(
        .config, "The address to return to has port \(own), and `--port` is \(port)", remedy: "leave `--port` out")
    } else if isLoopback, own == nil, port == nil {
      self = .loopback(port: 80, address: address)
    } else {
      // What is registered elsewhere may be passed on to a port here, as a tunnel does.
      self = .loopback(port: port ?? own ?? 80, address: address)
    }
  }

  private static func hostAndPort(_ place: Substring) -> (host: String, port: UInt16?) {
    guard let colon = place.lastIndex(of: ":"), let port = UInt16(place[place.index(after: colon)...]) else {
      return (place.lowercased(), nil)
    }
    return (place[..<colon].lowercased(), port)
  }
}
