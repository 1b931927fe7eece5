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
        if !names.isEmpty || !pending.isEmpty { lines[index + 1] = names.union(pending) }
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
    guard line.utf8.count >= word.count, let word = line.firstRange(of: "airbyte-lowcode:") else { return nil }
    // Nothing but blanks between the sign that begins the comment and the word, and a blank before the sign.
    let before = line[..<word.lowerBound]
    guard let sign = before.lastIndex(where: { !$0.isWhitespace }), line[sign] == "#",
      sign == line.startIndex || line[line.index(before: sign)].isWhitespace
    else { return nil }
    let rest = line[word.upperBound...].drop(while: \.isWhitespace)
    guard rest.hasPrefix("ignore"), let blank = rest.dropFirst(6).first, blank.isWhitespace else { return nil }
    let names = rest.dropFirst(6).prefix { $0 != "#" }.split { $0 == "," || $0.isWhitespace }
    guard !names.isEmpty, names.allSatisfy({ $0.unicodeScalars.allSatisfy(isNamePart) }) else { return nil }
    return (names.map { String($0) }, line.unicodeScalars.distance(from: line.startIndex, to: sign) + 1)
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
  }
}

extension [UInt8] {
  func contains(subsequence: [UInt8]) -> Bool {
    guard let first = subsequence.first, count >= subsequence.count else { return false }
    return indices.dropLast(subsequence.count - 1).contains { self[$0] == first && self[$0...].starts(with: subsequence) }
  }
}
