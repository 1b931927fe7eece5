import Synchronization

/// A regular expression with the syntax and the meaning of Python's `re` (3.11, of `str`), run by PCRE2.
///
/// A match takes a bounded number of steps: the ones that a pattern such as `(a+)+b` needs without end are given up in a
/// part of a second.
package final class PythonPattern: Sendable {
  /// As it was written.
  package let source: String
  package let groupCount: Int
  let groupNames: [String: Int]
  private let matcher: Matcher

  private enum Matcher: Sendable {
    /// `^literal`, by far the commonest pattern of keys.
    case prefix([UInt8])
    case program(PatternProgram)
  }

  /// - Throws: ``PatternError`` if Python refuses the pattern, or PCRE2 cannot hold it.
  package init(_ source: String, ignoreCase: Bool = false) throws(PatternError) {
    self.source = source
    if !ignoreCase, source.utf8.first == UInt8(ascii: "^"), source.utf8.dropFirst().allSatisfy(Self.isPlain) {
      matcher = .prefix(Array(source.utf8.dropFirst()))
      (groupCount, groupNames) = (0, [:])
      return
    }
    let translation = try PatternTranslator.translate(source, ignoreCase: ignoreCase)
    (groupCount, groupNames) = (translation.groupCount, translation.groupNames)
    matcher = .program(try PatternProgram(translation.text))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  // MARK: Compiled once

  private static let capacity = 256
  private static let cache = Mutex<[String: PythonPattern]>([:])

  /// The compiled form of `pattern`, which is kept: a template runs it for each record.
  package static func cached(_ pattern: String) throws(PatternError) -> PythonPattern {
    if let known = cache.withLock({ $0[pattern] }) { return known }
    let compiled = try PythonPattern(pattern)
    cache.withLock { cache in
      if cache.count >= capacity { cache.removeAll(keepingCapacity: true) }
      cache[pattern] = compiled
    }
    return compiled
  }

  // MARK: Matching

  /// Whether the pattern is found anywhere in `text`, as `re.search` does.
  package func isFound(in text: String) throws(PatternLimitExceeded) -> Bool { try firstMatch(in: text) != nil }

  /// The first match anywhere in `text`, or at its start alone, as `re.search` and `re.match` find it.
  package func firstMatch(in text: String, atStart: Bool = false) throws(PatternLimitExceeded) -> PatternMatch? {
    var text = text
    switch matcher {
    case .prefix(let prefix):
      return text.utf8.starts(with: prefix) ? PatternMatch(text: text, ranges: [0..<prefix.count]) : nil
    case .program(let program):
      var found: [Range<Int>?]?
      let isWithinLimits = text.withUTF8 { bytes in
        var search = PatternSearch(program, bytes, atStart: atStart)
        found = search.next()
        return !search.isGivenUp
      }
      guard isWithinLimits else { throw PatternLimitExceeded(pattern: source) }
      return found.map { PatternMatch(text: text, ranges: $0) }
    }
  }

  /// `re.sub(pattern, replacement, text)`.
  /// - Parameter check: is given the bytes written so far, after each match.
  package func replacing<Failure: Error>(
    with replacement: PatternReplacement, in text: String, check: (Int) throws(Failure) -> Void
  ) throws -> String {
    let matches = try matches(in: text)
    guard !matches.isEmpty else { return text }
    var output = ""
    var position = 0
    for match in matches {
      output += match.text(from: position, to: match.range.lowerBound)
      output += replacement.text(for: match)
      position = match.range.upperBound
      try check(output.utf8.count)
    }
    return output + PatternMatch(text: text, ranges: []).text(from: position)
  }

  /// One match after the other, as `re.finditer` finds them: an empty one may follow another at its end.
  func matches(in text: String) throws(PatternLimitExceeded) -> [PatternMatch] {
    guard case .program(let program) = matcher else { return try firstMatch(in: text).map { [$0] } ?? [] }
    var text = text
    var found: [[Range<Int>?]] = []
    let isWithinLimits = text.withUTF8 { bytes in
      var search = PatternSearch(program, bytes, atStart: false)
      while let ranges = search.next() { found.append(ranges) }
      return !search.isGivenUp
    }
    guard isWithinLimits else { throw PatternLimitExceeded(pattern: source) }
    return found.map { PatternMatch(text: text, ranges: $0) }
  }
}

/// Where a pattern was found in a text.
package struct PatternMatch: Sendable {
  private let text: String
  /// In bytes of UTF-8: the whole match, and then each group, which is nil if it took no part.
  let ranges: [Range<Int>?]

  init(text: String, ranges: [Range<Int>?]) {
    self.text = text
    self.ranges = ranges
  }

  /// In bytes of UTF-8.
  var range: Range<Int> { ranges.first.flatMap { $0 } ?? 0..<0 }

  /// What a group matched, 0 for the whole; nil if it took no part.
  package func group(_ number: Int) -> String? {
    guard ranges.indices.contains(number), let range = ranges[number] else { return nil }
    return text(from: range.lowerBound, to: range.upperBound)
  }

  func text(from start: Int, to end: Int? = nil) -> String {
    let bytes = text.utf8
    let lower = bytes.index(bytes.startIndex, offsetBy: start)
    return String(text[lower..<(end.map { bytes.index(lower, offsetBy: $0 - start) } ?? bytes.endIndex)])
  }
}
