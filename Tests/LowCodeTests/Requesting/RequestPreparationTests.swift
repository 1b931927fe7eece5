import JSON
import Testing

@testable import ConnectorModel
@testable import HTTP

@Suite struct RequestPreparationTests {
  /// The answers are those of the reference's HTTP client.
  @Test(arguments: [
    ("https://a.test", "{}", "https://a.test/"),
    ("https://a.test/x y", #"{"q": "a b"}"#, "https://a.test/x%20y?q=a+b"),
    ("https://a.test/x%20y", #"{"q": "ä&="}"#, "https://a.test/x%20y?q=%C3%A4%26%3D"),
    ("https://a.test/x%zz", #"{"q": "1"}"#, "https://a.test/x%25zz?q=1"),
    ("https://a.test/x?k=v", #"{"k": "v", "z": "1"}"#, "https://a.test/x?k=v&z=1"),
    ("https://a.test/x?k=v", #"{"k": "w"}"#, "https://a.test/x?k=v&k=w"),
    (
      "https://a.test/x", #"{"l": [1, "b", true], "n": null, "f": 1.5, "t": true}"#,
      "https://a.test/x?l=1&l=b&l=True&f=1.5&t=True"
    ),
    ("https://a.test/x?a=b#frag", #"{"c": "d"}"#, "https://a.test/x?a=b&c=d#frag"),
    (
      "https://a.test/%7Eme/[x]", #"{"updated[gte]": "2020-01-01T00:00:00+00:00"}"#,
      "https://a.test/~me/%5Bx%5D?updated%5Bgte%5D=2020-01-01T00%3A00%3A00%2B00%3A00"
    ),
    ("https://a.test/ü", "{}", "https://a.test/%C3%BC"),
    ("  https://a.test/p", #"{"e": ""}"#, "https://a.test/p?e="),
    ("https://a.test/x?e=", #"{"e": "", "q": "a/b?c"}"#, "https://a.test/x?e=&e=&q=a%2Fb%3Fc"),
    ("https://a.test/a/../b", "{}", "https://a.test/b"),
    ("https://a.test/b ", "{}", "https://a.test/b%20"),
    ("https://a.test/%2f?c=%c3%a4#%e4", "{}", "https://a.test/%2F?c=%C3%A4#%E4"),
    ("https://a.test/x?%", #"{"y": "+"}"#, "https://a.test/x?%25&y=%2B"),
    ("http://a\\@b/", "{}", "http://a/%5C@b/"),
    ("http://a?x", "{}", "http://a/?x"),
    ("http://a#f", "{}", "http://a/#f"),
    ("HTTP://A.Test:80/X", "{}", "http://a.test:80/X"),
    ("http://MÜNCHEN.example:81/ü", #"{"ö": "ß"}"#, "http://xn--mnchen-3ya.example:81/%C3%BC?%C3%B6=%C3%9F"),
  ])
  func url(url: String, parameters: String, expected: String) throws {
    let parameters = try #require(try JSONValue(parsing: parameters).object)
    #expect(try RequestPreparation.url(url, parameters: parameters) == expected)
  }

  @Test(arguments: [
    ("a.test/x", "a.test/x"), ("https:///x", "https:///x"), ("https://a.test /x", "https://a.test /x"),
    ("https://a\u{7F}.test/", "https://a\u{7F}.test/"), ("ftp://a.test/x y", "ftp://a.test/x y"), ("a.test:80/x", "a.test:80/x"),
    ("127.0.0.1:1/s", "127.0.0.1:1/s"), ("http://[::1?k=secret", "http://[::1"), ("http://u:secret@a:x/", "http://a:x/"),
    ("", ""),
    ("file:///etc/passwd", "file:///etc/passwd"), ("javascript:x", "javascript:x"),
  ])
  func anAddressThatCannotWorkIsAnErrorOfTheConfig(_ url: String, shown: String) throws {
    let error = #expect(throws: ConnectorError.self) {
      try RequestPreparation.request(method: "GET", url: url, parts: RequestParts())
    }
    #expect(error?.failureType == .config)
    #expect(error?.message.hasPrefix("The address `\(shown)` cannot be requested: it") == true)
  }

  @Test func jsonBody() throws {
    var parts = RequestParts()
    parts.bodyJSON = ["a": 1, "b": [nil, true], "c": "ü"]
    let request = try RequestPreparation.request(method: "POST", url: "https://a.test/x", parts: parts)
    #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"a": 1, "b": [null, true], "c": "\u00fc"}"#)
    #expect(request.header("content-type") == "application/json")
    #expect(request.header("accept") == "*/*")
  }

  @Test func formBody() throws {
    var parts = RequestParts()
    parts.bodyData = ["a": "1", "b": ["x", "y"], "c": nil, "d e": "f&g"]
    let request = try RequestPreparation.request(method: "POST", url: "https://a.test/x", parts: parts)
    #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == "a=1&b=x&b=y&d+e=f%26g")
    #expect(request.header("content-type") == "application/x-www-form-urlencoded")
  }

  @Test func plainBodyHasNoContentType() throws {
    var parts = RequestParts()
    parts.bodyData = "raw ü"
    let request = try RequestPreparation.request(method: "POST", url: "https://a.test/x", parts: parts)
    #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == "raw ü")
    #expect(request.header("content-type") == nil)
  }

  @Test func twoBodiesAreRefused() {
    var parts = RequestParts()
    parts.bodyData = ["a": "1"]
    parts.bodyJSON = ["a": 1]
    #expect(throws: ConnectorError.self) {
      try RequestPreparation.request(method: "POST", url: "https://a.test/x", parts: parts)
    }
  }
}
