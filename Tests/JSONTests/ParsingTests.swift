import Foundation
import JSON
import Testing

@Suite struct ParsingTests {
  @Test(arguments: recordedTexts)
  func writesWhatTheRecordedLibrariesWrite(_ recorded: RecordedText) throws {
    let document = try JSONDocument(parsing: recorded.text)
    #expect(document.root.jsonText == recorded.kept ?? recorded.compact)
    #expect(document.root.value.jsonText == recorded.kept ?? recorded.compact)
    #expect(PythonJSONWriter().string(try JSONValue(parsing: recorded.text)) == recorded.python)
  }

  @Test func keepsTheSignOfAnUntouchedZero() throws {
    let root = try JSONDocument(parsing: "-0").root
    #expect(root.jsonText == "-0")
    #expect(root.value == 0)
  }

  @Test(arguments: rejectedTexts)
  func saysWhereATextIsNotJSON(_ text: String, _ line: Int, _ column: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.column == column)
  }

  @Test(arguments: [
    ("{\"a\":1,\n \"b\" 2}", "expected ':' after the key at line 2, column 6", 13),
    ("[1,\n2", "expected ',' or ']', but the text ends at line 2, column 2", 5),
    ("{\"é\":1;", "expected ',' or '}' at line 1, column 7", 7),
    ("[1.x]", "expected a digit at line 1, column 4", 3),
    ("\"abc", "the string is not closed at line 1, column 5", 4),
  ])
  func describesAnError(_ text: String, _ description: String, _ offset: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
    #expect(error?.description == description)
    #expect(error?.offset == offset)
  }

  @Test func boundsTheDepth() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    let deepest = try JSONDocument(parsing: nested(1024))
    #expect(deepest.root.jsonText == nested(1024))
    #expect(deepest.root.value.jsonText == nested(1024))
    #expect(throws: JSONError.self) { try JSONDocument(parsing: nested(1025)) }
    #expect(throws: JSONError.self) { try JSONDocument(parsing: String(repeating: #"{"a":["#, count: 100_000)) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xE0, 0x9F, 0xBF, 0x22], [0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], [0x22, 0xE2, 0x82], [0x22, 0x80, 0x22],
      [0x22, 0xC3, 0x22], [0xEF, 0xBB, 0xBF, 0x31],
    ] as [[UInt8]])
  func rejectsMalformedUTF8(_ bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
  }

  @Test(arguments: [
    ("[\"é😀\"]", String.Encoding.utf16LittleEndian, [] as [UInt8]), ("[\"é😀\"]", .utf16BigEndian, []),
    ("[\"é😀\"]", .utf32LittleEndian, []), ("[\"é😀\"]", .utf32BigEndian, []), ("[\"é😀\"]", .utf8, []),
    ("[\"é😀\"]", .utf8, [0xEF, 0xBB, 0xBF]), ("[\"é😀\"]", .utf16LittleEndian, [0xFF, 0xFE]),
    ("[\"é😀\"]", .utf16BigEndian, [0xFE, 0xFF]), ("[\"é😀\"]", .utf32LittleEndian, [0xFF, 0xFE, 0, 0]),
    ("[\"é😀\"]", .utf32BigEndian, [0, 0, 0xFE, 0xFF]), ("7", .utf16LittleEndian, []), ("7", .utf16BigEndian, []),
  ])
  func detectsTheEncoding(_ text: String, _ encoding: String.Encoding, _ mark: [UInt8]) throws {
    let bytes = try mark + #require(text.data(using: encoding))
    #expect(try JSONDocument(parsing: bytes, encoding: .detected).root.jsonText == text)
  }

  @Test func keepsEncodedSurrogatesAsEscapes() throws {
    #expect(try JSONDocument(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22], encoding: .detected).root.jsonText == #""\ud800""#)
    let utf16: [UInt8] = [0x22, 0, 0x00, 0xDC, 0x22, 0]
    #expect(try JSONDocument(parsing: utf16, encoding: .detected).root.jsonText == #""\udc00""#)
    #expect(throws: JSONError.self) { try JSONDocument(parsing: [0x22, 0, 0x22, 0, 0], encoding: .detected) }
    #expect(throws: JSONError.self) { try JSONDocument(parsing: [], encoding: .detected) }
  }

  @Test(arguments: [#""\ud800""#, #""\ud83d\ud83d\ude00""#, #"{"\udc00x":1}"#])
  func keepsLoneSurrogates(_ text: String) throws {
    let document = try JSONDocument(parsing: text)
    #expect(document.root.jsonText == text.replacingOccurrences(of: #"\ud83d\ude00"#, with: "😀"))
    #expect(try JSONDocument(parsing: #""a\ud800b""#).root.string == "a\u{FFFD}b")
  }

  @Test func findsDuplicatesAmongManyKeys() throws {
    // More keys than the filter watches, so that the exact search decides.
    let members = (0..<500).map { "\"key number \($0)\":\($0)" }
    let clean = "{" + members.joined(separator: ",") + "}"
    #expect(try JSONDocument(parsing: clean).root.jsonText == clean)
    for repeated in [0, 1, 63, 64, 65, 250, 499] {
      let text = "{" + members.joined(separator: ",") + ",\"key number \(repeated)\":-1}"
      let root = try JSONDocument(parsing: text).root
      #expect(root.count == 500)
      #expect(root["key number \(repeated)"]?.int == -1)
      #expect(
        root.jsonText == clean.replacingOccurrences(of: "number \(repeated)\":\(repeated)", with: "number \(repeated)\":-1"))
    }
  }
}
