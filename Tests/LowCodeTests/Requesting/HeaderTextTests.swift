import Testing

@testable import ConnectorModel
@testable import HTTP

@Suite struct HeaderTextTests {
  @Test(arguments: ["", "plain", "vàlue ÿ", "a\tb"])
  func latinTextComesBack(_ text: String) {
    #expect(HeaderText.decoded(HeaderText.encoded(text)) == text)
    #expect(HeaderText.encoded(text).count == text.unicodeScalars.count)
    #expect(throws: Never.self) { try HeaderText.check("X-Name", text) }
  }

  @Test(arguments: ["a\nb", "a\r\n", " a", "\u{A0}a", "日本", "a€", "a\0b"])
  func whatCannotBeSent(_ text: String) {
    #expect(throws: (any Error).self) { try HeaderText.check("X-Name", text) }
  }

  @Test(arguments: ["X-Name", "x", "a!#$%&'*+-.^_`|~9"]) func whatCanBeAName(_ name: String) {
    #expect(throws: Never.self) { try HeaderText.check(name, "v") }
  }

  @Test(arguments: [
    " ", "X A", " X", "X ", "X:A", "X-A: 1\nInjected", "X\r\nY", "X\tA", "X\0", "é", "(x)", "a,b", "X\u{7F}", "X\u{2028}",
  ])
  func whatCannotBeAName(_ name: String) {
    let error = #expect(throws: ConnectorError.self) { try HeaderText.check(name, "v") }
    #expect(error?.message.contains("its name") == true)
    #expect(error?.message.unicodeScalars.contains { $0.value < 0x20 } == false)
  }
}
