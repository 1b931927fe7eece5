import Testing

@testable import LowCode

@Suite struct RedirectRulesTests {
  // As `should_strip_auth` of Python's requests.
  private static let places: [(String, String, Bool)] = [
    ("https://a.example/x", "https://a.example/y", false),
    ("https://a.example/x", "https://b.example/x", true),
    ("http://a.example/x", "https://a.example/x", false),
    ("https://a.example/x", "http://a.example/x", true),
    ("http://a.example:80/x", "https://a.example:443/x", false),
    ("http://a.example:8080/x", "https://a.example/x", true),
    ("https://a.example/x", "https://a.example:443/x", false),
    ("https://a.example/x", "https://a.example:8443/x", true),
    ("https://A.example/x", "https://a.example/x", false),
    ("https://a.example/x", "https://sub.a.example/x", true),
    ("http://a.example:81/", "http://a.example:81/z", false),
  ]

  @Test(arguments: places)
  func credentialsStayWithTheirPlace(old: String, new: String, isDropped: Bool) throws {
    let request = HTTPRequest(method: "GET", url: old, headers: [("authorization", "x"), ("X-A", "b"), ("Cookie", "c=d")])
    let next = try #require(try RedirectRules.next(after: request, status: 307, location: new))
    #expect((next.header("Authorization") == nil) == isDropped)
    #expect(next.header("X-A") == "b")
    #expect(next.header("Cookie") == nil)
  }

  @Test(arguments: [
    ("/y", "https://a.example/y"), ("y", "https://a.example/p/y"), ("?q=1", "https://a.example/p/x?q=1"),
    ("../z", "https://a.example/z"),
    ("//b.example/z", "https://b.example/z"), ("https://b.example", "https://b.example"),
    ("/a b%20c", "https://a.example/a%20b%20c"),
    ("/100%", "https://a.example/100%25"), ("#f", "https://a.example/p/x?n=1#f"),
  ])
  func locations(location: String, expected: String) throws {
    let request = HTTPRequest(method: "GET", url: "https://a.example/p/x?n=1")
    #expect(try RedirectRules.next(after: request, status: 302, location: location)?.url == expected)
  }

  @Test func theFragmentIsKept() throws {
    let request = HTTPRequest(method: "GET", url: "https://a.example/p#part")
    #expect(try RedirectRules.next(after: request, status: 302, location: "/q")?.url == "https://a.example/q#part")
    #expect(try RedirectRules.next(after: request, status: 302, location: "/q#other")?.url == "https://a.example/q#other")
  }

  @Test(arguments: [200, 204, 300, 304, 305, 306, 400, 500])
  func otherStatusesLeadNowhere(status: Int) throws {
    #expect(
      try RedirectRules.next(after: HTTPRequest(method: "GET", url: "https://a.example/"), status: status, location: "/x") == nil)
  }

  @Test(arguments: [
    (301, "POST", "GET"), (301, "PUT", "PUT"), (302, "PUT", "GET"), (302, "HEAD", "HEAD"), (303, "DELETE", "GET"),
    (303, "HEAD", "HEAD"),
    (307, "POST", "POST"), (308, "DELETE", "DELETE"),
  ])
  func methods(status: Int, method: String, expected: String) throws {
    let request = HTTPRequest(method: method, url: "https://a.example/", body: [1])
    let next = try #require(try RedirectRules.next(after: request, status: status, location: "/x"))
    #expect(next.method == expected)
    #expect((next.body != nil) == (status >= 307))
  }
}
