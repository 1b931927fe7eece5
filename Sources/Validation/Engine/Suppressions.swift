import Manifest
import YAML

/// The comments of a manifest that silence rules: `# airbyte-lowcode: ignore rule-name, other-rule`.
///
/// Such a comment counts for the line that it ends; alone on its line, for the next one that is not a comment; before the first
/// line of the manifest, for the whole file. Only warnings can be silenced.
struct Suppressions: Sendable {
  /// One name in one comment.
  private struct Entry {
    let name: String
    let mark: SourceMark
    /// The line that it counts for; 0 for the whole file.
    var line = 0
    var isUsed = false
  }

  private var entries: [Entry] = []
  /// Places of the entries that count for a line, by line and rule.
  private var places: [Int: [String: [Int]]] = [:]
  private let known: Set<String>
  /// Comments that name no rule.
  private var nameless: [SourceMark] = []

  init(of file: SourceFile, known: Set<String>) {
    self.known = known
    guard file.bytes.contains(subsequence: Self.word) else { return }
    let text = String(decoding: file.bytes, as: UTF8.self)
    var isTop = true
    // What comments on lines of their own silence in the next line that is not a comment.
    var pending: [Int] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let start = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
      let isComment = start.hasPrefix("#")
      if !isComment, !start.isEmpty, start != "---" { isTop = false }
      let found = Self.names(in: line)
      let mark = SourceMark(file: file, line: index + 1, column: found?.column ?? 1)
      if found?.names.isEmpty == true { nameless.append(mark) }
      for name in found?.names ?? [] {
        if isComment, !isTop { pending.append(entries.count) }
        entries.append(Entry(name: name, mark: mark, line: isTop ? 0 : index + 1))
      }
      if !isComment {
        for place in pending { entries[place].line = index + 1 }
        pending = []
      }
    }
    for (index, entry) in entries.enumerated() { places[entry.line, default: [:]][entry.name, default: []].append(index) }
  }

  /// Whether a comment silences a finding, which is remembered.
  mutating func silences(_ finding: Finding) -> Bool {
    guard finding.severity != .error, !entries.isEmpty else { return false }
    let marks = [finding.diagnostic.mark] + finding.diagnostic.related.map(\.mark)
    for line in [0] + marks.compactMap({ $0?.line }) {
      guard let found = places[line]?[finding.rule] else { continue }
      for index in found { entries[index].isUsed = true }
      return true
    }
    return false
  }

  /// What is wrong with the comments themselves, once all findings were asked about.
  /// - Parameter silent: rules that were not asked, so that nothing can be said of comments about them.
  mutating func findings(besides silent: Set<String>) -> [Finding] {
    var findings = nameless.map { mark in
      Self.finding(
        UnusedIgnore.name, "the comment names no rule, so that it silences nothing", mark,
        "name the rules that it is about, as in `# airbyte-lowcode: ignore insecure-url`")
    }
    var suggested = 0
    for entry in entries where !known.contains(entry.name) {
      let near =
        suggested < FindingList.maximumSuggestions ? NameSuggestion.nearest(to: entry.name, among: RuleCatalog.names) : nil
      suggested += 1
      findings.append(
        Self.finding(
          UnknownIgnore.name, "there is no rule `\(entry.name)` to ignore", entry.mark, near.map(Remedy.name)))
    }
    let own: Set = [UnknownIgnore.name, UnusedIgnore.name]
    for entry in entries
    where known.contains(entry.name) && !entry.isUsed && !silent.contains(entry.name) && !own.contains(entry.name) {
      let place = entry.line == 0 ? "in this file" : "in this line"
      findings.append(
        Self.finding(
          UnusedIgnore.name, "`\(entry.name)` finds nothing \(place), so that the comment silences nothing", entry.mark,
          "remove it"))
    }
    return findings.filter { !silent.contains($0.rule) && !silences($0) }
  }

  private static func finding(_ rule: String, _ message: String, _ mark: SourceMark, _ remedy: Remedy?) -> Finding {
    Finding(Diagnostic(.warning, rule: rule, message, at: mark, remedy: remedy))
  }

  private static let word = Array("airbyte-lowcode:".utf8)

  /// The names that a line's comment silences, and where the comment begins; nil if it has no such comment.
  private static func names(in line: Substring) -> (names: [String], column: Int)? {
    guard line.utf8.count >= word.count, let word = line.firstRange(of: "airbyte-lowcode:") else { return nil }
    // Nothing but blanks between the sign that begins the comment and the word, and a blank before the sign.
    let before = line[..<word.lowerBound]
    guard let sign = before.lastIndex(where: { !$0.isWhitespace }), line[sign] == "#",
      sign == line.startIndex || line[line.index(before: sign)].isWhitespace
    else { return nil }
    let rest = line[word.upperBound...].drop(while: \.isWhitespace)
    guard rest.hasPrefix("ignore"), rest.dropFirst(6).first?.isWhitespace ?? true else { return nil }
    let names = rest.dropFirst(6).prefix { $0 != "#" }.split { $0 == "," || $0.isWhitespace }
    guard names.allSatisfy({ $0.unicodeScalars.allSatisfy(isNamePart) }) else { return nil }
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
