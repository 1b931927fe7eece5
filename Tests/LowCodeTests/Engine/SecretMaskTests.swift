import Foundation
import JSON
import Testing
import YAML

@testable import ConnectorModel
@testable import Secrets

@Suite struct SecretMaskTests {
  private static let secret = "s3cr3t/with+odd=chars\"&"

  private func mask(_ secrets: String...) -> SecretMask {
    let mask = SecretMask()
    for secret in secrets { mask.hide(secret) }
    return mask
  }

  @Test(arguments: [
    secret, PercentEncoding.quotePlus(secret), JSONValue.string(secret).jsonText,
    Data(secret.utf8).base64EncodedString(), "Basic " + Data("user:\(secret)".utf8).base64EncodedString(),
    "Basic " + Data("me:\(secret)".utf8).base64EncodedString(), "Basic " + Data("a:\(secret)".utf8).base64EncodedString(),
    "Basic " + Data("\(secret):x".utf8).base64EncodedString(),
  ])
  func everyFormIsHidden(form: String) {
    let shown = mask(Self.secret).masked("before \(form) after")
    #expect(shown.contains(SecretMask.replacement))
    #expect(shown.hasPrefix("before "))
    #expect(shown.hasSuffix(" after"))
    #expect(!shown.contains("s3cr3t"))
    #expect(!shown.contains(Data("3cr3t/with+".utf8).base64EncodedString().dropLast(4)))
  }

  @Test func theLongestOfOverlappingSecretsGoesFirst() {
    #expect(mask("abcd", "abcdef").masked("x abcdef y abcd z") == "x **** y **** z")
  }

  @Test(arguments: [
    ("x abcdefghij y", "x **** y"), ("abcdabcde", "****"), ("cdefghijcd", "****cd"), ("ab", "ab"), ("éabcdeé", "é****é"),
  ])
  func overlappingSecretsLeaveNothing(text: String, expected: String) {
    #expect(mask("abcd", "abcde", "cdefghij").masked(text) == expected)
  }

  /// A source line is cut on both sides and divided at its mark: a secret is found before that.
  @Test(arguments: [1, 3, 60, 100, 101, 110, 118, 119, 140, 200])
  func aSourceLineIsMaskedBeforeItIsCut(column: Int) {
    let line = String(repeating: "x", count: 99) + " KEY-Zx81Qpl0-4711 " + String(repeating: "y", count: 100)
    let file = SourceFile(name: "m.yaml", bytes: Array(line.utf8))
    let snippet = TerminalText.snippet(of: SourceMark(file: file, line: 1, column: column), hiding: mask("KEY-Zx81Qpl0-4711"))
    for piece in ["KEY", "Zx8", "Qpl", "471", "711"] { #expect(!snippet.contains(piece), "\(snippet)") }
    #expect(snippet.contains("xxx") || snippet.contains("yyy"))
    if column == 110 { #expect(snippet.contains("x ****  yyy".replacing("  ", with: " "))) }
  }

  /// A letter that is masked wherever it stands is shown by that.
  @Test func whatIsTooShortIsNotMasked() {
    #expect(mask("a", "\u{e9}", "abc", " ab ").masked("abc caf\u{e9}") == "abc caf\u{e9}")
    #expect(mask("\u{e9}\u{e9}").masked("caf\u{e9}\u{e9}") == "caf****")
  }

  @Test func earlierOnesOfPassingSecretsStayHidden() {
    let mask = SecretMask(passingLimit: 3, rememberedLimit: 20)
    mask.hide("lasting-secret")
    mask.hidePassing("lasting-secret")
    for number in 100..<200 {
      mask.hidePassing("passing-\(number)-token")
      mask.hidePassing("passing-\(number)-token")
    }
    #expect(mask.masked("lasting-secret") == "****")
    let shown = (100..<200).filter { mask.masked("is passing-\($0)-token") != "is ****" }
    // Some more than wanted stay hidden, so that not every new one costs a cleaning.
    #expect(shown == Array(100..<100 + shown.count))
    #expect((53..<77).contains(shown.count))
    // However they are encoded.
    #expect(mask.masked(Data("the PASSING-190-token!".utf8).base64EncodedString()).contains("****"))
    #expect(mask.masked("passing-190-tokem") == "passing-190-tokem")
  }

  @Test func textWithoutSecretsStays() {
    #expect(mask("abcd").masked("nothing here") == "nothing here")
    #expect(mask("").masked("nothing here") == "nothing here")
  }

  // MARK: Base64 among other words

  /// What stands around base64 may look like its next line.
  @Test(arguments: [
    "LINE z: 3 records", "LINE\nPlease try again", "LINE Please", "Token\nLINE", "a token\nLINE\nand more",
    "LINES\nPlease log in",
    "LINES\nz", "Bearer\nLINES and more", "LINE\nLINE\nx", "LINES LINES",
  ])
  func base64IsFoundBesideWords(text: String) {
    for secret in ["s3cr3t/with+odd=chars", "s3cr3t/with+odd=chars!", "s3cr3t/with+odd=chars!!"] {
      for repeats in [1, 2, 3, 7] {
        let said = String(repeating: secret + "\n", count: repeats) + secret
        let line = Data(said.utf8).base64EncodedString().trimmingCharacters(in: ["="])
        var lines: [String] = []
        for start in stride(from: 0, to: line.count, by: 20) { lines.append(String(line.dropFirst(start).prefix(20))) }
        let whole = text.replacing("LINES", with: lines.joined(separator: "\n")).replacing("LINE", with: line)
        let shown = mask(secret).masked(whole)
        for shift in 0..<3 {
          let trace = Data((String(repeating: "_", count: shift) + "s3cr3t/with").utf8).base64EncodedString().dropFirst(4)
          #expect(!shown.contains(trace.prefix(8)), "\(whole): \(shown)")
        }
      }
    }
  }

  // MARK: Cuts

  @Test(arguments: [
    "it is s3cr3t/with+o", "it is s3cr3t/…, which is wrong", "it is s3cr3t/with+odd..., which is wrong",
    "it is " + Data("s3cr3t/with+".utf8).base64EncodedString() + "…", "it is s3cr3t%2Fwith%2… and so on",
    "it is s3cr3t/wi\u{FFFD}… and so on",
  ])
  func aPartOfASecretBeforeACutIsHidden(text: String) {
    let shown = mask(Self.secret).masked(text)
    #expect(shown.hasPrefix("it is ****"))
    #expect(!shown.contains("s3cr3t") && !shown.contains("czNj"))
  }

  /// Numbers of characters may begin with any number of zeros, and may be cut among them.
  @Test(arguments: [0, 1, 5, 12, 40, 79, 100, 700], ["&#x", "&#", "\\u{", "\\x{"])
  func zerosBeforeANumberSayNothing(zeros: Int, start: String) {
    let secret = "Kq7vX2mZ"
    func written(_ text: Substring) -> String {
      text.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: start == "&#" ? 10 : 16)
        return start + String(repeating: "0", count: zeros) + digits + (start.hasSuffix("{") ? "}" : ";")
      }.joined()
    }
    let all = written(secret[...])
    #expect(mask(secret).masked("<\(all)>") == "<****>")
    // From four characters on.
    let first = written(secret.prefix(4)).count
    for count in Set([first, first + 1, first + 3, first + zeros / 2 + 4, first + zeros + 3, first + zeros + 5, all.count - 1]) {
      for mark in ["…", "..."] {
        let shown = mask(secret).masked("It is `\(all.prefix(count))\(mark)`.")
        #expect(shown.hasPrefix("It is `****") && !shown.contains("0"), "\(count): \(shown)")
      }
    }
  }

  /// One that is known by its whole alone is found before a text is cut, however long it is there.
  @Test(arguments: [20, 60, 120, 2_000])
  func anExcerptFindsEarlierOnesBeforeItIsCut(length: Int) {
    let mask = SecretMask(passingLimit: 3, rememberedLimit: 20)
    for number in 10..<30 { mask.hidePassing("passing-\(number)-token-of-a-session") }
    let padded = "passing-15-token-of-a-session".utf8.map {
      "&#x" + String(repeating: "0", count: 20) + String($0, radix: 16) + ";"
    }
    #expect(
      mask.excerpt(of: "key=" + padded.joined() + " " + String(repeating: "z", count: 3_000), upTo: length).hasPrefix("key=****"))
  }

  @Test(arguments: [0, 5, 40, 97, 100, 200, 700], [4, 6, 20, 60])
  func anExcerptIsMaskedBeforeItIsCut(before: Int, length: Int) {
    let secret = String("Kq7vX2mZp9LwRt4sYb1nHc8jDf5gGaEu6oTi3xWlQeVzMrNyPkSdJhBvCfUgAq0O".prefix(length))
    let mask = mask(secret)
    let text = String(repeating: "x", count: before) + secret + String(repeating: "y", count: 300)
    for form in [text, text.replacing("K", with: "%4B")] {
      let shown = mask.excerpt(of: form, upTo: 100)
      #expect(shown.count <= 101)
      #expect(shown.hasSuffix("…"))
      #expect(!shown.contains("q7v"))
    }
    #expect(!mask.excerpt(of: text.utf8, upTo: 100).contains("Kq7"))
  }

  @Test func aShortTextIsQuotedAsAWhole() {
    #expect(mask("abcd").excerpt(of: "the abcd", upTo: 8) == "the ****")
    #expect(mask("abcd").excerpt(of: "the end", upTo: 7) == "the end")
  }

  // MARK: Shapes

  @Test(arguments: [
    ("GET http://joe:p4ss@a.test/x", "GET http://joe:****@a.test/x"), ("ftp://t0ken@a.test", "ftp://****@a.test"),
    ("mail joe@a.test at http://a.test/", "mail joe@a.test at http://a.test/"), ("http://a.test/@joe", "http://a.test/@joe"),
    ("`http://j:p@a.test` and http://j:q@b.test", "`http://j:****@a.test` and http://j:****@b.test"),
    (
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----****-----END RSA PRIVATE KEY-----"
    ),
    ("key: -----BEGIN PRIVATE KEY-----\\nMIIEow", "key: -----BEGIN PRIVATE KEY-----****"),
    ("-----BEGIN PUBLIC KEY-----\nMIIE\n-----END", "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END"),
  ])
  func passwordsOfURLsAndPrivateKeysAreHiddenWhoeverTheyBelongTo(text: String, expected: String) {
    #expect(SecretMask().masked(text) == expected)
  }
}
