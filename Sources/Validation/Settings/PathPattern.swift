import Essentials

/// A pattern of paths below a folder: `*`, `?` and `[…]` within a name, `**` for any folders. What it names with a folder is
/// everything below that.
struct PathPattern: Sendable, Hashable {
  private let parts: [String]

  init(_ text: String) { parts = text.split(separator: "/").map(String.init).filter { $0 != "." } }

  /// Whether a path, given from the same folder by its names, or a folder that it is in, is one of the pattern's.
  func matches(_ path: [String]) -> Bool { !parts.isEmpty && Self.matches(parts[...], path[...]) }

  private static func matches(_ parts: ArraySlice<String>, _ path: ArraySlice<String>) -> Bool {
    guard let part = parts.first else { return true }
    if part == "**" {
      // What ends so needs something below.
      if parts.count == 1 { return !path.isEmpty }
      return path.indices.contains { matches(parts.dropFirst(), path[$0...]) }
    }
    guard let name = path.first, fnmatch(part, name, 0) == 0 else { return false }
    return matches(parts.dropFirst(), path.dropFirst())
  }
}
