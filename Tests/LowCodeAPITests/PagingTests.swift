import Foundation
import LowCode
import Testing

/// How one page leads to the next, and what a cursor remembers.
@Suite struct PagingTests {
  private func page(_ json: String, link: String? = nil) throws -> WebPage {
    let headers = HTTPHeaders(link.map { [("Link", $0)] } ?? [])
    return try WebPage(HTTPResponse(status: 200, headers: headers, body: Data(json.utf8), url: "http://127.0.0.1/"))
  }

  /// The parameters and addresses that a walk through pages asks for.
  private func walk(_ paging: some Paging, _ pages: [WebPage]) throws -> [String] {
    var paging = paging
    var steps: [String] = []
    var last: WebPage?
    for page in pages + [nil] {
      guard let step = try paging.next(after: last) else { return steps + ["end"] }
      steps.append(step.address ?? step.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))
      last = page
    }
    return steps
  }

  @Test func numbersGoOnToAPageWithoutRecords() throws {
    let pages = try [page(#"{"a":[1,2]}"#), page(#"{"a":[3]}"#), page(#"{"a":[]}"#)]
    #expect(try walk(PageNumbers("page", records: ["a"]), pages) == ["page=1", "page=2", "page=3", "end"])
    #expect(try walk(PageNumbers("page", from: 0, size: 2, records: ["a"]), pages) == ["page=0", "page=1", "end"])
  }

  @Test func offsetsCountRecords() throws {
    let pages = try [page("[1,2]"), page("[3]")]
    #expect(try walk(Offsets("skip", limit: ("take", 2)), pages) == ["skip=0&take=2", "skip=2&take=2", "end"])
  }

  @Test func tokensEndWhereThereIsNone() throws {
    let pages = try [page(#"{"meta":{"next":"abc"}}"#), page(#"{"meta":{"next":7}}"#), page(#"{"meta":{"next":null}}"#)]
    #expect(try walk(NextTokens("token", at: "meta", "next"), pages) == ["", "token=abc", "token=7", "end"])
  }

  @Test func linksAreFollowed() throws {
    let links = try [
      page("[]", link: #"<http://a/1>; rel="prev", <http://a/2>; rel="next""#), page("[]", link: #"<http://a/1>; rel="prev""#),
    ]
    #expect(try walk(NextLinks(), links) == ["", "http://a/2", "end"])
    let fields = try [page(#"{"next":"http://a/2"}"#), page(#"{"next":null}"#)]
    #expect(try walk(NextLinks(at: "next"), fields) == ["", "http://a/2", "end"])
  }

  @Test func whatIsNoJSONIsAnError() throws {
    let error = #expect(throws: ConnectorError.self) { _ = try self.page("<html>") }
    #expect(error?.message.hasPrefix("The answer of http://127.0.0.1/ is not JSON") == true)
  }

  @Test func theHighestValueIsRemembered() throws {
    var cursor = HighestValue(of: "at", from: ["at": "2024-01-02"])
    let records: [JSONObject] = [
      ["at": "2024-01-01"], ["at": "2024-01-02"], ["at": "2024-01-04"], ["at": "2024-01-03"], ["id": 1],
    ]
    #expect(records.map { cursor.isNew($0) } == [false, true, true, true, true])
    #expect(cursor.state == ["at": "2024-01-04"])
    #expect(cursor.parameter == "2024-01-02")
    var numbers = HighestValue(of: "id", from: nil)
    #expect([9, 10].allSatisfy { numbers.isNew(["id": .int($0)]) })
    #expect(numbers.state == ["id": 10])
    #expect(numbers.parameter == nil)
    #expect(HighestValue(of: "id", from: nil).state == [:])
  }
}
