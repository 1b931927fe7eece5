import Foundation

/// Joins base URLs and paths as the reference does.
enum URLJoining {
  /// `base` with `path` behind it; a path that is a complete URL replaces the base.
  static func join(_ base: String, _ path: String) -> String {
    if path.isEmpty { return base }
    let base = base.utf8.last == UInt8(ascii: "/") ? base : base + "/"
    if isPlain(path.utf8), hasPlainPath(base) { return base + path }
    return resolve(path, against: base)
  }

  /// Whether a base with a path ends where another path may be put behind it.
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

  /// Without the characters that Python's `urlsplit` passes over: tabs and line breaks anywhere, blanks and controls at the start.
  private static func cleaned(_ url: String) -> String {
    let scalars = url.unicodeScalars
    guard scalars.contains(where: { $0.value <= 0x20 }) else { return url }
    return String(String.UnicodeScalarView(scalars.drop { $0.value <= 0x20 }.filter { !"\t\r\n".unicodeScalars.contains($0) }))
  }

  /// RFC 3986 §5.2 in the form of Python's `urljoin`, for http(s) bases.
  static func resolve(_ reference: String, against base: String) -> String {
    let base = cleaned(base)
    let reference = cleaned(reference)
    if let scheme = scheme(of: reference) {
      guard scheme == self.scheme(of: base), !reference.dropFirst(scheme.count + 1).hasPrefix("//") else { return reference }
      return resolve(String(reference.dropFirst(scheme.count + 1)), against: base)
    }
    let (prefix, basePath) = split(base)
    if reference.hasPrefix("//") { return (scheme(of: base).map { $0 + ":" } ?? "") + reference }
    var path = reference
    var suffix = ""
    if let mark = path.firstIndex(where: { $0 == "?" || $0 == "#" }) {
      suffix = String(path[mark...])
      path = String(path[..<mark])
    }
    let plainBase = basePath.prefix { $0 != "?" && $0 != "#" }
    if path.isEmpty {
      if suffix.hasPrefix("?") { return prefix + plainBase + suffix }
      return prefix + basePath.prefix { $0 != "#" } + suffix
    }
    var segments = path.split(separator: "/", omittingEmptySubsequences: false)
    if !path.hasPrefix("/") {
      var folders = plainBase.split(separator: "/", omittingEmptySubsequences: false)
      if folders.last != "" { folders.removeLast() }
      segments = folders + segments
      // Doubled slashes of a relative path are one.
      if segments.count > 2 {
        segments = [segments[0]] + segments[1..<(segments.count - 1)].filter { !$0.isEmpty } + segments.suffix(1)
      }
    }
    return prefix + merged(segments) + suffix
  }

  /// A path without `.` and `..` (RFC 3986 §5.2.4).
  static func withoutDotSegments(_ path: String) -> String {
    var segments: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for part in parts {
      switch part {
      case ".": break
      case "..": if segments.count > 1 { segments.removeLast() }
      default: segments.append(part)
      }
    }
    if parts.last == "." || parts.last == ".." { segments.append("") }
    return segments.joined(separator: "/")
  }

  private static func merged(_ segments: [Substring]) -> String {
    var result: [Substring] = []
    for segment in segments {
      switch segment {
      case ".": break
      case "..": if !result.isEmpty { result.removeLast() }
      default: result.append(segment)
      }
    }
    if segments.last == "." || segments.last == ".." { result.append("") }
    let path = result.joined(separator: "/")
    return path.hasPrefix("/") ? path : "/" + path
  }

  private static func scheme(of url: String) -> String? {
    guard let colon = url.firstIndex(of: ":") else { return nil }
    let scheme = url[..<colon]
    guard let first = scheme.first, first.isASCII, first.isLetter,
      scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return scheme.lowercased()
  }

  /// The part up to the host, and the rest.
  private static func split(_ url: String) -> (prefix: String, path: String) {
    guard let scheme = url.range(of: "://") else { return ("", url) }
    guard let slash = url[scheme.upperBound...].firstIndex(where: { "/?#".contains($0) }) else { return (url, "") }
    return (String(url[..<slash]), String(url[slash...]))
  }
}
