import FlyingFox
import Foundation

/// Answers the requests of the bookshop's API.
///
/// - `GET /v1/authors?page=&per_page=` pages by number, from 1.
/// - `GET /v1/authors/{id}/books?updated_since=&limit=&after=` pages by a cursor, `next` in the answer.
/// - `GET /v1/orders?created_from=&created_to=&offset=&limit=` pages by offset.
struct BookshopHandler: HTTPHandler {
  let shop: Bookshop
  let token: String

  private struct Failure: Encodable { let error: String }
  private struct AuthorPage: Encodable {
    let authors: [Bookshop.Author]
    let page: Int
    let pages: Int
  }
  private struct BookPage: Encodable {
    let books: [Bookshop.Book]
    let next: String?
  }
  private struct OrderPage: Encodable {
    struct Rows: Encodable { let orders: [Bookshop.Order] }
    let data: Rows
    let total: Int
  }

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard request.headers[.authorization] == "Bearer \(token)" else {
      return try answer(401, Failure(error: "A bearer token that this shop has issued is needed."))
    }
    let path = request.path.split(separator: "/")
    guard request.method == .GET, path.first == "v1" else { return try notFound(request) }
    switch path.dropFirst() {
    case ["authors"]:
      return try authors(request.query)
    case ["orders"]:
      return try orders(request.query)
    default:
      guard path.count == 4, path[1] == "authors", path[3] == "books", let books = Int(path[2]).flatMap({ shop.books[$0] }) else {
        return try notFound(request)
      }
      return try answer(200, page(of: books, request.query))
    }
  }

  private func authors(_ query: [HTTPRequest.QueryItem]) throws -> HTTPResponse {
    let size = number(query["per_page"], 25, in: 1...100)
    let page = number(query["page"], 1, in: 1...10_000)
    let pages = (shop.authors.count + size - 1) / size
    return try answer(200, AuthorPage(authors: slice(shop.authors, from: (page - 1) * size, size), page: page, pages: pages))
  }

  private func page(of books: [Bookshop.Book], _ query: [HTTPRequest.QueryItem]) -> BookPage {
    let size = number(query["limit"], 20, in: 1...100)
    let since = query["updated_since"] ?? ""
    // Times of one form compare as text.
    let changed = books.filter { $0.updatedAt >= since }
    let start = query["after"].flatMap { after in changed.firstIndex { $0.isbn == after }.map { $0 + 1 } } ?? 0
    let found = slice(changed, from: start, size)
    return BookPage(books: found, next: start + size < changed.count ? found.last?.isbn : nil)
  }

  private func orders(_ query: [HTTPRequest.QueryItem]) throws -> HTTPResponse {
    let size = number(query["limit"], 50, in: 1...200)
    let from = query["created_from"] ?? ""
    let last = query["created_to"] ?? "~"
    let found = shop.orders.filter { $0.createdAt >= from && $0.createdAt <= last }
    let start = number(query["offset"], 0, in: 0...1_000_000)
    return try answer(200, OrderPage(data: .init(orders: slice(found, from: start, size)), total: found.count))
  }

  private func notFound(_ request: HTTPRequest) throws -> HTTPResponse {
    try answer(404, Failure(error: "There is nothing at \(request.path)."))
  }

  private func slice<Element>(_ all: [Element], from start: Int, _ size: Int) -> [Element] {
    Array(all.dropFirst(start).prefix(size))
  }

  private func number(_ text: String?, _ standard: Int, in range: ClosedRange<Int>) -> Int {
    let number = text.flatMap { Int($0) } ?? standard
    return min(max(number, range.lowerBound), range.upperBound)
  }

  private func answer(_ status: Int, _ body: some Encodable) throws -> HTTPResponse {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let phrases = [200: "OK", 401: "Unauthorized", 404: "Not Found"]
    return HTTPResponse(
      statusCode: HTTPStatusCode(status, phrase: phrases[status] ?? ""), headers: [.contentType: "application/json"],
      body: try encoder.encode(body))
  }
}
