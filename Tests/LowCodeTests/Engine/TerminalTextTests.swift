import Testing
import YAML

@testable import Secrets

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plain é 漢 👍🏽 ❤️", "plain é 漢 👍🏽 ❤️"), ("a\nb\r\nc\td", #"a\nb\r\nc\td"#), ("\u{1B}[2J\u{7}", #"\u{1B}[2J\u{7}"#),
    ("\u{9B}31m\u{7F}", #"\u{9B}31m\u{7F}"#), ("\u{202E}gpj.exe", #"\u{202E}gpj.exe"#),
    ("a\u{200B}b\u{2028}c", #"a\u{200B}b\u{2028}c"#),
    ("\u{FFFF}", #"\u{FFFF}"#), ("e\u{301}", "e\u{301}"),
  ])
  func oneLine(text: String, shown: String) {
    #expect(TerminalText.line(text) == shown)
  }

  /// In JSON the escapes are those of JSON, so that its values stay.
  @Test(arguments: [
    (#"{"é":"漢👍🏽"}"#, #"{"é":"漢👍🏽"}"#), ("[\n  \"\u{9B}31m\u{202E}\"\n]", "[\n  \"\\u009b31m\\u202e\"\n]"),
    ("\u{7F}\u{80}\u{9F}\u{61C}\u{200E}\u{200F}", #"\u007f\u0080\u009f\u061c\u200e\u200f"#),
    ("\u{2028}\u{2029}\u{202A}\u{2066}\u{2069}\u{FEFF}", #"\u2028\u2029\u202a\u2066\u2069\ufeff"#),
    ("\u{E0041}", #"\udb40\udc41"#), (#""\u001b\n""#, #""\u001b\n""#),
  ])
  func json(text: String, shown: String) { #expect(TerminalText.json(text) == shown) }

  @Test func breaksOfSeveralLinesStay() {
    #expect(TerminalText.lines("a\u{1B}\r\nb\n") == "a\\u{1B}\\r\nb\n")
  }

  @Test func theCaretStandsBelowItsCharacter() {
    let mark = SourceMark(file: SourceFile(name: "m", bytes: Array("ab\u{202E}cd".utf8)), line: 1, column: 4)
    #expect(TerminalText.snippet(of: mark) == "1 | ab\\u{202E}cd\n  |           ^")
    #expect(TerminalText.snippet(of: mark.withoutText) == "")
  }
}
