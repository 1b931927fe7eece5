import LowCode
import YAML

/// The comments of a manifest that silence rules: `# airbyte-lowcode: ignore rule-name, other-rule`.
///
/// Such a comment counts for the line that it ends; alone on its line, for the next one that is no comment; before the first line of
/// the manifest, for the whole file. Only warnings can be silenced.
struct Suppressions: Sendable {
  /// The rules that are silenced in the whole file.
  private(set) var everywhere: Set<String> = []
  /// The same by line.
  private(set) var lines: [Int: Set<String>] = [:]
  /// Names in comments that no rule has, with their places.
  private(set) var unknown: [(name: String, mark: SourceMark)] = []

  init(of file: SourceFile, known: Set<String>) {
    guard file.bytes.contains(subsequence: Self.word) else { return }
    let text = String(decoding: file.bytes, as: UTF8.self)
    var isTop = true
    // What comments on lines of their own silence in the next line that is none.
    var pending: Set<String> = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let start = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
      let isComment = start.hasPrefix("#")
      if !isComment, !start.isEmpty, start != "---" { isTop = false }
      let found = Self.names(in: line)
      for name in found?.names ?? [] where !known.contains(name) {
        unknown.append((name, SourceMark(file: file, line: index + 1, column: found?.column ?? 1)))
      }
      let names = Set(found?.names ?? [])
      if isTop {
        everywhere.formUnion(names)
      } else if isComment {
        pending.formUnion(names)
      } else {
        lines[index + 1] = names.union(pending)
        pending = []
      }
    }
  }

  func silences(_ finding: Finding) -> Bool {
    guard finding.severity != .error else { return false }
    if everywhere.contains(finding.rule) { return true }
    let places = [finding.diagnostic.mark] + finding.diagnostic.related.map(\.mark)
    return places.contains { lines[$0?.line ?? 0]?.contains(finding.rule) ?? false }
  }

  private static let word = Array("airbyte-lowcode:".utf8)

  /// The names that a line's comment silences, and where the comment begins; nil where it has no such comment.
  private static func names(in line: Substring) -> (names: [String], column: Int)? {
    guard let match = line.firstMatch(of: /(?:^|\s)#\s*airbyte-lowcode:\s*ignore\s+([A-Za-z0-9\-, \t]+?)\s*(?:#.*)?$/) else {
      return nil
    }
    let names = match.1.split { $0 == "," || $0.isWhitespace }.map(String.init)
    let start = line[match.range].firstIndex(of: "#") ?? match.range.lowerBound
    return (names, line.unicodeScalars.distance(from: line.startIndex, to: start) + 1)
  }
}

extension [UInt8] {
  func contains(subsequence: [UInt8]) -> Bool {
    guard let first = subsequence.first, count >= subsequence.count else { return false }
    return indices.dropLast(subsequence.count - 1).contains { self[$0] == first && self[$0...].starts(with: subsequence) }
  }
}
