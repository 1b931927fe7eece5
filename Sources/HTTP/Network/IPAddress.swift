import Essentials

/// An IPv4 address.
struct IPv4: Sendable, Hashable {
  let bits: UInt32

  init(bits: UInt32) { self.bits = bits }

  /// Nil for anything but four decimal numbers.
  init?(_ text: String) {
    var address = in_addr()
    guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
    bits = UInt32(bigEndian: address.s_addr)
  }

  func isIn(_ network: IPv4, _ prefix: Int) -> Bool {
    let mask: UInt32 = prefix == 0 ? 0 : ~0 << UInt32(32 - prefix)
    return bits & mask == network.bits & mask
  }

  /// Private, local, for documentation, for groups or reserved: whatever the Internet does not route to a host (RFC 6890).
  var isPublic: Bool { !Self.special.contains { isIn($0.0, $0.1) } }

  private static let special: [(IPv4, Int)] = [
    ("0.0.0.0", 8), ("10.0.0.0", 8), ("100.64.0.0", 10), ("127.0.0.0", 8), ("169.254.0.0", 16), ("172.16.0.0", 12),
    ("192.0.0.0", 24), ("192.0.2.0", 24), ("192.168.0.0", 16), ("198.18.0.0", 15), ("198.51.100.0", 24),
    ("203.0.113.0", 24), ("224.0.0.0", 4), ("240.0.0.0", 4),
  ].compactMap { text, prefix in IPv4(text).map { ($0, prefix) } }
}

/// An address of either kind.
struct IPAddress: Sendable, Hashable {
  /// As it is written: four decimal numbers, or an IPv6 address without brackets.
  let text: String
  private let bytes: [UInt8]

  init?(_ text: String) {
    self.text = text
    if let v4 = IPv4(text) {
      bytes = (0..<4).map { UInt8(truncatingIfNeeded: v4.bits >> UInt32(24 - 8 * $0)) }
      return
    }
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &address) == 1 else { return nil }
    bytes = withUnsafeBytes(of: &address) { Array($0) }
  }

  /// Whether the address can belong to a host on the Internet. An IPv6 address that carries an IPv4 address is as public as that.
  var isPublic: Bool {
    guard bytes.count == 16 else { return IPv4(text)?.isPublic ?? false }
    if bytes[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) { return v4(at: 12).isPublic }
    if bytes[..<12].elementsEqual([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) { return v4(at: 12).isPublic }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return v4(at: 2).isPublic }
    // Global unicast is 2000::/3 (RFC 4291); 2001::/23 serves protocols, 2001:db8::/32 documentation.
    guard bytes[0] & 0xe0 == 0x20 else { return false }
    return !(bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] < 2 || (bytes[2] == 0x0d && bytes[3] == 0xb8)))
  }

  private func v4(at index: Int) -> IPv4 {
    IPv4(bits: bytes[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }
}
