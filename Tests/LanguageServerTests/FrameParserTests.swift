import Testing

@testable import LanguageServer

@Suite struct FrameParserTests {
  private static func frame(_ content: String) -> [UInt8] {
    Array("Content-Length: \(content.utf8.count)\r\n\r\n\(content)".utf8)
  }

  /// Bytes come in parts of any size.
  @Test(arguments: [1, 2, 7, 1_000])
  func messagesAreCutWhereverTheirBytesAre(size: Int) {
    let contents = [#"{"a":1}"#, "", #"{"b":"ü𝄞"}"#]
    let bytes = contents.flatMap(Self.frame)
    var parser = FrameParser()
    var found: [FrameParser.Frame] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      parser.feed(bytes[start..<min(start + size, bytes.count)])
      while let frame = parser.next() { found.append(frame) }
    }
    #expect(found == contents.map { .content(Array($0.utf8)) })
  }

  @Test(arguments: [
    "content-length:2\r\n\r\n{}", "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
    "Content-Length: 2\n\n{}",
  ])
  func headersAreReadAsTheyAreWritten(text: String) {
    var parser = FrameParser()
    parser.feed(Array(text.utf8))
    #expect(parser.next() == .content(Array("{}".utf8)))
    #expect(parser.next() == nil)
  }

  @Test(arguments: ["Length: 2\r\n\r\n", "Content-Length: many\r\n\r\n", "Content-Length: -1\r\n\r\n"])
  func behindWrongHeadersTheNextMessageIsFound(headers: String) {
    var parser = FrameParser()
    parser.feed(Array(headers.utf8) + Self.frame("{}"))
    guard case .malformed? = parser.next() else {
      Issue.record("The headers are taken.")
      return
    }
    #expect(parser.next() == .content(Array("{}".utf8)))
  }

  @Test func aMessageThatIsTooLongIsPassedOver() {
    var parser = FrameParser(limit: 4)
    parser.feed(Self.frame("{\"a\":1}").dropLast(2))
    #expect(parser.next() == .tooLong(7))
    #expect(parser.next() == nil)
    parser.feed(Array("1}".utf8) + Self.frame("{}"))
    #expect(parser.next() == .content(Array("{}".utf8)))
  }

  @Test func headersWithoutEndAreGivenUp() {
    var parser = FrameParser()
    parser.feed([UInt8](repeating: 0x61, count: 10_000))
    guard case .malformed? = parser.next() else {
      Issue.record("The headers have no end.")
      return
    }
  }
}
