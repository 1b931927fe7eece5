import JSON
import Manifest
import Validation

/// The changes that an editor offers for what was found at a place.
struct ActionLister {
  private let snapshot: Snapshot
  private let findings: [Finding]
  private var outline: Outline { snapshot.outline }

  init(_ snapshot: Snapshot, _ findings: [Finding]) {
    self.snapshot = snapshot
    self.findings = findings
  }

  struct Action {
    let title: String
    let finding: Finding
    let edits: [TextEdit]
    let isPreferred: Bool
  }

  /// The changes for the findings that a range touches.
  func actions(in range: Range<Int>) -> [Action] {
    var actions: [Action] = []
    for finding in findings {
      let place = finding.range(in: snapshot)
      guard place.lowerBound <= range.upperBound, range.lowerBound <= place.upperBound else { continue }
      if !finding.fix.isEmpty {
        actions.append(Action(title: title(of: finding), finding: finding, edits: finding.fix, isPreferred: true))
      } else if let (name, edit) = replacement(for: finding, at: place) {
        actions.append(Action(title: "Replace with `\(name)`", finding: finding, edits: [edit], isPreferred: true))
      }
      if let edit = silencing(finding, at: place) {
        actions.append(
          Action(title: "Ignore `\(finding.rule)` in this line", finding: finding, edits: [edit], isPreferred: false))
      }
    }
    return actions
  }

  private func title(of finding: Finding) -> String {
    if finding.fix.count == 1, let edit = finding.fix.first, !edit.replacement.isEmpty, !edit.replacement.contains("\n") {
      return "Replace with `\(edit.replacement)`"
    }
    return "Apply the fix for `\(finding.rule)`"
  }

  // MARK: Names

  /// What was probably meant, in the place of what is written.
  private func replacement(for finding: Finding, at place: Range<Int>) -> (String, TextEdit)? {
    switch finding.diagnostic.remedy {
    case .name(let name)?, .value(let name)?, .rename(_, to: let name)?:
      return word(near: name, in: place).map { (name, TextEdit($0, name)) }
    case .use(let name, insteadOf: let written)?:
      return occurrence(of: written, in: place).map { (name, TextEdit($0, name)) }
    case .advice?, nil: return nil
    }
  }

  /// The bytes that a name was probably meant by: all of the place without its quotes, or a part of a reference.
  private func word(near name: String, in place: Range<Int>) -> Range<Int>? {
    let bytes = outline.bytes[place]
    let isQuoted = bytes.count > 1 && [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes.first) && bytes.first == bytes.last
    let inner = isQuoted ? (place.lowerBound + 1)..<(place.upperBound - 1) : place
    if isNear(inner, name) { return inner }
    var start = inner.lowerBound
    for part in outline.bytes[inner].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      let range = start..<(start + part.count)
      if isNear(range, name) { return range }
      start = range.upperBound + 1
    }
    return nil
  }

  private func isNear(_ range: Range<Int>, _ name: String) -> Bool {
    NameSuggestion.nearest(to: snapshot.text.text(range), among: [name]) == name
  }

  private func occurrence(of word: String, in place: Range<Int>) -> Range<Int>? {
    let text = snapshot.text.text(place)
    guard let found = text.firstRange(of: word) else { return nil }
    let start = place.lowerBound + text.utf8.distance(from: text.startIndex, to: found.lowerBound)
    return start..<(start + word.utf8.count)
  }

  // MARK: Silencing

  /// A comment in the line of a finding; nil where none can be.
  private func silencing(_ finding: Finding, at place: Range<Int>) -> TextEdit? {
    guard finding.severity != .error, finding.diagnostic.mark != nil, RuleCatalog.silenceable.contains(finding.rule) else {
      return nil
    }
    let line = snapshot.text.line(of: place.lowerBound)
    let end = snapshot.text.endOfLine(line)
    // Within a text of several lines it would be a part of the text.
    if let spot = outline.spot(at: place.lowerBound), !spot.isKey,
      snapshot.text.line(of: outline.nodes[spot.node].range.upperBound) != line
    {
      return nil
    }
    let written = snapshot.text.text(snapshot.text.startOfLine(line)..<end)
    let comment =
      written.contains("# airbyte-lowcode: ignore ") ? ", \(finding.rule)" : "  # airbyte-lowcode: ignore \(finding.rule)"
    return TextEdit(end..<end, comment)
  }

  // MARK: Whole texts

  /// The smallest change that makes one text of another.
  static func edit(from old: [UInt8], to new: [UInt8]) -> TextEdit {
    let shortest = min(old.count, new.count)
    var start = 0
    while start < shortest, old[start] == new[start] { start += 1 }
    var end = 0
    while end < shortest - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    // Not within a character.
    while start > 0, start < old.count, old[start] & 0xC0 == 0x80 { start -= 1 }
    while end > 0, old[old.count - end] & 0xC0 == 0x80 { end -= 1 }
    return TextEdit(start..<(old.count - end), String(decoding: new[start..<(new.count - end)], as: UTF8.self))
  }
}
