// Paths as texts, without asking the system.
extension String {
  /// The last part of a path: `c` of `a/b/c` and of `a/b/c/`; `/` of the root.
  package var lastPathPart: String {
    guard let last = utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return isEmpty ? "" : "/" }
    let path = self[...last]
    return String(path[(path.utf8.lastIndex(of: UInt8(ascii: "/")).map(utf8.index(after:)) ?? path.startIndex)...])
  }

  /// The path of the folder that a path is in: `a/b` of `a/b/c`, nothing of `a`, `/` of `/a` and of the root.
  package var parentPath: String {
    guard let last = utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return isEmpty ? "" : "/" }
    guard let slash = self[...last].utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    guard let end = self[..<slash].utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "/" }
    return String(self[...end])
  }

  /// The path of what is in the folder at this path.
  package func appendingPath(_ part: some StringProtocol) -> String {
    let part = part.drop { $0 == "/" }
    if isEmpty { return String(part) }
    guard let last = utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "/\(part)" }
    return part.isEmpty ? String(self[...last]) : "\(self[...last])/\(part)"
  }
}
