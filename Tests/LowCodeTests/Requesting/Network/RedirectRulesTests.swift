import Foundation
import Testing

@testable import ConnectorModel
@testable import HTTP
@testable import Secrets

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
    ("http://MÜNCHEN.example/ü", "http://xn--mnchen-3ya.example/%C3%BC"),
    // A header's bytes are read as Latin-1; servers write URLs in UTF-8.
    ("//m\u{C3}\u{BC}nchen.example/\u{C3}\u{BC}", "https://xn--mnchen-3ya.example/%C3%BC"),
    ("//１２７．０．０．１/", "https://127.0.0.1/"), ("https://u:p@b.example/", "https://b.example/"),
    ("ftp://b.example/x", "ftp://b.example/x"), ("", "https://a.example/p/x?n=1"),
  ])
  func locations(location: String, expected: String) throws {
    let request = HTTPRequest(method: "GET", url: "https://a.example/p/x?n=1")
    #expect(try RedirectRules.next(after: request, status: 302, location: location)?.url == expected)
  }

  @Test(arguments: ["http://[::1", "https://a:x/", "//a b/", "https:///x", "http://ü..com/"])
  func aRedirectToWhatIsNoAddress(location: String) {
    let request = HTTPRequest(method: "GET", url: "https://a.example/p?key=secret")
    let error = #expect(throws: TransportError.self) { try RedirectRules.next(after: request, status: 302, location: location) }
    #expect(error?.kind == .invalidRedirect)
    #expect(error?.message.hasPrefix("`https://a.example/p` redirects to `\(location)`, which cannot be requested: it") == true)
  }

  @Test(
    "Redirects without end name the circle that they end in, without what may be secret",
    arguments: [
      (["https://a.example/p?key=secret"], "https://a.example/p → https://a.example/p"),
      (
        ["https://b.example/1", "https://u:secret@b.example/2"],
        "https://b.example/1 → https://b.example/2 → https://b.example/1"
      ),
      ([], "https://a.example/p → https://a.example/0 → https://a.example/1 → … → https://a.example/29 → https://a.example/30"),
    ])
  func circles(circle: [String], way: String) throws {
    var redirects = Redirects(of: HTTPRequest(method: "GET", url: "https://a.example/p?key=secret"), secrets: NoSecrets())
    let error = #expect(throws: TransportError.self) {
      for number in 0...RedirectRules.limit {
        let location = circle.isEmpty ? "/\(number)" : circle[number % circle.count]
        let answer = HTTPResponse(status: 302, headers: [("Location", location)], body: Data(), url: "")
        _ = try redirects.next(after: answer)
      }
    }
    #expect(error?.kind == .tooManyRedirects)
    #expect(error?.message == "`https://a.example/p` redirects more than 30 times in a row: \(way)")
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
