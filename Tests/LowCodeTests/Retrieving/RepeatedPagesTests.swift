import JSON
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct RepeatedPagesTests {
  private static let variable = "AIRBYTE_LOWCODE_REPEATED_PAGES"

  /// How a stream asks for its pages, and what the n-th request is answered, from 1.
  struct API: Sendable, CustomTestStringConvertible {
    var name: String
    var pagination = byToken
    /// Further properties of the selector.
    var selector = ""
    var decoder = #""decoder": {"type": "JsonDecoder"}"#
    var page: @Sendable (Int) -> String
    var testDescription: String { name }
  }

  static let byToken = paginator(#"{"type": "CursorPagination", "cursor_value": "{{ response.next }}"}"#, parameter)
  static let byAddress = paginator(
    #"{"type": "CursorPagination", "cursor_value": "{{ response.next }}"}"#, #"{"type": "RequestPath"}"#)
  static let byNumber = paginator(#"{"type": "PageIncrement", "page_size": 2}"#, parameter)
  static let byOffset = paginator(#"{"type": "OffsetIncrement", "page_size": 2}"#, parameter)
  private static let parameter = #"{"type": "RequestOption", "inject_into": "request_parameter", "field_name": "after"}"#
  private static func paginator(_ strategy: String, _ option: String) -> String {
    #"{"type": "DefaultPaginator", "page_token_option": \#(option), "pagination_strategy": \#(strategy)}"#
  }

  /// A page of records with these texts for ids; the last one has no `next`.
  static func page(_ ids: [String], next: String?) -> String {
    let items = ids.map { #"{"id": "\#($0)", "keep": \#($0.hasPrefix("k"))}"# }.joined(separator: ", ")
    return #"{"items": [\#(items)], "next": \#(next.map { "\"\($0)\"" } ?? "null")}"#
  }

  private static let scroll = "https://api.test/scroll/abc"
  private static let dropping =
    #""record_filter": {"type": "RecordFilter", "condition": "{{ record['keep'] }}"}, "#

  /// Pages that come to an end after `count` requests, and how many records they have.
  static let healthy: [(api: API, count: Int, records: Int)] = [
    (API(name: "a scroll") { page(["\($0)"], next: $0 < 9 ? "abc" : nil) }, 9, 9),
    (API(name: "a scroll by address", pagination: byAddress) { page(["\($0)"], next: $0 < 9 ? scroll : nil) }, 9, 9),
    (
      API(name: "records that a filter drops", selector: dropping) {
        page([$0 < 150 ? "\($0)" : "k"], next: $0 < 151 ? "abc" : nil)
      }, 151, 2
    ),
    (
      API(name: "records that a filter drops, by address", pagination: byAddress, selector: dropping) {
        page([$0 < 150 ? "\($0)" : "k"], next: $0 < 151 ? scroll : nil)
      }, 151, 2
    ),
    (API(name: "a queue of equal messages") { page(["same"], next: $0 < 60 ? "abc" : nil) }, 60, 60),
    (
      API(name: "a queue of equal messages, by address", pagination: byAddress) { page(["same"], next: $0 < 60 ? scroll : nil) },
      60, 60
    ),
    (
      API(name: "a queue of few different messages") {
        page([$0.nonzeroBitCount.isMultiple(of: 2) ? "a" : "b"], next: $0 < 600 ? "abc" : nil)
      },
      600, 600
    ),
    (API(name: "a long poll") { page($0 % 600 == 0 ? ["\($0)"] : [], next: $0 < 1_200 ? "abc" : nil) }, 1_200, 2),
    (API(name: "a token that comes back") { page(["\($0)"], next: $0 < 500 ? ["a", "b", "c"][$0 % 3] : nil) }, 500, 500),
    (
      API(name: "numbered pages that begin alike", pagination: byNumber) {
        page(["same", "\($0)"], next: nil).ending($0, at: 300)
      }, 300, 598
    ),
    (
      API(name: "numbered pages, some alike", pagination: byNumber) {
        page(["\($0 / 60)", "same"], next: nil).ending($0, at: 300)
      }, 300, 598
    ),
    (
      API(
        name: "packed pages", pagination: byNumber,
        decoder: #""decoder": {"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#
      ) { page(["same", "\($0)"], next: nil).ending($0, at: 300) }, 300, 598
    ),
  ]

  @Test(arguments: healthy)
  func pagesThatEndAreReadToTheirEnd(_ api: API, _ count: Int, _ records: Int) async throws {
    let outcome = try await Self.read(api, upTo: count)
    #expect(outcome.error == nil)
    #expect(outcome.requests == count)
    #expect(outcome.records == records)
  }

  /// Pages without an end, and after how many requests at most they are given up.
  static let endless: [(api: API, most: Int)] = [
    (API(name: "a token that leads to itself") { page(["\(min($0, 2))"], next: "abc") }, 110),
    (API(name: "an address that leads to itself", pagination: byAddress) { page(["\(min($0, 2))"], next: scroll) }, 110),
    (API(name: "the same after many others") { page(["\(min($0, 90))"], next: "\(min($0, 90))") }, 400),
    (API(name: "a cycle of two") { page(["\($0 % 2)"], next: "t\($0 % 2)") }, 120),
    (API(name: "a cycle of three addresses", pagination: byAddress) { page(["\($0 % 3)"], next: "\(scroll)\($0 % 3)") }, 120),
    (API(name: "a cycle of fifty behind seven") { page(["\($0 < 7 ? -$0 : $0 % 50)"], next: "t\($0 < 7 ? -$0 : $0 % 50)") }, 500),
    (API(name: "a cycle of seven hundred") { page(["\($0 % 700)"], next: "t\($0 % 700)") }, 6_000),
    (API(name: "an envelope that changes") { page(["same"], next: "abc").replacing("}]", with: "}], \"took\": \($0)") }, 110),
    (API(name: "records that a filter drops", selector: dropping) { _ in page(["1"], next: "abc") }, 110),
    (API(name: "no records") { _ in page([], next: "abc") }, 1_100),
    (API(name: "a cycle of two without records") { page([], next: "t\($0 % 2)") }, 1_100),
    (API(name: "a number that the API passes over", pagination: byNumber) { _ in page(["1", "2"], next: nil) }, 110),
    (API(name: "an offset that the API passes over", pagination: byOffset) { _ in page(["1", "2"], next: nil) }, 110),
    (API(name: "numbers that begin anew", pagination: byNumber) { page(["\($0 % 5)", "2"], next: nil) }, 130),
    (
      API(
        name: "packed pages", pagination: byNumber,
        decoder: #""decoder": {"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#
      ) { _ in page(["1", "2"], next: nil) }, 110
    ),
  ]

  @Test(arguments: endless)
  func pagesWithoutAnEndAreGivenUp(_ api: API, _ most: Int) async throws {
    let outcome = try await Self.read(api, upTo: most)
    #expect(outcome.error?.failureType == .transient)
    #expect(outcome.error?.message.contains("do not end") == true)
    #expect(outcome.requests <= most)
  }

  @Test func theErrorSaysWhatCameAgainAndWhere() async throws {
    let outcome = try await Self.read(API(name: "") { Self.page(["\($0 % 2)"], next: "t\($0 % 2)") }, upTo: 120)
    let message = try #require(outcome.error?.message)
    for part in ["`items`", #"{"team":"red"}"#, "the same 2 pages", "101 times in a row", "`t", Self.variable] {
      #expect(message.contains(part), "\(message)")
    }
  }

  @Test(arguments: [("3", 6), ("100", 103), ("", 103)])
  func theEnvironmentMovesTheLimit(_ limit: String, _ requests: Int) async throws {
    let outcome = try await Self.read(API(name: "") { _ in Self.page(["1"], next: "abc") }, upTo: 200, limit: limit)
    #expect(outcome.requests == requests)
    #expect(outcome.error?.message.contains("do not end") == true)
  }

  @Test(arguments: ["0", "-1", "many", "1.5"])
  func aLimitThatIsNoneIsRefused(_ limit: String) throws {
    #expect(throws: ConnectorError.self) { _ = try RepeatedPages.limit([Self.variable: limit]) }
  }

  /// Reads a slice.
  private static func read(_ api: API, upTo count: Int, limit: String? = nil) async throws -> (
    records: Int, requests: Int, error: ConnectorError?
  ) {
    let world = TestWorld((1...count).map { .status(200, api.page($0)) })
    var runtime = world.runtime
    runtime.environment[Self.variable] = limit
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard).entering(StreamScope(name: "items"))
    let retriever: any Retriever = try scope.build(
      world.node(
        #"""
        {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "items"},
         "record_selector": {"type": "RecordSelector", \#(api.selector)
           "extractor": {"type": "DpathExtractor", "field_path": ["items"]}},
         "paginator": \#(api.pagination), \#(api.decoder)}
        """#))
    var records = 0
    let error = await connectorError {
      try await retriever.read(StreamSlice(partition: ["team": "red"])) { page in
        records += page.records.count
        return true
      }
    }
    return (records, world.transport.requests.count, error)
  }
}

extension String {
  /// The page, or one without records from the number `last` on.
  fileprivate func ending(_ number: Int, at last: Int) -> String { number < last ? self : RepeatedPagesTests.page([], next: nil) }
}
