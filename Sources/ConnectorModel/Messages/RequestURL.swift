/// A URL, or a reference to one, in its parts (RFC 3986 §3). They stay as they are written: nothing is decoded or quoted.
package struct RequestURL: Sendable, Hashable, CustomStringConvertible {
  /// What is before the first colon.
  package var scheme: Substring?
  /// User, host and port.
  package var authority: Substring?
  package var path: Substring
  package var query: Substring?
  package var fragment: Substring?

  /// Takes any text apart; a backslash ends the authority, as with Python's requests.
  package init(_ text: some StringProtocol) {
    var rest = Substring(text)
    fragment = Self.cut(&rest, at: UInt8(ascii: "#"))
    query = Self.cut(&rest, at: UInt8(ascii: "?"))
    if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest.utf8[..<colon]) {
      scheme = rest[..<colon]
      rest = Substring(rest.utf8[colon...].dropFirst())
    }
    if rest.utf8.starts(with: "//".utf8) {
      rest = Substring(rest.utf8.dropFirst(2))
      let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") } ?? rest.endIndex
      authority = rest[..<end]
      rest = rest[end...]
    }
    path = rest
  }

  package var description: String {
    var text = ""
    if let scheme { text += scheme + ":" }
    if let authority { text += "//" + authority }
    text += path
    if let query { text += "?" + query }
    if let fragment { text += "#" + fragment }
    return text
  }

  /// The URL as it may be shown: without its user, its query and its fragment, which may hold credentials.
  package var publicText: String {
    var url = self
    url.authority = userAndPlace?.place
    url.query = nil
    url.fragment = nil
    return url.description
  }

  /// What is before the last `@` of the authority, and the host with its port after it.
  package var userAndPlace: (user: Substring?, place: Substring)? {
    guard let authority else { return nil }
    guard let mark = authority.utf8.lastIndex(of: UInt8(ascii: "@")) else { return (nil, authority) }
    return (authority[..<mark], Substring(authority.utf8[mark...].dropFirst()))
  }

  /// Cuts off what follows the first `mark`, and the mark with it.
  private static func cut(_ text: inout Substring, at mark: UInt8) -> Substring? {
    guard let place = text.utf8.firstIndex(of: mark) else { return nil }
    defer { text = text[..<place] }
    return Substring(text.utf8[place...].dropFirst())
  }

  private static func isScheme(_ bytes: Substring.UTF8View) -> Bool {
    guard let first = bytes.first, isLetter(first) else { return false }
    return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}

// MARK: Joining

extension RequestURL {
  /// `base` with `path` behind it, as the reference joins them: a path that is a complete URL replaces the base.
  package static func joined(_ base: String, _ path: String) -> String {
    if path.isEmpty { return base }
    let folder = base.utf8.last == UInt8(ascii: "/") ? base : base + "/"
    if isPlain(path.utf8), hasPlainPath(folder) { return folder + path }
    return RequestURL(cleaned(folder)).resolving(path).description
  }

  /// `base` with `path` behind it as they are written, and one slash between them.
  package static func concatenated(_ base: String, _ path: String) -> String {
    let rest = path.drop { $0 == "/" }
    if rest.isEmpty { return base }
    return (base.utf8.last == UInt8(ascii: "/") ? base : base + "/") + rest
  }

  /// Where `reference` leads from here (RFC 3986 §5.2), in the form of Python's `urljoin`.
  package func resolving(_ reference: String) -> RequestURL {
    var target = RequestURL(Self.cleaned(reference))
    if let scheme = target.scheme {
      guard scheme.lowercased() == self.scheme?.lowercased(), target.authority == nil else { return target }
      // A relative reference behind the scheme, which §5.2.2 permits.
      target.scheme = nil
    }
    // An address without a scheme is not one, and is not resolved but shown as it is written.
    target.scheme = scheme
    if target.authority != nil { return target }
    target.authority = authority
    if target.path.isEmpty {
      target.path = path
      if target.query == nil { target.query = query }
      return target
    }
    let isRooted = target.path.utf8.first == UInt8(ascii: "/")
    var steps = target.path.split(separator: "/", omittingEmptySubsequences: false)
    if !isRooted {
      var folders = path.split(separator: "/", omittingEmptySubsequences: false)
      if folders.last != "" { folders.removeLast() }
      steps = folders + steps
      // Doubled slashes of a relative path are one.
      if steps.count > 2 { steps = [steps[0]] + steps[1..<(steps.count - 1)].filter { !$0.isEmpty } + steps.suffix(1) }
    }
    target.path = Self.merged(steps, isRooted: isRooted || authority != nil)
    return target
  }

  /// The path without `.` and `..` (RFC 3986 §5.2.4).
  package static func withoutDotSegments(_ path: Substring) -> Substring {
    merged(path.split(separator: "/", omittingEmptySubsequences: false), isRooted: path.utf8.first == UInt8(ascii: "/"))
  }

  private static func merged(_ steps: [Substring], isRooted: Bool) -> Substring {
    var result: [Substring] = []
    for step in steps {
      switch step {
      case ".": break
      case "..": if !result.isEmpty { result.removeLast() }
      default: result.append(step)
      }
    }
    if steps.last == "." || steps.last == ".." { result.append("") }
    let path = result.joined(separator: "/")
    return Substring(isRooted && !path.hasPrefix("/") ? "/" + path : path)
  }

  /// Without the characters that Python's `urlsplit` passes over: tabs and line breaks anywhere, blanks and controls at the start.
  private static func cleaned(_ url: String) -> String {
    let scalars = url.unicodeScalars
    guard scalars.contains(where: { $0.value <= 0x20 }) else { return url }
    return String(String.UnicodeScalarView(scalars.drop { $0.value <= 0x20 }.filter { !"\t\r\n".unicodeScalars.contains($0) }))
  }

  /// Whether a base with a path ends where another path may be put after it.
  private static func hasPlainPath(_ base: String) -> Bool {
    for scheme in ["https://", "http://"] where base.utf8.starts(with: scheme.utf8) {
      let rest = base.utf8.dropFirst(scheme.utf8.count)
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash != rest.startIndex,
        rest[..<slash].allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
      else { return false }
      let path = rest[slash...].dropFirst().dropLast()
      return path.isEmpty || isPlain(path)
    }
    return false
  }

  /// Whether joining leaves a relative path as it is: there are no empty or dotted segments, no query, fragment or scheme, no blanks.
  private static func isPlain(_ path: some Sequence<UInt8>) -> Bool {
    var last = UInt8(ascii: "/")
    for byte in path {
      switch byte {
      case ...0x20, UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "#"): return false
      case UInt8(ascii: "/"), UInt8(ascii: "."): if last == UInt8(ascii: "/") { return false }
      default: break
      }
      last = byte
    }
    return true
  }
}
