import Testing

@testable import LanguageServer

@Suite struct DocumentTextTests {
  private typealias Position = DocumentText.Position
  /// A letter of one byte, one of two, one of three, and one of four that is two UTF-16 units.
  private static let text = DocumentText("aé€𝄞b\r\nzwei\rdrei\n")

  @Test(arguments: [
    (0, 0, 0), (0, 1, 1), (0, 2, 3), (0, 3, 6), (0, 5, 10), (0, 6, 11), (1, 0, 13), (1, 4, 17), (2, 0, 18), (3, 0, 23),
  ])
  func placesAreCountedInUTF16(line: Int, character: Int, offset: Int) {
    #expect(Self.text.offset(of: Position(line: line, character: character)) == offset)
    #expect(Self.text.position(of: offset) == Position(line: line, character: character))
  }

  /// Clients may name places that the text does not have.
  @Test(arguments: [(0, 4, 6), (0, 99, 11), (1, 99, 17), (9, 0, 23), (3, 5, 23)])
  func otherPlacesAreTheNearest(line: Int, character: Int, offset: Int) {
    #expect(Self.text.offset(of: Position(line: line, character: character)) == offset)
  }

  @Test func aTextChangesPieceByPiece() {
    var text = DocumentText("streams:\n  - a\n")
    text.replace(
      text.offset(of: Position(line: 1, character: 4))..<text.offset(of: Position(line: 1, character: 5)), by: "ü\n  - b")
    #expect(text.text(0..<text.bytes.count) == "streams:\n  - ü\n  - b\n")
    #expect(text.offset(of: Position(line: 2, character: 4)) == 20)
    #expect(text.lineCount == 4)
  }

  @Test func anEmptyTextHasOnePlace() {
    let text = DocumentText("")
    #expect(text.offset(of: Position(line: 3, character: 3)) == 0)
    #expect(text.position(of: 7) == Position(line: 0, character: 0))
  }
}
