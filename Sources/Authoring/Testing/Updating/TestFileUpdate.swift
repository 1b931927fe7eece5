import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import YAML

/// Changes the text of a file of tests so that it says what was seen. Whatever is right stays as it was written, and so do comments.
package struct TestFileUpdate {
  /// Bytes that are replaced.
  private struct Edit {
    let range: Range<Int>
    let text: String
  }

  private let file: TestFile
  private let bytes: [UInt8]
  private let layout: YAMLLayout
  /// Whether lines end as on Windows.
  private let hasWideBreaks: Bool
  private var edits: [Edit] = []

  /// - Throws: ``ConnectorError`` if the file has no text that can be changed.
  package init(_ file: TestFile) throws {
    self.file = file
    guard let source = file.root.mark?.file, String(validating: source.bytes, as: UTF8.self) != nil,
      let layout = try? YAMLLayout(of: source)
    else { throw ConnectorError(.config, "The file \(file.path) is not in UTF-8, so that it cannot be changed") }
    bytes = source.bytes
    self.layout = layout
    hasWideBreaks = source.bytes.firstIndex(of: 0x0A).map { source.bytes[..<$0].last == 0x0D } ?? false
  }

  /// The new text; nil if nothing changes.
  /// - Throws: ``ConnectorError`` if the text would not be what was seen.
  package mutating func text(after outcome: TestRunner.Outcome) throws -> [UInt8]? {
    for revision in outcome.revisions {
      switch revision {
      case .replace(let node, let value): replace(node, value, indent: indent(of: node))
      case .add(let node, let key, let value): add(key, value, to: node)
      }
    }
    guard !edits.isEmpty else { return nil }
    var text = bytes
    var start = bytes.count
    // From the end to the beginning; what is put in at one place stays in the order in which it was found.
    let ordered = edits.enumerated().sorted {
      let (left, right) = ($0.element.range, $1.element.range)
      return (left.lowerBound, left.upperBound, $0.offset) > (right.lowerBound, right.upperBound, $1.offset)
    }
    for edit in ordered.map(\.element) where edit.range.upperBound <= start {
      text.replaceSubrange(edit.range, with: (hasWideBreaks ? edit.text.replacing("\n", with: "\r\n") : edit.text).utf8)
      start = edit.range.lowerBound
    }
    guard (try? TestFile(path: file.path, bytes: text)) != nil else {
      throw ConnectorError(.system, "The file \(file.path) could not be changed without breaking it, so it stays as it is")
    }
    return text
  }

  // MARK: Values

  private func extent(of node: ManifestNode) -> YAMLLayout.Extent? {
    node.mark.flatMap { layout.extent(at: $0, isCollection: node.isMapping || node.sequence != nil) }
  }

  /// How far lines below a key are indented; nil within brackets, where there are none.
  private func indent(of node: ManifestNode) -> Int? {
    guard let mark = node.keyMark, let start = offset(mark), isBlank(from: lineStart(start), to: start, allowing: "- ") else {
      return nil
    }
    return mark.column + 1
  }

  /// - Parameter indent: how far lines below are indented; nil where everything is on one line.
  private mutating func replace(_ node: ManifestNode, _ value: JSONValue, indent: Int?) {
    if ValueComparison().areEqual(node.value, value) { return }
    guard let extent = extent(of: node) else { return }
    if extent.style == .block {
      if let members = value.object, replaceMembers(of: node, members) { return }
      if let elements = value.array, replaceElements(of: node, elements) { return }
    }
    let text = text(value, at: node, extent, indent)
    var start = extent.range.lowerBound
    if text.hasPrefix("\n") { while start > 0, bytes[start - 1] == 0x20 { start -= 1 } }
    edits.append(Edit(range: start..<extent.range.upperBound, text: text))
  }

  private func text(_ value: JSONValue, at node: ManifestNode, _ extent: YAMLLayout.Extent, _ indent: Int?) -> String {
    let start = extent.range.lowerBound
    let column = start - lineStart(start)
    if extent.style == .block {
      // The first line begins behind what stands before the value.
      if value.count == 0 || value.array == nil && value.object == nil { return YAMLText.flow(value) }
      return String(YAMLText.block(value, indent: column).joined(separator: "\n").dropFirst(column))
    }
    if let line = YAMLText.line(value, room: 120 - column) {
      return indent == nil ? YAMLText.flow(value) : line
    }
    guard let indent else { return YAMLText.flow(value) }
    return "\n" + YAMLText.block(value, indent: indent).joined(separator: "\n")
  }

  /// - Returns: false if the whole has to be written anew.
  private mutating func replaceMembers(of node: ManifestNode, _ members: JSONObject) -> Bool {
    guard let entries = node.entries, let first = entries.first?.node.keyMark else { return false }
    let kept = entries.filter { members[$0.key] != nil }
    let gone = entries.filter { members[$0.key] == nil }
    guard let last = kept.last, let end = extent(of: last.node)?.range.upperBound else { return false }
    var removals: [Edit] = []
    for (_, value) in gone {
      guard let key = value.keyMark.flatMap(offset), isBlank(from: lineStart(key), to: key, allowing: " "),
        let extent = extent(of: value)
      else { return false }
      removals.append(Edit(range: lineStart(key)..<lineEnd(extent.range.upperBound), text: ""))
    }
    edits += removals
    for (key, value) in kept {
      if let member = members[key] { replace(value, member, indent: first.column + 1) }
    }
    let added = members.filter { node[$0.key] == nil }
    insert(added.flatMap { YAMLText.entry($0.key, $0.value, indent: first.column - 1) }, behind: end)
    return true
  }

  /// - Returns: false if the whole has to be written anew.
  private mutating func replaceElements(of node: ManifestNode, _ elements: [JSONValue]) -> Bool {
    guard let nodes = node.sequence, let first = nodes.first?.mark.flatMap(offset), !elements.isEmpty else { return false }
    let values = ValueComparison()
    let front = zip(nodes, elements).prefix { values.areEqual($0.value, $1) }.count
    let back = zip(nodes.dropFirst(front).reversed(), elements.dropFirst(front).reversed())
      .prefix { values.areEqual($0.value, $1) }.count
    let old = nodes[front..<(nodes.count - back)]
    let new = elements[front..<(elements.count - back)]
    let dash = lineStart(first)
    let indent = bytes[dash...].prefix { $0 == 0x20 }.count
    guard bytes[dash + indent] == UInt8(ascii: "-") else { return false }
    var removals: [Edit] = []
    for node in old.dropFirst(new.count) {
      guard let start = node.mark.flatMap(offset), isBlank(from: lineStart(start), to: start, allowing: "- "),
        let extent = extent(of: node)
      else { return false }
      removals.append(Edit(range: lineStart(start)..<lineEnd(extent.range.upperBound), text: ""))
    }
    edits += removals
    for (node, element) in zip(old, new) { replace(node, element, indent: indent + 2) }
    // Behind the last one that stays before them.
    let place = old.isEmpty ? (front > 0 ? nodes[front - 1] : nil) : old.prefix(new.count).last
    let added = Array(new.dropFirst(old.count))
    guard !added.isEmpty else { return true }
    let lines = YAMLText.block(.array(added), indent: indent)
    if let place, let end = extent(of: place)?.range.upperBound {
      insert(lines, behind: end)
    } else {
      edits.append(Edit(range: dash..<dash, text: lines.joined(separator: "\n") + "\n"))
    }
    return true
  }

  private mutating func add(_ key: String, _ value: JSONValue, to node: ManifestNode) {
    guard let extent = extent(of: node), let first = node.entries?.first?.node.keyMark else { return }
    guard extent.style == .block else {
      let end = extent.range.upperBound - 1
      return edits.append(
        Edit(range: end..<end, text: ", \(YAMLText.scalar(key, isFlow: true)): \(YAMLText.flow(value))"))
    }
    insert(YAMLText.entry(key, value, indent: first.column - 1), behind: extent.range.upperBound)
  }

  // MARK: Lines

  /// Puts lines behind the line that a place is on.
  private mutating func insert(_ lines: [String], behind place: Int) {
    guard !lines.isEmpty else { return }
    let end = lineEnd(place)
    let text = lines.joined(separator: "\n") + "\n"
    // The last line of a file may have no break.
    let isOpen = end == bytes.count && bytes.last != 0x0A
    edits.append(Edit(range: end..<end, text: isOpen ? "\n" + text : text))
  }

  private func offset(_ mark: SourceMark) -> Int? { mark.file.offset(of: mark) }

  private func lineStart(_ place: Int) -> Int {
    bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  }

  /// The place behind the break of a line.
  private func lineEnd(_ place: Int) -> Int {
    bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
  }

  private func isBlank(from start: Int, to end: Int, allowing characters: String) -> Bool {
    bytes[start..<end].allSatisfy { characters.utf8.contains($0) }
  }
}
