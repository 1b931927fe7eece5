import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine

@Suite struct ReadAheadTests {
  /// Two pages, whose requests can be waited for.
  private final class Pages: Transport {
    private let sent = Mutex(0)
    private let second = AsyncStream.makeStream(of: Void.self)
    let failsLater: Bool

    init(failsLater: Bool = false) { self.failsLater = failsLater }

    var count: Int { sent.withLock { $0 } }

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let number = sent.withLock { sent in
        sent += 1
        return sent
      }
      if number == 2 { second.continuation.finish() }
      if number == 2, failsLater { throw TransportError(.invalidURL, "refused") }
      let next = number == 1 ? #""b""# : "null"
      let body = #"{"items": [{"id": \#(number)}], "next": \#(next)}"#
      return HTTPResponse(status: 200, headers: [], body: Data(body.utf8), url: request.url)
    }

    /// Returns as soon as the second page was asked for.
    func waitForSecond() async { for await _ in second.stream {} }
  }

  private static func retriever(_ pages: Pages) throws -> any Retriever {
    let world = TestWorld([])
    var runtime = world.runtime
    runtime.transport = pages
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard)
    return try scope.build(
      world.node(
        #"""
        {"type": "SimpleRetriever",
         "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "items",
           "error_handler": {"type": "DefaultErrorHandler", "max_retries": 0}},
         "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["items"]}},
         "paginator": {"type": "DefaultPaginator",
           "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "after"},
           "pagination_strategy": {"type": "CursorPagination", "cursor_value": "{{ response.next }}",
             "stop_condition": "{{ not response.next }}"}}}
        """#))
  }

  @Test(.timeLimit(.minutes(15))) func asksForTheNextPageWhileOneIsWorkedOn() async throws {
    let pages = Pages()
    var counts: [Int] = []
    try await PagePrefetcher(Self.retriever(pages)).read(.whole, observer: IdleObserver()) { page in
      // The first page is not done before the second one is asked for.
      if counts.isEmpty { await pages.waitForSecond() }
      counts.append(page.records.count)
    }
    #expect(counts == [1, 1])
    #expect(pages.count == 2)
  }

  @Test func asksForNothingThatMayNotBeWanted() async throws {
    let pages = Pages()
    var requests: [Int] = []
    try await Self.retriever(pages).read(.whole) { _ in
      requests.append(pages.count)
      return true
    }
    #expect(requests == [1, 2])
    let others = Pages()
    try await Self.retriever(others).read(.whole) { _ in false }
    #expect(others.count == 1)
  }

  @Test func handsOnThePageBeforeTheOneThatFails() async throws {
    let pages = Pages(failsLater: true)
    var count = 0
    let error = await connectorError {
      try await PagePrefetcher(Self.retriever(pages)).read(.whole, observer: IdleObserver()) { count += $0.records.count }
    }
    #expect(count == 1)
    #expect(error != nil)
  }

  @Test func endsWithWhatTheWorkThrows() async throws {
    struct Stop: Error {}
    let pages = Pages()
    await #expect(throws: Stop.self) {
      try await PagePrefetcher(Self.retriever(pages)).read(.whole, observer: IdleObserver()) { _ in throw Stop() }
    }
  }

  /// A slice that was given up must not count as read.
  @Test func endsWithAnErrorWhereItIsCancelled() async throws {
    let task = Task {
      try await PagePrefetcher(Self.retriever(Pages())).read(.whole, observer: IdleObserver()) { _ in
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
