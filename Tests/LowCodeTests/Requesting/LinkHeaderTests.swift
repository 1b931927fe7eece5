import Foundation
import JSON
import Jinja
import Testing

@testable import ConnectorModel

@Suite struct LinkHeaderTests {
  /// The first six are as Python's requests reads them; the others by RFC 8288.
  @Test(arguments: [
    (#"<http://a/2>; rel="next""#, ["next": "http://a/2"]),
    (#"<http://a/2>; rel="next", <http://a/9>; rel="last""#, ["next": "http://a/2", "last": "http://a/9"]),
    (#"<http://a/2>; rel=next; title="x""#, ["next": "http://a/2"]),
    (#"<http://a/2>; title="x"; rel='next'"#, ["next": "http://a/2"]),
    ("<http://a/2>", ["http://a/2": "http://a/2"]),
    (#"</x?ids=1,2,3>; rel=next"#, ["next": "/x?ids=1,2,3"]),
    (#"<http://a/2>; rel="next last""#, ["next": "http://a/2", "last": "http://a/2", "next last": "http://a/2"]),
    (#"<http://a/2>; title="a, <b>; rel=x"; rel="next""#, ["next": "http://a/2"]),
    (#"<http://a/2>; title="a \"; rel=x"; rel="next""#, ["next": "http://a/2"]),
    (
      #"<http://a/;s=1,<2?x=1;y=2>; rel="next",<http://a/9>;rel="last""#,
      ["next": "http://a/;s=1,<2?x=1;y=2", "last": "http://a/9"]
    ),
    (#"<http://a/2> ; REL = "next" ; results = true"#, ["next": "http://a/2"]),
    (#"<http://a/2>; rel="next"; rel="prev""#, ["next": "http://a/2"]),
    (#"<http://a/2>; crossorigin; rel="next""#, ["next": "http://a/2"]),
    (#", <http://a/1>; rel=prev,, <http://a/2>; rel=next ,"#, ["prev": "http://a/1", "next": "http://a/2"]),
    (#"<?page=2>; rel="next""#, ["next": "?page=2"]),
    (#"<>; rel="next""#, ["next": ""]),
    (#"<http://a/Ã¼>; rel="next""#, ["next": "http://a/ü"]),
    (#"<http://a/2>; rel="next"#, ["next": "http://a/2"]),
    ("<http://a/2", ["http://a/2": "http://a/2"]),
    ("", [:]),
  ])
  func links(header: String, expected: [String: String]) {
    let response = HTTPResponse(status: 200, headers: [("Link", header)], body: Data(), url: "http://a/1")
    let links = JSONValue(response.links).object ?? [:]
    let found = links.map { ($0.key, $0.value["url"]?.string ?? "") }
    #expect(Dictionary(found) { $1 } == expected)
  }
}
