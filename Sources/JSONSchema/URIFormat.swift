/// URIs (RFC 3986), their templates (RFC 6570) and JSON pointers (RFC 6901).
enum URIFormat {
  /// A URI, or with `relative` also a reference; with `international` characters beyond ASCII may be in it (RFC 3987).
  static func isURI(_ bytes: [UInt8], relative: Bool, international: Bool) -> Bool {
    guard hasOnlyAllowed(bytes, international: international) else { return false }
    let reference = URIReference(String(decoding: bytes, as: UTF8.self))
    if reference.scheme == nil {
      guard relative else { return false }
      // A first segment with a colon would read as a scheme.
      if reference.authority == nil, reference.path.prefix(while: { $0 != "/" }).contains(":") { return false }
    }
    if bytes.count(where: { $0 == UInt8(ascii: "#") }) > 1 { return false }
    let brackets: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "]")]
    let rest = [reference.path, reference.query ?? "", reference.fragment ?? ""]
    if rest.contains(where: { $0.utf8.contains(where: brackets.contains) }) { return false }
    return reference.authority.map { isAuthority(Array($0.utf8)) } ?? true
  }

  private static func isAuthority(_ bytes: [UInt8]) -> Bool {
    var host = bytes[...]
    if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
    if host.first == UInt8(ascii: "[") {
      guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let address = Array(host[(host.startIndex + 1)..<end])
      let port = host[(end + 1)...]
      guard HostFormat.isIPv6(address) || address.first.map({ $0 | 32 }) == UInt8(ascii: "v") else { return false }
      return port.isEmpty || (port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(\.isDigit))
    }
    if host.contains(UInt8(ascii: "[")) || host.contains(UInt8(ascii: "]")) { return false }
    guard let colon = host.firstIndex(of: UInt8(ascii: ":")) else { return true }
    return host[(colon + 1)...].allSatisfy(\.isDigit)
  }

  private static let punctuation = Set("-._~:/?#[]@!$&'()*+,;=".utf8)

  private static func hasOnlyAllowed(_ bytes: [UInt8], international: Bool) -> Bool {
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, bytes[index + 1].isHexDigit, bytes[index + 2].isHexDigit else { return false }
      } else if !(byte.isLetter || byte.isDigit || punctuation.contains(byte) || (international && byte >= 128)) {
        return false
      }
    }
    return true
  }

  /// Braces in pairs, not nested and not empty, each naming variables.
  static func isTemplate(_ bytes: [UInt8]) -> Bool {
    var start: Int?
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "{"):
        if start != nil { return false }
        start = index
      case UInt8(ascii: "}"):
        guard let first = start, isExpression(bytes[(first + 1)..<index]) else { return false }
        start = nil
      case 0...32, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
        UInt8(ascii: "`"), UInt8(ascii: "|"), 127:
        return false
      default: break
      }
    }
    return start == nil
  }

  private static let operators = Set("+#./;?&=,!@|".utf8)

  private static func isExpression(_ text: ArraySlice<UInt8>) -> Bool {
    let variables = text.first.map(operators.contains) == true ? text.dropFirst() : text
    guard !variables.isEmpty else { return false }
    return variables.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy { variable in
      var name = variable
      if name.last == UInt8(ascii: "*") { name = name.dropLast() }
      if let colon = name.firstIndex(of: UInt8(ascii: ":")) {
        let length = name[(colon + 1)...]
        guard (1...4).contains(length.count), length.allSatisfy(\.isDigit), length.first != 48 else { return false }
        name = name[..<colon]
      }
      let extra = Set("_.%".utf8)
      return !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isDigit || extra.contains($0) }
    }
  }

  /// Empty, or segments after slashes where each tilde is part of `~0` or `~1`.
  static func isPointer(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.isEmpty || text.first == UInt8(ascii: "/") else { return false }
    for (index, byte) in zip(text.indices, text) where byte == UInt8(ascii: "~") {
      guard index + 1 < text.endIndex, text[index + 1] == 48 || text[index + 1] == 49 else { return false }
    }
    return true
  }

  static func isRelativePointer(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.prefix(while: \.isDigit)
    guard !digits.isEmpty, digits.count == 1 || digits.first != 48 else { return false }
    let rest = bytes[digits.endIndex...]
    return Array(rest) == [UInt8(ascii: "#")] || isPointer(rest)
  }
}
