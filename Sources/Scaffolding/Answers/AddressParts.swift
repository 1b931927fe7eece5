import AirbyteProtocol
import ConnectorModel

/// The address of an API as people write it, taken apart.
struct AddressParts: Sendable {
  /// In lower case, as hosts have no other. It may have a port.
  private let host: String
  private let scheme: String
  private let path: String
  let hasUser: Bool

  /// - Throws: ``ConnectorError`` for what is no address of the web.
  init(_ text: String) throws(ConnectorError) {
    let url = RequestURL(text)
    guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), let place = url.userAndPlace else {
      throw ConnectorError(.config, "The address `\(url.publicText)` cannot be used: it should begin with https://")
    }
    self.scheme = scheme
    host = Self.lowercased(String(place.place))
    hasUser = place.user != nil
    path = String(url.path)
  }

  /// Placeholders of the config keep their case.
  private static func lowercased(_ host: String) -> String {
    var isPlaceholder = false
    return String(
      host.flatMap { character -> String in
        if character == "{" { isPlaceholder = true }
        if character == "}" { isPlaceholder = false }
        return isPlaceholder ? String(character) : character.lowercased()
      })
  }

  /// Whether a host of this name can be on the network: it has a dot, a port or a placeholder, or is this machine.
  var isReachable: Bool {
    guard !host.isEmpty, !host.hasPrefix("."), !host.hasPrefix(":") else { return false }
    return host == "localhost" || host.contains { ".:{[".contains($0) }
  }

  /// Without a user and without a slash at the end.
  var text: String {
    var text = "\(scheme)://\(host)\(path)"
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }
}
