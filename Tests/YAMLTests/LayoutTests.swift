import Testing

@testable import YAML

/// Where values are in a text.
@Suite struct LayoutTests {
  private static let text = """
    # A comment.
    plain: a word  # behind it
    quoted: 'it''s'
    flow: {a: 1, b: [2,
      3]}
    empty:
    block:
      - one
      -   two: 2

    # After it.
    literal: |
      line
      line

    last: "ü"
    """

  @Test(arguments: [
    (2, 8, false, "a word", YAMLLayout.Style.scalar), (3, 9, false, "'it''s'", .scalar),
    (4, 7, true, "{a: 1, b: [2,\n  3]}", .flow),
    (4, 17, true, "[2,\n  3]", .flow), (7, 1, false, "block", .scalar), (8, 3, true, "- one\n  -   two: 2", .block),
    (9, 7, true, "two: 2", .block), (9, 7, false, "two", .scalar), (12, 10, false, "|\n  line\n  line", .blockScalar),
    (16, 7, false, "\"ü\"", .scalar),
  ])
  func valuesHaveTheirPlaces(line: Int, column: Int, isCollection: Bool, value: String, style: YAMLLayout.Style) throws {
    let file = SourceFile(name: "t.yaml", bytes: Array(Self.text.utf8))
    let layout = try YAMLLayout(of: file)
    let extent = try #require(
      layout.extent(at: SourceMark(file: file, line: line, column: column), isCollection: isCollection))
    #expect(String(decoding: file.bytes[extent.range], as: UTF8.self) == value)
    #expect(extent.style == style)
  }

  @Test func theWholeIsAValue() throws {
    let file = SourceFile(name: "t.yaml", bytes: Array("a: 1\nb: 2\n\n".utf8))
    let layout = try YAMLLayout(of: file)
    #expect(layout.extent(at: SourceMark(file: file, line: 1, column: 1), isCollection: true)?.range == 0..<9)
    #expect(throws: YAMLError.self) { try YAMLLayout(of: SourceFile(name: "t.yaml", bytes: Array("a: [".utf8))) }
  }
}
