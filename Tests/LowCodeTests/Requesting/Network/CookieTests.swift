import Testing

@testable import ConnectorModel
@testable import HTTP

/// Which cookies are kept, and where they go (RFC 6265).
@Suite struct CookieTests {
  private static let now: Int64 = 1_740_830_400_000_000  // 2025-03-01T12:00:00Z

  private func header(_ set: [String], from url: String = "https://api.example.com/v1/items", to next: String) -> String? {
    let jar = CookieJar { Self.now }
    for header in set { jar.keep(HTTPHeaders([("Set-Cookie", header)]), from: url) }
    return jar.header(for: next)
  }

  @Test(
    "Where a cookie goes",
    arguments: [
      ("a=1", "https://api.example.com/v1/x", "a=1"), ("a=1", "https://api.example.com/v1", "a=1"),
      ("a=1", "https://api.example.com/v2", nil), ("a=1; Path=/", "https://api.example.com/v2", "a=1"),
      ("a=1; Path=/v", "https://api.example.com/v1", nil), ("a=1; Path=/v1/", "https://api.example.com/v1/y", "a=1"),
      ("a=1; Path=/", "https://example.com/", nil), ("a=1; Path=/", "https://other.example.com/", nil),
      ("a=1; Path=/; Domain=example.com", "https://other.example.com/", "a=1"),
      ("a=1; Path=/; Domain=.Example.com", "https://example.com/", "a=1"),
      ("a=1; Path=/; Domain=example.com", "https://badexample.com/", nil),
      ("a=1; Path=/; Domain=other.com", "https://other.com/", nil), ("a=1; Path=/; Domain=com", "https://api.example.com/", nil),
      ("a=1; Path=/; Domain=api.example.com", "https://api.example.com/", "a=1"),
      ("a=1; Path=/", "http://api.example.com/", "a=1"), ("a=1; Path=/; Secure", "http://api.example.com/", nil),
      ("a=1; Path=/; Secure", "https://api.example.com/", "a=1"), ("a=1; Path=/", "https://API.example.com:8443/", "a=1"),
      ("a", "https://api.example.com/v1/x", nil), ("=1", "https://api.example.com/v1/x", nil),
      ("a=b=c; Path=/", "https://api.example.com/", "a=b=c"), ("a=; Path=/", "https://api.example.com/", "a="),
      ("a=\"b c\"; Path=/", "https://api.example.com/", "a=\"b c\""),
    ] as [(String, String, String?)])
  func places(set: String, next: String, expected: String?) { #expect(header([set], to: next) == expected) }

  @Test(
    "How long a cookie lasts",
    arguments: [
      (["a=1; Path=/; Max-Age=60"], "a=1"), (["a=1; Path=/; Max-Age=0"], nil), (["a=1; Path=/; Max-Age=-1"], nil),
      (["a=1; Path=/; Max-Age=x"], "a=1"), (["a=1; Path=/; Max-Age=99999999999999999999"], "a=1"),
      (["a=1; Path=/; Expires=Sat, 01 Mar 2025 11:59:59 GMT"], nil),
      (["a=1; Path=/; Expires=Sat, 01-Mar-2025 12:00:01 GMT"], "a=1"),
      (["a=1; Path=/; Max-Age=60; Expires=Sat, 01 Mar 2025 11:59:59 GMT"], "a=1"),
      (["a=1; Path=/", "a=2; Path=/"], "a=2"), (["a=1; Path=/", "a=2; Path=/; Max-Age=0"], nil),
      (["a=1; Path=/", "b=2; Path=/v1", "c=3; Path=/"], "b=2; a=1; c=3"),
    ] as [([String], String?)])
  func spans(set: [String], expected: String?) { #expect(header(set, to: "https://api.example.com/v1/x") == expected) }

  @Test(
    "Cookies that are joined by commas are told apart",
    arguments: [
      ("a=1", ["a=1"]), ("a=1, b=2", ["a=1", "b=2"]), ("a=1,b=2", ["a=1", "b=2"]),
      ("a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2; Path=/", ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2; Path=/"]),
      ("a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/", ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/"]),
      ("a=x, y", ["a=x, y"]), ("", [""]), ("a=1,", ["a=1,"]),
    ])
  func joined(header: String, expected: [String]) { #expect(Cookie.texts(of: header).map { String($0) } == expected) }

  @Test func thereIsAnEndToWhatIsKept() {
    let jar = CookieJar { Self.now }
    for number in 0..<1_100 { jar.keep(HTTPHeaders([("Set-Cookie", "c\(number)=1; Path=/")]), from: "https://a.test/") }
    let names = jar.header(for: "https://a.test/")?.split(separator: "; ") ?? []
    #expect(names.count == 1_000)
    #expect(names.first == "c100=1")
    jar.keep(HTTPHeaders([("Set-Cookie", "long=" + String(repeating: "x", count: 10_000))]), from: "https://b.test/")
    #expect(jar.header(for: "https://b.test/") == nil)
  }
}
