import Testing

@testable import YAML

@Suite struct DocumentTests {
  @Test(
    "documents have the values that PyYAML gives them",
    arguments: [
      ("", "null"), ("# only a comment\n", "null"), ("---\n", "null"), ("a: 1\n...\n", "{a: 1}"),
      ("a: 2\n<<: {a: 1, b: 3}", "{a: 2, b: 3}"),
      ("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", "{x: {a: 1, b: 2}, y: {a: 1, b: 3}}"),
      ("- &a {k: 1, j: 0}\n- &b {k: 2}\n- {<<: [*a, *b], z: 1}", "[{k: 1, j: 0}, {k: 2}, {k: 1, j: 0, z: 1}]"),
      ("<<: {a: 1}\n<<: {a: 2, b: 1}", "{a: 2, b: 1}"),
      ("<<: {<<: {a: 1}, b: 2}\nc: 3", "{a: 1, b: 2, c: 3}"),
      ("- !!set &s {a, b}\n- {<<: *s, c: 1}", "[(a, b), {a: null, b: null, c: 1}]"),
      ("=: 1", "{=: 1}"),
      ("{1: a, true: b, 1.0: c}", "{1: c}"),
      ("{null: 1, ~: 2, yes: 3, 1.5: 4, 2020-01-01: 5}", "{null: 2, true: 3, 1.5: 4, 2020-01-01: 5}"),
      ("1: 2\n'1': 3", "{1: 2, 1: 3}"),
      ("&k key: 1\n*k : 2\n", "{key: 2}"),
      ("!!omap [a: 1, b: 2]", "<a: 1, b: 2>"), ("!!pairs [a: 1, a: 2]", "<a: 1, a: 2>"),
      ("%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 12", "{a: 12}"),
      ("a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n", "{a: x\n y\n\nz\n, b: x y}"),
      ("a: \r\n  b: 1\r\n  c: 2\rd: 3", "{a: {b: 1, c: 2}, d: 3}"),
      ("\u{FEFF}a: 1", "{a: 1}"),
    ])
  func values(_ text: String, _ expected: String) throws {
    #expect(try shown(YAMLDocument(parsing: text, file: "doc.yaml").root) == expected)
  }

  @Test("UTF-16 with a byte order mark is read, and its lines can be shown", arguments: [true, false])
  func utf16(isLittleEndian: Bool) throws {
    let units = [0xFEFF] + Array("a: é\nb: [".utf16)
    let bytes = units.flatMap { unit in
      let low = UInt8(unit & 0xFF)
      let high = UInt8(unit >> 8)
      return isLittleEndian ? [low, high] : [high, low]
    }
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: bytes, file: "wide.yaml") }
    #expect(error?.mark.file.line(1) == "a: é")
    let whole = try YAMLDocument(parsing: Array(bytes.dropLast(10)), file: "wide.yaml")
    #expect(shown(whole.root) == "{a: é}")
  }

  @Test("an alias is the node of its anchor, not a copy")
  func sharing() throws {
    let root = try YAMLDocument(parsing: "- &a [1, 2]\n- *a", file: "doc.yaml").root
    guard case .sequence(let items) = root.content else {
      Issue.record("no list")
      return
    }
    #expect(items[0] === items[1])
  }

  @Test("every value and key knows its line and column")
  func marks() throws {
    let root = try YAMLDocument(parsing: "a: 1\né: {k: [x,\n  y]}\n", file: "doc.yaml").root
    #expect(
      marks(root) == "1:1 1:1=1:4 2:1=2:4 2:5=2:8 2:9 3:3")
  }

  @Test("a key that is given twice is a warning with both places; a merged key is not")
  func duplicates() throws {
    let document = try YAMLDocument(parsing: "x: &x {a: 1}\na: 1\nb: {<<: *x, a: 2}\na: 3\n", file: "doc.yaml")
    #expect(document.warnings.map(\.description) == ["doc.yaml:4:1: the key 'a' is given twice; the last one counts"])
    #expect(document.warnings.first?.related?.mark.description == "doc.yaml:2:1")
  }

  private func shown(_ node: YAMLNode) -> String {
    switch node.content {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .bigInt(let digits): digits
    case .double(let value): "\(value)"
    case .string(let text): text
    case .timestamp(let timestamp): timestamp.isoText
    case .binary(let bytes): "\(bytes)"
    case .sequence(let items): "[\(items.map(shown).joined(separator: ", "))]"
    case .set(let items): "(\(items.map(shown).joined(separator: ", ")))"
    case .mapping(let entries): "{\(shown(entries))}"
    case .pairs(let entries): "<\(shown(entries))>"
    }
  }

  private func shown(_ entries: [YAMLEntry]) -> String {
    entries.map { "\(shown($0.key)): \(shown($0.value))" }.joined(separator: ", ")
  }

  private func marks(_ node: YAMLNode) -> String {
    let own = "\(node.mark.line):\(node.mark.column)"
    return switch node.content {
    case .sequence(let items): ([own] + items.map(marks)).joined(separator: " ")
    case .mapping(let entries): ([own] + entries.map { "\(marks($0.key))=\(marks($0.value))" }).joined(separator: " ")
    default: own
    }
  }
}
