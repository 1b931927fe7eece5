import Essentials

/// A cookie as a server sets it (RFC 6265 §5.2, §5.3).
struct Cookie: Sendable, Equatable {
  let name: String
  let value: String
  /// The host that set it, or the domain whose hosts get it.
  let domain: String
  /// Whether only the host that set it gets it.
  let isForHostOnly: Bool
  let path: String
  let isSecure: Bool
  /// Microseconds since 1970-01-01T00:00:00Z; nil if it lasts as long as the process.
  let end: Int64?

  /// - Parameters:
  ///   - text: the value of a `Set-Cookie` header.
  ///   - address: what answered with it.
  ///   - path: the path that was requested.
  ///   - now: microseconds since 1970-01-01T00:00:00Z.
  /// - Returns: nil for what is not a cookie, or one for a place that the server does not speak for.
  init?(_ text: Substring, from address: RequestAddress, path: Substring, now: Int64) {
    var attributes = text.split(separator: ";", omittingEmptySubsequences: false)
    let pair = attributes.removeFirst()
    guard let sign = pair.firstIndex(of: "=") else { return nil }
    name = Self.trimmed(pair[..<sign])
    value = Self.trimmed(pair[sign...].dropFirst())
    guard !name.isEmpty, text.utf8.count <= Self.longest else { return nil }
    var (domain, place, isSecure) = ("", "", false)
    var (age, expiry): (Int64?, Int64?) = (nil, nil)
    for attribute in attributes {
      let sign = attribute.firstIndex(of: "=") ?? attribute.endIndex
      let value = Self.trimmed(attribute[sign...].dropFirst())
      switch Self.trimmed(attribute[..<sign]).lowercased() {
      case "domain": domain = value.drop { $0 == "." }.lowercased()
      case "path": place = value
      case "secure": isSecure = true
      case "max-age": age = Self.age(value) ?? age
      case "expires": expiry = HTTPDate.parse(value, now: now) ?? expiry
      default: break
      }
    }
    if isSecure, address.scheme != "https" { return nil }
    isForHostOnly = domain.isEmpty || domain == address.host
    // A domain of one label, such as `com`, is nobody's.
    guard isForHostOnly || domain.contains(".") && Self.isHost(address.host, within: domain) else { return nil }
    self.domain = isForHostOnly && domain.isEmpty ? address.host : domain
    self.path = place.hasPrefix("/") ? place : Self.folder(of: path)
    self.isSecure = isSecure
    end = age.map { $0 <= 0 ? .min : now.addingReportingOverflow($0).partialValue } ?? expiry
  }

  /// As long a header is a cookie at most.
  private static let longest = 8_190
  private static let longestAge: Int64 = 400 * 86_400

  func hasEnded(at now: Int64) -> Bool { end.map { $0 <= now } ?? false }

  /// Whether the cookie goes with a request.
  func goes(to address: RequestAddress, path: Substring) -> Bool {
    if isSecure, address.scheme != "https" { return false }
    guard address.host == domain || !isForHostOnly && Self.isHost(address.host, within: domain) else { return false }
    let path = path.isEmpty ? "/" : path
    guard path.hasPrefix(self.path) else { return false }
    return self.path.hasSuffix("/") || path.utf8.count == self.path.utf8.count
      || path.utf8.dropFirst(self.path.utf8.count).first == UInt8(ascii: "/")
  }

  /// Whether this one takes the place of `other`.
  func replaces(_ other: Cookie) -> Bool { name == other.name && domain == other.domain && path == other.path }

  private static func isHost(_ host: String, within domain: String) -> Bool {
    host.hasSuffix("." + domain) && IPAddress(host) == nil
  }

  /// Microseconds.
  private static func age(_ text: String) -> Int64? {
    guard let seconds = Double(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) else {
      return nil
    }
    return Int64(max(-1, min(seconds, Double(longestAge)))) * 1_000_000
  }

  /// The path without its last part (RFC 6265 §5.1.4).
  private static func folder(of path: Substring) -> String {
    guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func trimmed(_ text: Substring) -> String { text.trimmed(.whitespaces) }
}

extension Cookie {
  /// The cookies in a `Set-Cookie` header, where several of them may be joined by commas. A comma within one, as in a date, is not
  /// followed by a name and `=`.
  static func texts(of header: String) -> [Substring] {
    var texts: [Substring] = []
    var start = header.startIndex
    var place = header.startIndex
    while let comma = header[place...].firstIndex(of: ",") {
      place = header.index(after: comma)
      let rest = header[place...].drop { $0 == " " }
      let name = rest.prefix { !" \t,;=\"".contains($0) }
      guard !name.isEmpty, rest[name.endIndex...].first == "=" else { continue }
      texts.append(header[start..<comma])
      start = rest.startIndex
    }
    texts.append(header[start...])
    return texts
  }
}
