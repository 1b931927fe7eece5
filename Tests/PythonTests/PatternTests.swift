import Foundation
import Testing

@testable import Python

/// The expectations are answers of Python's `re`.
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
    (#"\ud800"#, "a", false), (#"[\ud800]"#, "a", false), (#"[^\ud800]"#, "a", true), (#"[\ud7ff-\ue000]"#, "\u{e000}", true),
    (#"\N{EM DASH}"#, "—", true), ("(?(1)a|b)(x)?", "b", true), ("", "", true), ("(?x) a b # c", "ab", true),
  ])
  func searching(pattern: String, text: String, expected: Bool) throws {
    let pattern = try PythonPattern(pattern)
    #expect(try pattern.isFound(in: text) == expected)
  }

  @Test(arguments: [
    "(", ")", "[", "*", #"\"#, #"\p{L}"#, #"\h"#, #"\z"#, #"\1"#, #"(?P=a)"#, "(?<n>a)", #"\x4"#, "(?P<>a)", "(?k)", "[b-a]",
    "a**",
    "(?<=a+)", #"(\1)"#, "a(?i)", "(?P<a>x)(?P<a>y)", "(?(2)a)", #"\N{NO SUCH NAME}"#, "(?L)a", "(*UTF)a", "x{2,1}", #"\8"#, "(?",
    "(?#",
    String(repeating: "(", count: 100_000), String(repeating: "(?:", count: 500) + String(repeating: ")", count: 500), "a{70000}",
    "(?:(?:(?:a{1000}){1000}){1000}){1000}",
  ])
  func refused(pattern: String) {
    #expect(throws: PatternError.self) { try PythonPattern(pattern) }
  }

  /// Random patterns and texts with all their matches, as `Fixtures/record_patterns.py` records them. The variable `PATTERNS` may
  /// name a longer recording.
  @Test func recorded() throws {
    var wrong: [String] = []
    var count = 0
    for line in try String(contentsOf: Self.recording, encoding: .utf8).split(separator: "\n") {
      let row = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      let (pattern, ignoresCase) = (try #require(row[0] as? String), try #require(row[1] as? Bool))
      let text = try #require(row[2] as? String)
      let expected = row[3] as? [[[Int]]]
      count += 1
      let found = try (try? PythonPattern(pattern, ignoreCase: ignoresCase)).map { try $0.spans(in: text) }
      if found != expected { wrong.append("\(line) gives \(found.map { "\($0)" } ?? "an error")") }
    }
    #expect(count >= 3_000)
    #expect(wrong.isEmpty, "\(wrong.count) of \(count) differ:\n\(wrong.prefix(40).joined(separator: "\n"))")
  }

  private static var recording: URL {
    let other = ProcessInfo.processInfo.environment["PATTERNS"].map { URL(fileURLWithPath: $0) }
    return other ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/patterns.jsonl")
  }

  /// Matches that take time without end in Python are given up. What each pattern ends in stands at the end of the text,
  /// as PCRE2 looks for it first.
  @Test(arguments: [
    ("(a+)+b", String(repeating: "a", count: 40)), ("(a|a)*b", String(repeating: "a", count: 5_000)),
    ("(.*)*oq", String(repeating: "y", count: 100)), ("(?:a*)*b", String(repeating: "a", count: 100_000)),
    ("x.*oq", String(repeating: "x", count: 200_000)), ("a*b", String(repeating: "a", count: 200_000)),
    ("(?>a*)b", String(repeating: "a", count: 100_000)), ("a*+b", String(repeating: "a", count: 100_000)),
    ("a{20000}b", String(repeating: "a", count: 100_000)), ("(x+x+)+y", String(repeating: "x", count: 60)),
    (#"^(\w+\s?)*$"#, String(repeating: "word", count: 30) + "!"), ("(?:(?:a?){20}){20}b", String(repeating: "a", count: 200)),
    (#"(\w*\w*\w*\w*\w*)z"#, String(repeating: "a", count: 400)), ("(?=(a+)+b)", String(repeating: "a", count: 40)),
    ("(?i)(a+)+b", String(repeating: "A", count: 40)), (#"(a*)\1\1b"#, String(repeating: "a", count: 6_000)),
  ])
  func givenUp(pattern: String, text: String) throws {
    let pattern = try PythonPattern(pattern)
    let text = text + "\n-b-oxyzq"
    #expect(throws: PatternLimitExceeded.self) { try pattern.isFound(in: text) }
    #expect(throws: PatternLimitExceeded.self) { try pattern.spans(in: text) }
  }

  /// Long texts are no reason to give up where each place of them takes few steps.
  @Test(arguments: [
    (#"\d+"#, "ab12 "), ("[a-z]+@[a-z]+", "someone@somewhere "), (#"(?i)\bABC\b"#, "abc "), ("^.*$", "x\n"), ("a|b|c", "abc"),
  ])
  func longTexts(pattern: String, part: String) throws {
    let text = String(repeating: part, count: 100_000)
    let pattern = try PythonPattern("(?m)" + pattern)
    #expect(try pattern.spans(in: text).count >= 100_000)
  }

  @Test(arguments: [
    ("x*", "-", "abxd", "-a-b--d-"), ("(a)(b)?", #"[\2\1]"#, "abac", "[ba][a]c"), ("(?P<n>a)", #"\g<n>\g<1>\g<0>"#, "a", "aaa"),
    ("a", #"\n\t\\\."#, "a", "\n\t\\\\."), ("^ab", "c", "abab", "cab"), ("é", "e", "né", "ne"), ("a", #"\101\0"#, "a", "A\0"),
  ])
  func replacing(pattern: String, replacement: String, text: String, expected: String) throws {
    let pattern = try PythonPattern(pattern)
    let template = try PatternReplacement(replacement, for: pattern)
    #expect(try pattern.replacing(with: template, in: text) { _ in } == expected)
  }

  @Test(arguments: [
    (#"\2"#, false), (#"\g<x>"#, true), (#"\g<"#, false), (#"\g<>"#, false), (#"\q"#, false), ("\\", false), (#"\777"#, false),
  ])
  func refusedReplacements(replacement: String, isUnknownGroup: Bool) throws {
    let pattern = try PythonPattern("(a)")
    let error = #expect(throws: PatternError.self) { try PatternReplacement(replacement, for: pattern) }
    #expect(error?.isUnknownGroup == isUnknownGroup)
  }

  @Test func sharedByTasks() async throws {
    let pattern = try PythonPattern(#"(\w+)-(\d+)"#)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<64 {
        group.addTask { (0..<200).allSatisfy { (try? pattern.firstMatch(in: "a\(task)-\($0)")?.group(2)) == "\($0)" } }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}

extension PythonPattern {
  /// All matches with their groups, in code points.
  fileprivate func spans(in text: String) throws -> [[[Int]]] {
    var points = [Int: Int](minimumCapacity: text.utf8.count)
    var (byte, point) = (0, 0)
    for scalar in text.unicodeScalars {
      points[byte] = point
      byte += UTF8.width(scalar)
      point += 1
    }
    points[byte] = point
    return try matches(in: text).map { match in
      match.ranges.map { range in range.map { [points[$0.lowerBound] ?? -1, points[$0.upperBound] ?? -1] } ?? [] }
    }
  }
}
