import JSON
import Testing

@testable import LowCode

@Suite struct RepeatedPagesTests {
  private static func paginator(_ option: String) -> String {
    #"""
    {"type": "DefaultPaginator", "page_token_option": \#(option),
     "pagination_strategy": {"type": "CursorPagination", "cursor_value": "{{ response.next }}"}}
    """#
  }
  private static let parameter = #"{"type": "RequestOption", "inject_into": "request_parameter", "field_name": "after"}"#

  /// Reads a slice from answers with the status 200.
  private static func read(_ answers: [String], token: String) async throws -> (
    records: Int, requests: Int, error: ConnectorError?
  ) {
    let world = TestWorld(answers.map { .status(200, $0) })
    var context = BuildContext(config: [:], runtime: world.runtime, registry: .standard)
    context.streamName = "items"
    let retriever: any Retriever = try context.build(
      world.node(
        #"""
        {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "items"},
         "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["items"]}},
         "paginator": \#(paginator(token))}
        """#))
    var count = 0
    let error = await connectorError {
      try await retriever.read(StreamSlice(partition: ["team": "red"]), normalizer: nil) { page in
        count += page.records.count
        return true
      }
    }
    return (count, world.transport.requests.count, error)
  }

  private static func page(_ id: Int, next: String) -> String { #"{"items": [{"id": \#(id)}], "next": "\#(next)"}"# }

  @Test func anAddressThatLeadsToItselfEndsThePartition() async throws {
    let same = Self.page(2, next: "https://api.test/items?page=2")
    let outcome = try await Self.read(
      [Self.page(1, next: "https://api.test/items?page=2"), same, same], token: #"{"type": "RequestPath"}"#)
    #expect(outcome.requests == 2)
    #expect(outcome.error?.failureType == .transient)
    for part in ["items", #"{"team":"red"}"#, "https://api.test/items?page=2"] {
      #expect(outcome.error?.message.contains(part) == true)
    }
  }

  @Test func aTokenThatBringsTheSamePageAgainEndsThePartition() async throws {
    let outcome = try await Self.read(
      [Self.page(1, next: "b"), Self.page(2, next: "b"), Self.page(2, next: "b"), Self.page(2, next: "b")], token: Self.parameter)
    #expect(outcome.requests == 3)
    #expect(outcome.error?.failureType == .transient)
    #expect(outcome.error?.message.contains("`b`") == true)
  }

  @Test func aScrollKeepsItsToken() async throws {
    let outcome = try await Self.read(
      [Self.page(1, next: "b"), Self.page(2, next: "b"), Self.page(3, next: "b"), #"{"items": [], "next": ""}"#],
      token: Self.parameter)
    #expect(outcome.error == nil)
    #expect(outcome.records == 3)
    #expect(outcome.requests == 4)
  }

  @Test func aTokenMayComeBackLater() async throws {
    let outcome = try await Self.read(
      [Self.page(1, next: "b"), Self.page(2, next: "c"), Self.page(3, next: "b"), #"{"items": []}"#], token: Self.parameter)
    #expect(outcome.error == nil)
    #expect(outcome.requests == 4)
  }
}
