import Testing

@testable import LowCode

@Suite struct URLJoiningTests {
  /// The answers are those of the reference's requester.
  @Test(arguments: [
    ("https://a.test/api/", "x", "https://a.test/api/x"),
    ("https://a.test/api", "/x", "https://a.test/x"),
    ("https://a.test/api/", "", "https://a.test/api/"),
    ("https://a.test/api", "x/y", "https://a.test/api/x/y"),
    ("https://a.test/api", "https://b.test/z", "https://b.test/z"),
    ("https://a.test/v1", "?q=1", "https://a.test/v1/?q=1"),
    ("https://a.test/v1/", "../v2", "https://a.test/v2"),
    ("https://a.test/v1/", "./w", "https://a.test/v1/w"),
    ("https://a.test", "a//b", "https://a.test/a/b"),
    ("https://a.test/v1", "x:y", "x:y"),
    ("https://a.test/v1", "//c.test/d", "https://c.test/d"),
    ("https://a.test/v1?k=1", "x", "https://a.test/x"),
    ("https://a.test/v1", "a/b?c=d#e", "https://a.test/v1/a/b?c=d#e"),
    ("https://a.test/v1/", "#f", "https://a.test/v1/#f"),
    ("https://a.test", "../x", "https://a.test/x"),
    ("https://a.test/v1/", "x/../../../y", "https://a.test/y"),
    ("https://a.test/v1/", " x ", "https://a.test/v1/x "),
    ("https://a.test/v1\t", "\nx\r\ny", "https://a.test/v1/xy"),
  ])
  func join(base: String, path: String, expected: String) {
    #expect(URLJoining.join(base, path) == expected)
  }
}
