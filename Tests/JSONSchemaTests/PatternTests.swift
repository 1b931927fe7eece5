import Testing

@testable import JSONSchema

/// The expectations are answers of Python's `re.search`.
@Suite struct PatternTests {
  @Test(arguments: [
    ("a", "cab", true), ("^a", "ba", false), ("a$", "a\n", true), (#"a\Z"#, "a\n", false), (".", "\n", false), (".", "\r", true),
    ("^x-", "x-a", true), ("^x-", "ax-", false), ("^", "", true),
    ("(?P<year_1>a)(?P=year_1)", "aa", true), (#"(a)\1b"#, "aab", true), (#"\101"#, "A", true), (#"\0"#, "\0", true),
    ("{a}", "{a}", true), ("a{,2}b", "b", true), ("a{}", "a{}", true), ("a{2}", "aa", true), ("a{,}", "", true),
    ("[[a]", "[", true), ("[]a]", "]", true), ("[^]a]", "]", false), ("[a&&b]", "&", true), ("[+--]", ",", true),
    (#"[\w-]"#, "-", true), ("]", "]", true), ("}", "}", true),
    (#"\d"#, "٣", true), (#"\w"#, "é", true), (#"\w"#, "½", true), (#"\w"#, "\u{301}", false), (#"\s"#, "\u{1c}", true),
    (#"\s"#, "\u{a0}", true), (#"^\S+$"#, "a b", false), (#"\bb\b"#, "a b c", true), (#"\v"#, "\n", false),
    ("(?i)ab", "AB", true), ("(?i:a)b", "Ab", true), ("(?u)a", "a", true), ("^.$", "😀", true),
    (#"\u00e9"#, "é", true), (#"\x41"#, "A", true), (#"\U0001F600"#, "😀", true), ("(?#note)a", "a", true), ("a(?=b)", "ab", true),
  ])
  func searching(pattern: String, text: String, expected: Bool) throws {
    #expect(try PythonPattern(pattern).matches(text) == expected)
  }

  @Test(arguments: [
    "(", ")", "[", "*", #"\"#, #"\p{L}"#, #"\h"#, #"\z"#, #"\1"#, #"(?P=a)"#, "(?<n>a)", #"\x4"#, "(?P<>a)", "(?k)", "[b-a]",
  ])
  func refused(pattern: String) {
    #expect(throws: PatternError.self) { try PythonPattern(pattern) }
  }
}
