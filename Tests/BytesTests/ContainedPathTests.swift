import Testing

@testable import Bytes

@Suite struct ContainedPathTests {
  @Test(arguments: [
    (["items", "b.txt"], "items/b.txt"), (["items", "a/b.txt"], "items/a/b.txt"),
    (["reports/2024", "b.txt"], "reports/2024/b.txt"),
    (["items", "a/./b.txt"], "items/a/b.txt"), (["items", "a//b.txt/"], "items/a/b.txt"), (["items", "..."], "items/..."),
    (["items", "..b"], "items/..b"), (["items", "a\\b"], "items/a\\b"), (["größe", "日本.txt"], "größe/日本.txt"),
    // A slash with a mark behind it is one Character, and a slash all the same.
    (["items", "a/\u{301}b"], "items/a/\u{301}b"),
  ])
  func namesBecomePaths(parts: [String], path: String) throws {
    #expect(try ContainedPath(named: parts[0], parts[1]).description == path)
  }

  @Test(arguments: [
    "..", "../x", "a/../x", "a/../../x", "./..", "x/..", "/x", "/", "", ".", "./.", "//x", "..\\x", "a\\..\\x", "..\\",
    "../\u{301}x",
    "a/\u{301}/../../../x", "/\u{301}x", "a\u{0}b", "a\nb", "a\r\nb", "a\u{1B}[2J", "a\u{7F}", "a\u{85}b",
    String(repeating: "n", count: 256), String(repeating: "ö", count: 128),
    String(repeating: "abcdefghi/", count: 410),
  ])
  func namesThatLeadElsewhereAreRefused(name: String) {
    #expect(throws: FileError.self) { try ContainedPath(named: "items", name) }
    #expect(throws: FileError.self) { try ContainedPath(named: name, "b.txt") }
    #expect(throws: FileError.self) { try ContainedPath(named: name) }
  }

  @Test func namesMayBeAsLongAsTheSystemHasThem() throws {
    #expect(try ContainedPath(named: String(repeating: "n", count: 255)).steps.count == 1)
  }

  @Test(arguments: [
    ("schemas/a.json", "schemas/a.json"), ("./a/../b.json", "b.json"), ("a/b/../../c.json", "c.json"), ("a//./b", "a/b"),
  ])
  func referencesBecomePaths(reference: String, path: String) throws {
    #expect(try ContainedPath(referring: reference).description == path)
  }

  @Test(arguments: [
    "..", "../a", "a/../../a", "a/../../schemas/a", "/a", "", ".", "a/..", "..//../a", "../\u{301}a", "a\u{0}", "a\nb",
  ])
  func referencesThatLeadElsewhereAreRefused(reference: String) {
    #expect(throws: FileError.self) { try ContainedPath(referring: reference) }
  }
}
