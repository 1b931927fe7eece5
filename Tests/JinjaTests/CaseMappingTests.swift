import Testing

@testable import Jinja

@Suite struct CaseMappingTests {
  /// Every character that a short text may hold, between letters, so that a wrong length would show.
  @Test func agreesWithUnicode() {
    for code in UInt32(0)..<0x1_0000 {
      guard let scalar = Unicode.Scalar(code), scalar != "Σ" else { continue }
      let text = "a\(Character(scalar))Z"
      #expect(sameScalars(text.pythonUppercased, "A" + scalar.properties.uppercaseMapping + "Z"), "U+\(String(code, radix: 16))")
      #expect(sameScalars(text.pythonLowercased, "a" + scalar.properties.lowercaseMapping + "z"), "U+\(String(code, radix: 16))")
    }
  }

  private func sameScalars(_ left: String, _ right: String) -> Bool { left.unicodeScalars.elementsEqual(right.unicodeScalars) }

  @Test(arguments: [
    ("", ""), ("ΑΣ", "ας"), ("ΑΣΑ", "ασα"), ("Amber Čapek", "amber čapek"), ("İ", "i\u{307}"), ("\0A", "\0a"), ("🙂É", "🙂é"),
  ])
  func lowers(_ text: String, _ expected: String) {
    #expect(sameScalars(text.pythonLowercased, expected))
  }

  @Test(arguments: [("straße", "STRASSE"), ("ÿ ı ſ", "Ÿ I S"), ("ŉ", "ʼN"), ("\0a", "\0A")])
  func uppers(_ text: String, _ expected: String) {
    #expect(sameScalars(text.pythonUppercased, expected))
  }
}
