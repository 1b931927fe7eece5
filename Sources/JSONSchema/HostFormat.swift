/// Names and addresses of hosts.
enum HostFormat {
  /// Labels of letters, digits and inner hyphens (RFC 1123 §2.1); `international` allows letters beyond ASCII too.
  static func isHostname(_ bytes: [UInt8], international: Bool) -> Bool {
    guard !bytes.isEmpty, bytes.count <= 253 else { return false }
    return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
      guard !label.isEmpty, label.count <= 63, label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
        return false
      }
      return label.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") || (international && $0 >= 128) }
    }
  }

  /// Four decimal numbers without leading zeros.
  static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
        if part.count > 1, part.first == UInt8(ascii: "0") { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - 48) } < 256
      }
  }

  /// Eight groups, one run of them perhaps left out, the last two perhaps as an IPv4 address; no zone.
  static func isIPv6(_ bytes: [UInt8]) -> Bool {
    let colon = UInt8(ascii: ":")
    var groups = bytes.split(separator: colon, omittingEmptySubsequences: false)
    guard groups.count >= 3 else { return false }
    var wanted = 8
    if let last = groups.last, last.contains(UInt8(ascii: ".")) {
      guard isIPv4(last) else { return false }
      groups.removeLast()
      wanted = 6
    }
    let inner = groups.indices.filter { groups[$0].isEmpty }
    guard groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }) else { return false }
    if inner.isEmpty { return groups.count == wanted }
    // A gap shows as one empty group, as two at either end, and as three where nothing else is there.
    let last = groups.count - 1
    var gaps = inner
    if gaps.first == 0 {
      guard groups.count > 1, groups[1].isEmpty else { return false }
      gaps.removeFirst()
    }
    if wanted == 8, gaps.last == last, last > 0 {
      guard groups[last - 1].isEmpty else { return false }
      gaps.removeLast()
    }
    guard gaps.count == 1 else { return false }
    return groups.count - inner.count < wanted
  }
}
