import Foundation
import Testing

@testable import Essentials

/// What stands beside Foundation's essentials, compared with all of Foundation, which tests may use.
@Suite struct EssentialTextTests {
  @Test func setsAreThoseOfFoundation() {
    for value in UInt32(0)...0x3100 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(ScalarSet.whitespaces.contains(scalar) == CharacterSet.whitespaces.contains(scalar), "\(value)")
      #expect(ScalarSet.newlines.contains(scalar) == CharacterSet.newlines.contains(scalar), "\(value)")
      #expect(
        ScalarSet.whitespacesAndNewlines.contains(scalar) == CharacterSet.whitespacesAndNewlines.contains(scalar), "\(value)")
    }
  }

  @Test(arguments: ["", " ", " a ", "\u{A0}a b\u{2003}", "\ta\n", "a\u{301} ", " \u{301}a", "\r\na\r\n", "😀 ", "\u{FEFF}a"])
  func textsAreTrimmedAsFoundationDoes(text: String) {
    #expect(text.trimmed(.whitespaces) == text.trimmingCharacters(in: .whitespaces))
    #expect(text.trimmed(.whitespacesAndNewlines) == text.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(text.trimmed(.of("a ")) == text.trimmingCharacters(in: CharacterSet(charactersIn: "a ")))
  }

  @Test(arguments: [
    ("", "", "", "x"), ("/", "/", "/", "/x"), ("a", "a", "", "a/x"), ("/a", "a", "/", "/a/x"), ("a/", "a", "", "a/x"),
    ("a/b", "b", "a", "a/b/x"), ("a//b/", "b", "a", "a//b/x"), ("//", "/", "/", "/x"), (".", ".", "", "./x"),
    ("./ü", "ü", ".", "./ü/x"),
    ("/a/b/ä.yaml", "ä.yaml", "/a/b", "/a/b/ä.yaml/x"), ("..", "..", "", "../x"),
  ])
  func paths(path: String, last: String, parent: String, inside: String) {
    #expect(path.lastPathPart == last)
    #expect(path.parentPath == parent)
    #expect(path.appendingPath("x") == inside)
    #expect(path.appendingPath("/x") == inside)
  }

  @Test(arguments: ["", "a", "a%20b", "%41", "%2", "%", "%zz", "%ff", "é%C3%A9", "%e2%82", "%E2%82%ac", "+", "%25", "%00"])
  func escapesAreUndone(text: String) { #expect(text.withoutPercentEscapes == text.removingPercentEncoding) }

  @Test(arguments: ["", "a b/ü?#%", "~-._", "😀\u{0}", "a:b;c=d&e"])
  func escapesAreMade(text: String) {
    #expect(
      text.percentEscaped(except: "!$&'()*+,-./=@_~") == text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed))
  }

  @Test(arguments: [
    0, 0.5, 1.5, 2.5, 0.1, 1e21, 123456.789, -2.675, 1e-7, 5e-324, .greatestFiniteMagnitude, .infinity, -.infinity,
  ])
  func numbers(number: Double) {
    for digits in [0, 1, 2, 6, 17, 400] {
      #expect(number.fixed(digits) == String(format: "%.\(digits)f", number))
      #expect(number.scientific(digits) == String(format: "%.\(digits)e", number))
      #expect(number.scientific(digits, keepsPoint: true) == String(format: "%#.\(digits)e", number))
      #expect(number.general(digits) == String(format: "%.\(digits)g", number))
      #expect(number.general(digits, keepsZeros: true) == String(format: "%#.\(digits)g", number))
    }
  }

  @Test(arguments: ["é", "e\u{301}", "ﬁ", "한글", "\u{1100}\u{1161}", "a\u{323}\u{307}", "a\u{307}\u{323}", "Å", "\u{212B}"])
  func normalForms(text: String) {
    #expect(Array(text.canonicallyComposed.unicodeScalars) == Array(text.precomposedStringWithCanonicalMapping.unicodeScalars))
    #expect(Array(text.canonicallyDecomposed.unicodeScalars) == Array(text.decomposedStringWithCanonicalMapping.unicodeScalars))
  }

  @Test(arguments: [("aBc", "b", 1), ("aBc", "BC", 1), ("abab", "BA", 1), ("äB", "b", 2), ("aab", "ab", 1)])
  func caseIsIgnored(text: String, part: String, place: Int) throws {
    let range = try #require(text.firstRange(ofIgnoringCase: part))
    #expect(text.utf8.distance(from: text.startIndex, to: range.lowerBound) == place)
    #expect(text[range].lowercased() == part.lowercased())
  }

  @Test(arguments: [("abc", "x"), ("", "a"), ("ab", "abc"), ("a", "")])
  func whatIsNotThere(text: String, part: String) { #expect(text.firstRange(ofIgnoringCase: part) == nil) }
}
