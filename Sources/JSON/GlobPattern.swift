/// A pattern as Python's `fnmatch.fnmatchcase` reads it: `*`, `?`, `[seq]`, `[!seq]`, with ranges; everything else stands for itself.
package struct GlobPattern: Sendable, Hashable {
  private enum Token: Sendable, Hashable {
    case literal(Unicode.Scalar)
    case any
    case star
    case set([ClosedRange<UInt32>], isNegated: Bool)
  }

  private let tokens: [Token]
  /// Whether it is `*` and so matches everything.
  let matchesAll: Bool

  package init(_ pattern: String) {
    let scalars = Array(pattern.unicodeScalars)
    var tokens: [Token] = []
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      switch scalar {
      case "*": if tokens.last != .star { tokens.append(.star) }
      case "?": tokens.append(.any)
      case "[":
        var end = at
        if end < scalars.count, scalars[end] == "!" { end += 1 }
        if end < scalars.count, scalars[end] == "]" { end += 1 }
        while end < scalars.count, scalars[end] != "]" { end += 1 }
        if end >= scalars.count {
          tokens.append(.literal("["))
        } else {
          tokens.append(GlobPattern.set(scalars[at..<end]))
          at = end + 1
        }
      default: tokens.append(.literal(scalar))
      }
    }
    self.tokens = tokens
    matchesAll = tokens == [.star]
  }

  /// Whether `text` contains a character that a pattern gives a meaning.
  static func isMagic(_ text: String) -> Bool { text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B } }

  /// Reads the inside of brackets: a hyphen between two characters is a range, and ranges that run backwards contain nothing.
  private static func set(_ inside: ArraySlice<Unicode.Scalar>) -> Token {
    var inside = inside
    let isNegated = inside.first == "!"
    if isNegated { inside = inside.dropFirst() }
    // Runs of characters between the hyphens that make a range.
    var chunks: [[Unicode.Scalar]] = []
    var start = inside.startIndex
    var at = start + 1
    while let hyphen = inside[min(at, inside.endIndex)...].firstIndex(of: "-") {
      chunks.append(Array(inside[start..<hyphen]))
      start = hyphen + 1
      at = hyphen + 3
      if start >= inside.endIndex { break }
    }
    if start < inside.endIndex {
      chunks.append(Array(inside[start...]))
    } else if !chunks.isEmpty {
      chunks[chunks.count - 1].append("-")
    }
    var ranges: [ClosedRange<UInt32>] = []
    var index = chunks.count - 1
    while index > 0 {
      if let low = chunks[index - 1].last, let high = chunks[index].first, low > high {
        chunks[index - 1] = chunks[index - 1].dropLast() + chunks[index].dropFirst()
        chunks.remove(at: index)
      }
      index -= 1
    }
    for (index, chunk) in chunks.enumerated() {
      ranges += chunk.map { $0.value...$0.value }
      guard index > 0, let low = chunks[index - 1].last, let high = chunk.first, low <= high else { continue }
      ranges.append(low.value...high.value)
    }
    return .set(ranges, isNegated: isNegated)
  }

  /// Whether the whole text matches. The time is bounded by the product of both lengths.
  package func matches(_ text: String) -> Bool {
    if matchesAll { return true }
    let scalars = Array(text.unicodeScalars)
    var token = 0
    var at = 0
    var retry: (token: Int, at: Int)?
    while at < scalars.count {
      if token < tokens.count, tokens[token] == .star {
        retry = (token + 1, at)
        token += 1
      } else if token < tokens.count, matches(tokens[token], scalars[at]) {
        token += 1
        at += 1
      } else if let last = retry {
        retry = (last.token, last.at + 1)
        token = last.token
        at = last.at + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .star }
  }

  private func matches(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
    switch token {
    case .literal(let literal): literal == scalar
    case .any, .star: true
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
    }
  }
}
