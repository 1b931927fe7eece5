import ConnectorModel
import JSON

/// An API whose pages are computed from their numbers, with as little work as possible.
struct CannedPages: Transport {
  private static let recordsPerPage = 100
  let count: Int

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let query = request.url.split(separator: "?").dropFirst().first ?? "page=1"
    let number = query.split(separator: "=").last.flatMap { Int($0) } ?? 1
    var page = JSONWriter(capacity: Self.recordsPerPage * 512)
    page.write(raw: #"{"data":["#)
    for place in 0..<Self.recordsPerPage {
      if place > 0 { page.write(raw: ",") }
      Self.write(record: number * Self.recordsPerPage + place, to: &page)
    }
    page.write(raw: #"],"next":"#)
    if number < count { page.write(int: number + 1) } else { page.write(raw: "null") }
    page.write(raw: "}")
    return HTTPResponse(
      status: 200, headers: [("Content-Type", "application/json")], content: .received(ReceivedBody(page.finish())),
      url: request.url)
  }

  private static func write(record id: Int, to page: inout JSONWriter) {
    page.write(raw: #"{"id":"#)
    page.write(int: id)
    page.write(raw: #","key":"40510175845988f13f6162ed","status":"#)
    page.write(raw: id % 5 == 3 ? #""deleted""# : #""active""#)
    page.write(raw: #","created_at":"2024-05-21T20:40:40Z","updated_at":"2025-01-"#)
    page.write(int: 10 + id % 19)
    page.write(raw: "T")
    page.write(int: 10 + id % 14)
    page.write(raw: #":00:00Z","amount":"#)
    page.write(int: id % 1_000)
    page.write(raw: #".25,"quantity":"#)
    page.write(int: id % 13)
    page.write(raw: #","currency":"EUR","customer":{"id":4711,"name":"Amber Čapek","email":"x@example.com"},"#)
    page.write(raw: #""tags":["ember","Ærø"],"is_open":false,"archived_at":null,"#)
    page.write(raw: #""note":"hazel smörgås pebble quarry juniper willow basalt nutmeg timber","score":0.5}"#)
  }
}
