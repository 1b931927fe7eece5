import Essentials

/// The parts of a URL that may be secret, however badly it is formed.
package enum URLParts {
  /// Where a URL may hold credentials, as far as one look at its bytes tells: most have none at all.
  package struct Credentials {
    package private(set) var mayHaveUser = false
    package private(set) var mayHaveParameters = false

    package init(in url: UnsafeBufferPointer<UInt8>) {
      guard let query = url.firstIndex(of: UInt8(ascii: "?")) else {
        mayHaveUser = url.contains(UInt8(ascii: "@"))
        return
      }
      mayHaveUser = url[..<query].contains(UInt8(ascii: "@"))
      var start = query + 1
      /// Whether the index is in the name of a parameter.
      var isName = true
      for index in start..<url.count {
        switch url[index] {
        case UInt8(ascii: "#"): return
        case UInt8(ascii: "&"), UInt8(ascii: ";"): (start, isName) = (index + 1, true)
        case UInt8(ascii: "=") where isName:
          isName = false
          if CredentialName.isCredential(UnsafeBufferPointer(rebasing: url[start..<index])) { mayHaveParameters = true }
        case UInt8(ascii: "%") where isName: mayHaveParameters = true
        // A URL with a user may be a parameter of this one.
        case UInt8(ascii: "@"): mayHaveParameters = true
        case UInt8(ascii: "%"):
          if index + 2 < url.count, url[index + 1] == UInt8(ascii: "4"), url[index + 2] == UInt8(ascii: "0") {
            mayHaveParameters = true
          }
        default: break
        }
        if mayHaveParameters { return }
      }
    }
  }

  /// What stands before the host's `@`.
  package static func userInfo(of url: String) -> Substring? {
    guard let scheme = url.firstRange(of: "//") else { return nil }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.lastIndex(of: "@").map { authority[..<$0] }
  }

  package static func query(of url: String) -> [(name: String, value: String)] {
    guard let start = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: start)...].prefix { $0 != "#" }.split { $0 == "&" || $0 == ";" }.compactMap { pair in
      guard let equals = pair.firstIndex(of: "=") else { return nil }
      return (decoded(pair[..<equals]), decoded(pair[pair.index(after: equals)...]))
    }
  }

  package static func decoded(_ text: Substring) -> String {
    let plain = text.replacing("+", with: " ")
    return plain.withoutPercentEscapes ?? String(plain)
  }
}
