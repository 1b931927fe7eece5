import ConnectorModel
import Testing

@testable import Scaffolding

/// What people write on a command line.
@Suite struct NotationTests {
  @Test(arguments: [
    "link", "link:per_page=50", "next:links.next", "next:next,limit=10", "token:meta.next,cursor",
    "token:next,after,limit=20,more=more",
    "page:page", "page:p,first=0,per_page=50", "offset:skip,limit=100", "last:id,starting_after,limit=10,more=has_more",
  ])
  func aPaginationIsReadAndWritten(text: String) throws {
    #expect(PagingNotation.text(try PagingNotation.parse(text)) == text)
  }

  @Test func everyExampleCanBeRead() throws {
    for example in PagingNotation.examples { _ = try PagingNotation.parse(example) }
    #expect(try PagingNotation.parse("none") == nil)
    #expect(try PagingNotation.parse("page")?.strategy == .page(into: RequestPlace(.query, "page"), first: 1))
  }

  @Test(
    arguments: [
      ("pages", "it should look like one of"), ("token:next", "it should look like one of"),
      ("page:page,per_page=many", "`per_page=many` should be the parameter"), ("page:page,first=x", "`first` is the number"),
    ])
  func aWrongPaginationIsExplained(text: String, reason: String) {
    let error = #expect(throws: ConnectorError.self) { try PagingNotation.parse(text) }
    #expect(error?.message.contains("`\(text)`") == true)
    #expect(error?.message.contains(reason) == true)
    #expect(error?.failureType == .config)
  }

  @Test(arguments: [
    "updated_at", "updated_at,since", "updated_at,since,until=before", "updated_at,since,until=before,step=P1M",
    "day,from,format=%Y-%m-%d",
  ])
  func aCursorIsReadAndWritten(text: String) throws {
    #expect(CursorNotation.text(try CursorNotation.parse(text)) == text)
  }

  @Test func aCursorMayBeNoneOrWrong() throws {
    #expect(try CursorNotation.parse("none") == nil)
    #expect(throws: ConnectorError.self) { try CursorNotation.parse("updated_at,since,step=P1M") }
    for text in ["updated_at,since,what=1", ",,", "updated_at,format=%Q", "updated_at,format=plain", "format=%s"] {
      #expect(throws: ConnectorError.self, "\(text)") { try CursorNotation.parse(text) }
    }
  }

  @Test func whatCannotBeIsRefused() throws {
    for place in ["query:", "a b", "", "cookie:a;b"] {
      #expect(throws: ConnectorError.self, "\(place)") { try GivenAnswers.key(place, prefix: "") }
    }
    for path in ["a..b", "zz=a", ""] { #expect(throws: ConnectorError.self, "\(path)") { try GivenAnswers.path(path) } }
    for key in ["", "id,"] { #expect(throws: ConnectorError.self, "\(key)") { try GivenAnswers.fields(key) } }
    #expect(try GivenAnswers.path(".") == [])
    #expect(ConnectorNames(String(repeating: "x", count: 300)).source.count < 120)
  }

  @Test(
    arguments: [
      ("/authors", "authors", "GET", "/authors"), ("v1/order-items", "order_items", "GET", "/v1/order-items"),
      ("POST /search", "search", "POST", "/search"), ("writers=GET /v1/authors", "writers", "GET", "/v1/authors"),
      ("/authors/{author_id}/books", "books", "GET", "/authors/{author_id}/books"),
      ("/v2/list.json", "list", "GET", "/v2/list.json"),
      ("/orders/search", "orders", "GET", "/orders/search"), ("/rest/api/3/fields", "fields", "GET", "/rest/api/3/fields"),
    ])
  func anEndpointHasNameMethodAndPath(text: String, name: String, method: String, path: String) throws {
    let endpoint = try EndpointNotation(text)
    #expect(endpoint.name == name)
    #expect(endpoint.method == method)
    #expect(endpoint.path == path)
  }

  @Test func theQueryOfAnEndpointIsSent() throws {
    let endpoint = try EndpointNotation("/orders?state=all&tag=a%20b")
    #expect(endpoint.path == "/orders")
    #expect(
      endpoint.parameters == [
        RequestParameter(RequestPlace(.query, "state"), .literal("all")),
        RequestParameter(RequestPlace(.query, "tag"), .literal("a b")),
      ])
  }

  @Test(
    arguments: [
      ("", "has no path"), ("DELETE /authors", "GET or POST"), ("https://api.example.com/authors", "below the address"),
      ("/{id}", "needs a name"), ("GET /a b", "no blanks"),
    ])
  func aWrongEndpointIsExplained(text: String, reason: String) {
    let error = #expect(throws: ConnectorError.self) { try EndpointNotation(text) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test(
    arguments: [
      ("api.example.com/v1/", "https://api.example.com/v1"), ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
      ("https://{shop}.example.com", "https://{shop}.example.com"), ("https://API.Example.com/V1", "https://api.example.com/V1"),
      ("http://localhost", "http://localhost"),
    ])
  func anAddressIsCompleted(text: String, address: String) throws { #expect(try GivenAnswers.address(text) == address) }

  @Test(arguments: [
    "", "https://", "ftp://example.com", "https://example.com/?a=1", "https://exa mple.com", "Shop", "https://u:pw@a.example.com",
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(throws: ConnectorError.self) { try GivenAnswers.address(text) }
  }

  @Test(
    arguments: [
      ("Book shop", "Book shop", "source-book-shop", "SourceBookShop"),
      ("bookshop", "Bookshop", "source-bookshop", "SourceBookshop"),
      ("source-book-shop", "Book shop", "source-book-shop", "SourceBookShop"),
      ("GitHub", "GitHub", "source-git-hub", "SourceGitHub"),
      ("Café №1", "Café №1", "source-cafe-1", "SourceCafe1"), ("", "API", "source-api", "SourceApi"),
      ("日本", "日本", "source-api", "SourceApi"),
    ])
  func aNameGivesAllOthers(name: String, title: String, source: String, module: String) {
    let names = ConnectorNames(name)
    #expect(names.title == title)
    #expect(names.source == source)
    #expect(names.module == module)
  }

  @Test func theIdentifierDependsOnTheNameAlone() {
    #expect(ConnectorNames("Book shop").identifier == ConnectorNames("book-shop").identifier)
    #expect(ConnectorNames("Book shop").identifier != ConnectorNames("Bookshop").identifier)
    #expect(
      ConnectorNames("x").identifier.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
  }

  @Test(
    arguments: [
      ("https://api.example.com/v1", "example"), ("https://example.com", "example"),
      ("https://shop.api.example.co.uk", "example"),
      ("https://{shop}.example.com", "example"), ("http://127.0.0.1:8000", "API"), ("http://localhost", "localhost"),
    ])
  func anAddressNamesTheAPI(address: String, name: String) { #expect(ConnectorNames.name(ofHost: address) == name) }
}
