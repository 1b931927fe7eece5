import ConnectorModel

/// The names of hosts as they are looked up: in ASCII and lower-case letters.
enum HostName {
  /// `text` in ASCII: escapes undone, and names in other scripts mapped and encoded (UTS #46, RFC 5891), so that a name that only
  /// looks different, in full-width digits for one, is the same afterwards.
  /// - Parameter text: a name, an IPv4 address, or an IPv6 address in brackets, which stay.
  /// - Throws: ``AddressError`` for what can be the name of no host.
  static func ascii(_ text: Substring) throws(AddressError) -> String {
    if text.utf8.first == UInt8(ascii: "[") { return try literal(text) }
    if isPlain(text.utf8) { return try checked(String(text)) }
    guard let decoded = PercentEncoding.decoded(text) else {
      throw AddressError("its host has an escape that means nothing")
    }
    guard !decoded.utf8.allSatisfy({ $0 < 0x80 }) else { return try checked(decoded.lowercased()) }
    guard !decoded.utf8.contains(where: isForbidden), let encoded = InternationalName.ascii(decoded) else {
      throw AddressError("its host cannot be encoded in ASCII")
    }
    return try checked(encoded.lowercased())
  }

  /// `text` in ASCII where that can be done, else in lower-case letters: for names that are compared with others.
  static func comparable(_ text: some StringProtocol) -> String {
    if isPlain(text.utf8) { return String(text) }
    return (try? ascii(Substring(text))) ?? text.lowercased()
  }

  private static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x2D...0x39).contains($0) && $0 != UInt8(ascii: "/") }
  }

  private static func checked(_ name: String) throws(AddressError) -> String {
    var label = 0
    var isWellCut = !name.isEmpty && name.utf8.count <= 254
    for byte in name.utf8 {
      if isForbidden(byte) { throw AddressError("its host has a character that host names cannot have") }
      if byte == UInt8(ascii: ".") {
        isWellCut = isWellCut && label > 0
        label = 0
      } else {
        label += 1
        isWellCut = isWellCut && label <= 63
      }
    }
    // A point at the end names the root.
    guard isWellCut else { throw AddressError("its host has a part between dots that is empty or too long") }
    return name
  }

  /// Those that end a host, and what no name has (the forbidden ones of the URL standard).
  private static func isForbidden(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x30...0x39, 0x41...0x5A, UInt8(ascii: "-"), UInt8(ascii: "."): false
    default: byte <= 0x20 || byte == 0x7F || "\"#%*/:<>?@[\\]^`{|}".utf8.contains(byte)
    }
  }

  /// An IPv6 address in brackets, which may name a network interface behind a percent sign (RFC 6874).
  private static func literal(_ text: Substring) throws(AddressError) -> String {
    guard text.utf8.last == UInt8(ascii: "]") else { throw AddressError("its host has no closing bracket") }
    let inner = text.dropFirst().dropLast()
    guard inner.contains(":"), IPAddress(String(inner)) != nil, isZone(inner.drop { $0 != "%" }) else {
      throw AddressError("its host is not an IPv6 address")
    }
    return text.lowercased()
  }

  private static func isZone(_ text: Substring) -> Bool {
    if text.isEmpty { return true }
    let name = text.dropFirst(text.hasPrefix("%25") ? 3 : 1)
    return !name.isEmpty
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-._~".utf8.contains($0) }
  }
}
