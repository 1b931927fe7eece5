import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// Where the address of a next page leads, and what goes with it.
@Suite struct NextLinkTests {
  private static let own = #"{"type": "HttpRequester", "url_base": "https://a.test", "path": "/api/v1/items"}"#
  private static let page = "https://a.test/api/v1/items?page=1"

  private func requested(
    _ link: String, in page: String?, requester: String = own, adding parts: RequestParts = RequestParts()
  ) async throws -> String {
    let world = TestWorld([.status(200, "{}")])
    let requester: any Requester = try world.scope().build(try world.node(requester))
    _ = try await requester.send(.whole, token: PageToken(.string(link), in: page), path: link, adding: parts)
    return try #require(world.transport.requests.first?.url)
  }

  @Test(
    "A link of the API's belongs to the page that it stood in",
    arguments: [
      ("?page=2", "https://a.test/api/v1/items?page=2"), ("next/2", "https://a.test/api/v1/next/2"),
      ("items?page=2", "https://a.test/api/v1/items?page=2"), ("./2", "https://a.test/api/v1/2"),
      ("../v2/items", "https://a.test/api/v2/items"), ("/x", "https://a.test/x"), ("//b.test/x", "https://b.test/x"),
      ("#f", "https://a.test/api/v1/items?page=1#f"), ("https://b.test/y?z=1", "https://b.test/y?z=1"),
      ("?q=a b&ü=ß&p=a%2Fb%20c", "https://a.test/api/v1/items?q=a%20b&%C3%BC=%C3%9F&p=a%2Fb%20c"),
      (" /x y", "https://a.test/x%20y"), ("?a=100%", "https://a.test/api/v1/items?a=100%25"),
      ("http://münchen.example/2", "http://xn--mnchen-3ya.example/2"), ("//１２７．０．０．１/2", "https://127.0.0.1/2"),
      ("https://a.test?page=2", "https://a.test/?page=2"),
      // As the reference: what begins as the requester's own path does is relative to the base.
      ("api/v1/items?page=2", "https://a.test/api/v1/items?page=2"),
    ])
  func links(link: String, expected: String) async throws {
    #expect(try await requested(link, in: Self.page) == expected)
  }

  @Test(
    "The page may be another one than the requester's own",
    arguments: [
      ("https://a.test/search/7?page=1", "?page=2", "https://a.test/search/7?page=2"),
      ("https://a.test/api/v1/next/2", "3", "https://a.test/api/v1/next/3"),
      // Credentials are for the requester's place.
      ("https://elsewhere.test/x", "?page=2", "https://a.test/api/v1/items?page=2"),
      ("", "?page=2", "https://a.test/api/v1/items?page=2"),
    ])
  func pages(page: String, link: String, expected: String) async throws {
    #expect(try await requested(link, in: page) == expected)
  }

  @Test(
    "What the manifest puts together is relative to its base, as in the reference",
    arguments: [
      ("next/2", "https://a.test/next/2"), ("/x", "https://a.test/x"), ("?page=2", "https://a.test/api/v1/items?page=2"),
    ])
  func paths(link: String, expected: String) async throws {
    #expect(try await requested(link, in: nil) == expected)
  }

  @Test(arguments: [
    (#"{"type": "HttpRequester", "url": "https://a.test/api/items"}"#, "?page=2", "https://a.test/api/items?page=2"),
    (#"{"type": "HttpRequester", "url": "https://a.test/api/items?x=1"}"#, "?page=2", "https://a.test/api/items?page=2"),
    (
      #"{"type": "HttpRequester", "url_base": "https://a.test/api", "path": "items"}"#, "items?page=2",
      "https://a.test/api/items?page=2"
    ),
  ])
  func requesters(requester: String, link: String, expected: String) async throws {
    let page = "https://a.test/api/items"
    #expect(try await requested(link, in: page, requester: requester) == expected)
  }

  @Test(
    "Parameters that the link brings are not sent twice",
    arguments: [
      ("?page=2&limit=5", "https://a.test/api/v1/items?page=2&limit=5&q=a+b&ids=1&ids=2&token=new"),
      ("?page=2&limit=5&q=a%20b", "https://a.test/api/v1/items?page=2&limit=5&q=a%20b&ids=1&ids=2&token=new"),
      ("?page=2&q=", "https://a.test/api/v1/items?page=2&q=&limit=2&ids=1&ids=2&token=new"),
      ("?ids=1&ids=2&limit&q=x", "https://a.test/api/v1/items?ids=1&ids=2&limit&q=x&token=new"),
      ("?%69ds=3&limit=5&q=1", "https://a.test/api/v1/items?ids=3&limit=5&q=1&token=new"),
      // A renewed token counts, not that of the page before.
      ("?token=old&limit=5&q=1&ids=1", "https://a.test/api/v1/items?limit=5&q=1&ids=1&token=new"),
      ("/x#f", "https://a.test/x?limit=2&q=a+b&ids=1&ids=2&token=new#f"),
    ])
  func parameters(link: String, expected: String) async throws {
    let requester = #"""
      {"type": "HttpRequester", "url_base": "https://a.test", "path": "/api/v1/items",
       "request_parameters": {"limit": "2", "q": "a b", "ids": "{{ [1, 2] }}"},
       "authenticator": {"type": "ApiKeyAuthenticator", "api_token": "new",
         "inject_into": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "token"}}}
      """#
    let url = try await requested(link, in: Self.page, requester: requester)
    #expect(url == expected)
  }

  @Test func aReducedPageSizeCounts() async throws {
    var parts = RequestParts()
    parts.parameters = ["limit": 5, "since": "2025"]
    parts.lastingParameters = ["limit"]
    let url = try await requested("?limit=10&since=2024", in: Self.page, adding: parts)
    #expect(url == "https://a.test/api/v1/items?since=2024&limit=5")
  }

  @Test(arguments: [
    ("http://[::1", "http://[::1"), ("ftp://a.test/x", "ftp://a.test/x"), ("http://a:x/?k=v", "http://a:x/"),
    ("mailto:x", "mailto:x"),
  ])
  func aLinkThatLeadsNowhereNamesItsPage(link: String, shown: String) async {
    let error = await connectorError { _ = try await requested(link, in: Self.page) }
    #expect(error?.failureType == .system)
    #expect(error?.message.hasPrefix("`https://a.test/api/v1/items` names `\(shown)` as its next page") == true)
  }

  @Test(arguments: ["http://[::1", "a.test", "http://a:99999", "http://", "{{ config['empty'] }}", "http://a b/"])
  func anAddressThatCannotWorkNamesItsPlace(base: String) async {
    let requester = #"{"type": "HttpRequester", "url_base": "\#(base)", "path": "s"}"#
    let world = TestWorld([])
    let error = await connectorError {
      let requester: any Requester = try world.scope().build(try world.node(requester))
      _ = try await requester.send(.whole, token: nil, path: nil, adding: RequestParts())
    }
    #expect(error?.failureType == .config)
    #expect(world.sleeps.isEmpty)
    #expect(world.transport.requests.isEmpty)
  }
}
