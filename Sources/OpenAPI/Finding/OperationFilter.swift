import Manifest

/// Which operations are wanted: `GET /v1/*`, or a path alone. `*` stands for any characters.
package struct OperationFilter: Sendable {
  private let patterns: [(method: String?, path: String)]

  /// - Parameter texts: none for all operations.
  package init(_ texts: [String]) {
    patterns = texts.map { text in
      let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
      return parts.count == 2 && !parts[0].hasPrefix("/") ? (parts[0].uppercased(), parts[1]) : (nil, text)
    }
  }

  package func keeps(_ operation: DescribedAPI.Operation) -> Bool {
    patterns.isEmpty
      || patterns.contains { method, path in
        (method == nil || method == "*" || method == operation.method) && Self.matches(Array(operation.path), Array(path))
      }
  }

  private static func matches(_ text: [Character], _ pattern: [Character]) -> Bool {
    // The usual walk with one place to go back to.
    var (place, at) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while place < text.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, place)
        at += 1
      } else if at < pattern.count, pattern[at] == text[place] {
        (place, at) = (place + 1, at + 1)
      } else if let back = star {
        star = (back.pattern, back.text + 1)
        (place, at) = (back.text + 1, back.pattern + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
