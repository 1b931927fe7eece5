import AirbyteProtocol
import Foundation
import JSON
import Jinja
import Testing

@testable import Components
@testable import ConnectorModel

/// Which token follows a page.
@Suite struct PaginationStrategyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let strategy: String
    /// How many records the page has.
    var records = 2
    /// The size that the page was asked for instead of the strategy's own.
    var requestedSize: Int?
    var body = "{}"
    var headers: [(String, String)] = []
    var lastRecord: String?
    var last: Value?
    /// As Python would write it; nil where no page follows.
    let next: String?

    var testDescription: String { "\(strategy) after \(records) of \(body)" }
  }

  static let pages: [Case] = [
    Case(strategy: #""PageIncrement""#, next: "1"),
    Case(strategy: #""PageIncrement""#, last: .int(7), next: "8"),
    Case(strategy: #""PageIncrement", "start_from_page": 1"#, next: "2"),
    Case(strategy: #""PageIncrement", "page_size": 2"#, next: "1"),
    Case(strategy: #""PageIncrement", "page_size": 3"#, next: nil),
    Case(strategy: #""PageIncrement", "page_size": "{{ config['size'] }}""#, next: nil),
    Case(strategy: #""PageIncrement""#, records: 0, next: nil),
    // What was asked for does not count here, as with the reference.
    Case(strategy: #""PageIncrement", "page_size": 3"#, requestedSize: 2, next: nil),
    Case(strategy: #""OffsetIncrement""#, next: "2"),
    Case(strategy: #""OffsetIncrement""#, last: .int(40), next: "42"),
    Case(strategy: #""OffsetIncrement", "page_size": 2"#, next: "2"),
    Case(strategy: #""OffsetIncrement", "page_size": 3"#, next: nil),
    Case(strategy: #""OffsetIncrement", "page_size": 3"#, requestedSize: 2, next: "2"),
    Case(strategy: #""OffsetIncrement", "page_size": "{{ response.limit }}""#, body: #"{"limit": 2}"#, next: "2"),
    Case(strategy: #""OffsetIncrement", "page_size": "{{ response.limit }}""#, body: #"{"limit": 3}"#, next: nil),
    Case(strategy: #""OffsetIncrement""#, records: 0, next: nil),
    Case(strategy: #""CursorPagination", "cursor_value": "{{ response.next }}""#, body: #"{"next": "b"}"#, next: "b"),
    Case(strategy: #""CursorPagination", "cursor_value": "{{ response.next }}""#, next: nil),
    Case(strategy: #""CursorPagination", "cursor_value": "{{ response.next }}""#, body: #"{"next": ""}"#, next: nil),
    Case(strategy: #""CursorPagination", "cursor_value": "{{ response.next }}""#, body: #"{"next": 5}"#, next: "5"),
    Case(
      strategy: #""CursorPagination", "cursor_value": "{{ response.next }}", "stop_condition": "{{ not response.more }}""#,
      body: #"{"next": "b", "more": false}"#, next: nil),
    Case(
      strategy: #""CursorPagination", "cursor_value": "{{ headers['link']['next']['url'] }}""#,
      headers: [("Link", #"<https://api.test/items?page=2>; rel="next""#)], next: "https://api.test/items?page=2"),
    Case(strategy: #""CursorPagination", "cursor_value": "{{ last_record.id }}""#, lastRecord: #"{"id": "z"}"#, next: "z"),
    Case(
      strategy: #""CursorPagination", "page_size": 2, "cursor_value": "{{ 'more' if last_page_size == page_size else '' }}""#,
      next: "more"),
  ]

  @Test(arguments: pages) func theNextToken(_ tested: Case) async throws {
    let strategy: any PaginationStrategy = try TestWorld([]).build("{\"type\": \(tested.strategy)}", config: ["size": 3])
    let response = HTTPResponse(
      status: 200, headers: HTTPHeaders(tested.headers.map { (name: $0.0, value: $0.1) }), body: Data(tested.body.utf8),
      url: "https://api.test/items")
    let page = PageResult(
      response: response, body: response.json, recordCount: tested.records, extractedCount: tested.records,
      lastRecord: try tested.lastRecord.map { Record(try JSONDocument(parsing: $0).root) }, slice: .whole,
      requestedPageSize: tested.requestedSize)
    #expect(
      try await strategy.nextToken(after: page, lastToken: tested.last.map { PageToken($0) })?.value.pythonString == tested.next)
  }

  @Test(
    arguments: [
      (#""PageIncrement", "start_from_page": 3"#, nil),
      (#""PageIncrement", "start_from_page": 3, "inject_on_first_request": true"#, "3"),
      (#""OffsetIncrement""#, nil), (#""OffsetIncrement", "inject_on_first_request": true"#, "0"),
      (#""CursorPagination", "cursor_value": "x""#, nil),
    ] as [(String, String?)])
  func theFirstToken(strategy: String, token: String?) async throws {
    let strategy: any PaginationStrategy = try TestWorld([]).build("{\"type\": \(strategy)}")
    #expect(try await strategy.initialToken?.value.pythonString == token)
  }
}
