import ConformanceCases
import Foundation
import JSONSchema
import Testing
import YAML

@testable import LanguageServer

@Suite struct OutlineTests {
  /// A line for each key and each scalar: its place, where it begins and the text.
  private static func lines(_ outline: Outline) -> [String] {
    var lines: [String] = []
    for node in outline.nodes.indices {
      let path = outline.path(of: node).dotted
      if let key = outline.key(of: node) { lines.append("\(path) key \(key.range.lowerBound)") }
      if outline.isScalar(node), outline.nodes[node].kind != .empty {
        lines.append("\(path) \(outline.nodes[node].range.lowerBound)")
      }
    }
    return lines.sorted()
  }

  /// The same by the parser of manifests.
  private static func lines(_ document: YAMLDocument) -> [String] {
    var lines: [String] = []
    func visit(_ node: YAMLNode, _ path: [PathElement], isAlias: Bool) {
      switch node.content {
      case .mapping(let entries):
        for entry in entries {
          guard case .string(let key) = entry.key.content, let start = document.file.offset(of: entry.key.mark) else { continue }
          lines.append("\((path + [.key(key)]).dotted) key \(start)")
          visit(entry.value, path + [.key(key)], isAlias: isAlias)
        }
      case .sequence(let elements):
        for (index, element) in elements.enumerated() { visit(element, path + [.index(index)], isAlias: isAlias) }
      case .null
      where document.file.text(line: node.mark.line, from: node.mark.column, count: 1).map { !"n~N".contains($0) || $0.isEmpty }
        ?? true:
        break
      default: if let start = document.file.offset(of: node.mark) { lines.append("\(path.dotted) \(start)") }
      }
    }
    visit(document.root, [], isAlias: false)
    return lines.sorted()
  }

  /// Where a text is YAML, the outline has what the parser has, in the same places.
  @Test func whatIsYAMLIsReadAsYAML() throws {
    var count = 0
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let bookshop = try String(contentsOf: root.appending(path: "manifests/bookshop/manifest.yaml"), encoding: .utf8)
    for text in [bookshop] + ConformanceCase.all.map(\.manifest) {
      // Anchors, whose aliases are values here and texts there, and keys that are no texts are looked at below.
      guard let document = try? YAMLDocument(parsing: text, file: "m"),
        !text.contains(/[:-] [&*][a-z]|<<:|[?] |^\s*[0-9]+:/.anchorsMatchLineEndings())
      else {
        continue
      }
      let (own, other) = (Self.lines(Outline(Array(text.utf8))), Self.lines(document))
      if own != other {
        let difference = own.difference(from: other)
        Issue.record("\(difference.prefix(5)) in\n\(text)")
        if count > 3 { break }
      }
      count += 1
    }
    #expect(count > 200)
  }

  @Test(arguments: [
    ("a: 1\nb:\n  c: [x, {d: 'y'}]\n", ["a=1", "b.c[0]=x", "b.c[1].d=y"]),
    ("a:\n- b: 1\n  c: 2\n- d\n", ["a[0].b=1", "a[0].c=2", "a[1]=d"]),
    ("- - x\n  - y\n- z\n", ["[0][0]=x", "[0][1]=y", "[1]=z"]),
    ("a: |\n  x: 1\n\n  # y\nb: 2\n", ["a=|\n  x: 1\n\n  # y", "b=2"]),
    ("a: >-\n    x\nb: 1\n", ["a=>-\n    x", "b=1"]),
    ("a: 'it''s' # c\nb: \"x \\\" y\"\n", ["a=it's", "b=x \" y"]),
    ("a: one\n  two\nb: 'one\n  two'\n", ["a=one\n  two", "b=one\n  two"]),
    ("\"a b\": 1\n'c': 2\n", ["[\"a b\"]=1", "c=2"]),
    ("a: &x {b: 1}\nc: *x\nd: !!str 5\n", ["a.b=1", "c=*", "d=5"]),
    ("{\n  \"a\": [1,\n    {\"b\": \"x\"}],\n  \"c\": {}\n}\n", ["a[0]=1", "a[1].b=x"]),
    ("a: http://x.y/#z\nb: {{ c }}\n", ["a=http://x.y/#z", "b[\"\"].c?"]),
    ("---\n# c\n\na: 1\n...\n", ["a=1"]), ("\u{FEFF}a: 1\n", ["a=1"]), ("a:\r\n  b: 1\r\n", ["a.b=1"]),
    ("a: [b: 1, c]\n", ["a[0].b=1", "a[1]=c"]),
    ("", []), ("# only a comment\n", []),
  ])
  func everyFormIsRead(text: String, expected: [String]) {
    #expect(Self.values(Outline(Array(text.utf8))) == expected)
  }

  /// What is being written does not take what is around it along.
  @Test(arguments: [
    ("a:\n  b: 1\n  c\n  d: 2\n", ["a.b=1", "a.c?", "a.d=2"]),
    ("a: {b: 1, c\nd: 2\n", ["a.b=1", "a.c?", "d=2"]),
    ("a:\n  b: \"{{ config['x\n  c: 2\n", ["a.b={{ config['x", "a.c=2"]),
    ("a:\n  b: [1, 2\n  c: 3\n", ["a.b[0]=1", "a.b[1]=2", "a.c=3"]),
    ("a:\n  b: {c: \"{{ x\n  d: 3\n", ["a.b.c={{ x", "a.d=3"]),
    ("a:\n    b: 1\n  c: 2\nd: 3\n", ["a.b=1", "d=3"]),
    ("a:\n  - x\n  -\n  - y: 1\nb: 2\n", ["a[0]=x", "a[2].y=1", "b=2"]),
    ("a:\n  word\n  b: 1\n", ["a.word?", "a.b=1"]),
    ("a: ]}\nb: 1\n", ["a=]}", "b=1"]), ("}\na: 1\n", ["}?", "a=1"]),
    ("a:\n\tb: 1\nc: 2\n", ["\tb=1", "c=2"]),
  ])
  func whatIsBrokenStaysInItsPlace(text: String, expected: [String]) {
    #expect(Self.values(Outline(Array(text.utf8))) == expected)
  }

  private static func values(_ outline: Outline) -> [String] {
    outline.nodes.indices.compactMap { node in
      let path = outline.path(of: node).dotted
      if case .key(_, _, hasColon: false) = outline.nodes[node].place { return path.hasSuffix("[\"\"]") ? nil : "\(path)?" }
      if outline.nodes[node].kind == .alias { return "\(path)=*" }
      return outline.string(node).map { "\(path)=\($0)" }
    }
  }

  /// Text of any kind is read in time, and without running out of stack.
  @Test(arguments: ["[", "{", "- ", "a: [", "{a: ", "\"", "? ", "&a ", "- - {"])
  func nothingIsTooDeep(piece: String) {
    let outline = Outline(Array(String(repeating: piece, count: 20_000).utf8))
    #expect(outline.nodes.count > 0)
    let lines = Outline(Array((0..<800).map { String(repeating: " ", count: $0) + piece + "\n" }.joined().utf8))
    #expect(lines.nodes.count > 0)
  }

  @Test func everyPrefixOfAManifestHasAnOutline() {
    let bytes = Array(manifest().utf8)
    for end in 0..<bytes.count {
      let outline = Outline(Array(bytes[..<end]))
      for node in outline.nodes { #expect(node.range.upperBound <= end) }
      _ = outline.spot(at: end)
      _ = outline.token(at: max(end - 1, 0))
    }
  }

  @Test(
    arguments: [
      ("a: │b c", "a value"), ("│a: b", "a key"), ("a│: b", "a key"), ("x:\n  - │y", "x[0] value"), ("a: {b: │c}", "a.b value"),
      ("a: b\n│\nc: d", nil), ("a:   │  b", nil),
    ] as [(String, String?)])
  func whatIsAtAPlaceIsFound(marked: String, expected: String?) {
    let text = CursorText(marked)
    let outline = Outline(Array(text.text.utf8))
    let found = outline.spot(at: text.offset).map { "\(outline.path(of: $0.node).dotted) \($0.isKey ? "key" : "value")" }
    #expect(found == expected)
  }
}
