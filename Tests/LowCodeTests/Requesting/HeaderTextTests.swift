import Testing

@testable import LowCode

@Suite struct HeaderTextTests {
  @Test(arguments: ["", "plain", "vàlue ÿ", "a\tb"])
  func latinTextComesBack(_ text: String) {
    #expect(HeaderText.decoded(HeaderText.encoded(text)) == text)
    #expect(HeaderText.encoded(text).count == text.unicodeScalars.count)
    #expect(throws: Never.self) { try HeaderText.check("X-Name", text) }
  }

  @Test(arguments: ["a\nb", "a\r\n", " a", "\u{A0}a", "日本", "a€"])
  func whatCannotBeSent(_ text: String) {
    #expect(throws: (any Error).self) { try HeaderText.check("X-Name", text) }
  }
}
