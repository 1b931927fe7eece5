import JSON
import Jinja

/// The token of a page: what the strategy returned, injected into the next request.
public struct PageToken: Sendable {
  package var value: Value
  /// The URL of the page that the API named the next one in, where the token is a link of the API's.
  public var page: String?

  package init(_ value: Value, in page: String? = nil) {
    self.value = value
    self.page = page
  }

  /// A token of a strategy's own: a number, a text, or an object whose members templates read.
  public init(json value: JSONValue) { self.init(Value(value)) }

  /// The token as JSON.
  public var json: JSONValue {
    do { return try value.json() } catch { return .string(value.pythonString) }
  }
}

/// What a pagination strategy sees of the page that was just read.
public struct PageResult: Sendable {
  /// The response.
  public var response: HTTPResponse
  /// The first value of the decoded body.
  public var body: JSONView?
  /// The records that were emitted.
  public var recordCount: Int
  /// The records that the API sent, before a filter dropped any.
  public var extractedCount: Int
  /// The last record that was emitted; nil if there was none.
  public var lastRecord: Record?
  /// The slice that the page belongs to.
  public var slice: StreamSlice
  /// Whether no other page of the slice was read before.
  public var isFirst = false
  /// The page size that was asked for instead of the strategy's own, after a reduction.
  public var requestedPageSize: Int?

  package init(
    response: HTTPResponse, body: JSONView? = nil, recordCount: Int, extractedCount: Int, lastRecord: Record? = nil,
    slice: StreamSlice, isFirst: Bool = false, requestedPageSize: Int? = nil
  ) {
    self.response = response
    self.body = body
    self.recordCount = recordCount
    self.extractedCount = extractedCount
    self.lastRecord = lastRecord
    self.slice = slice
    self.isFirst = isFirst
    self.requestedPageSize = requestedPageSize
  }
}

/// Decides on the token of the next page.
public protocol PaginationStrategy: Sendable {
  /// The token of the first request, where one is sent. Asked once for each slice, and once more where paging starts over.
  var initialToken: PageToken? { get async throws }
  /// Whether the tokens are counted on this side, so that they differ whatever the API sends.
  var tokensAreCounted: Bool { get }
  /// Whether ``nextToken(after:lastToken:)`` reads ``PageResult/body``: where it does not, a body that an extractor reads by itself is
  /// not decoded a second time.
  var looksAtBody: Bool { get }
  /// Whether there is a page size, where that is known while the stream is built; nil if ``pageSize()`` has to be asked.
  /// - Throws: ``ConnectorError`` as ``pageSize()``.
  var hasPageSize: Bool? { get throws }
  /// The number of records to ask for.
  /// - Throws: ``ConnectorError`` if the manifest's template for it gives no integer.
  func pageSize() async throws -> Int?
  /// The next page's token, or nil if the page was the last. `lastToken` is the token that the page was asked for with.
  func nextToken(after page: PageResult, lastToken: PageToken?) async throws -> PageToken?
}

extension PaginationStrategy {
  public var initialToken: PageToken? { nil }
  public var hasPageSize: Bool? { nil }
  public func pageSize() throws -> Int? { nil }
  public var tokensAreCounted: Bool { false }
  public var looksAtBody: Bool { true }
}

/// Asks for page after page.
public protocol Paginator: Sendable {
  /// The next page's token, or nil where the page was the last. `lastToken` is the token that the page was asked for with.
  func nextToken(after page: PageResult, lastToken: PageToken?) async throws -> PageToken?
  /// The token of the first request, where one is sent.
  var initialToken: PageToken? { get async throws }
  /// Whether the tokens are counted on this side, so that they differ whatever the API sends.
  var tokensAreCounted: Bool { get }
  /// Whether the next page may depend on the last record, which is kept for that: a record keeps all that it was sent with in memory.
  var looksAtLastRecord: Bool { get }
  /// Whether the next page may depend on the decoded body.
  var looksAtBody: Bool { get }
  /// The number of records to ask for.
  func pageSize() async throws -> Int?
  /// The path (or complete URL) of the next page, where the token is one.
  func path(for token: PageToken?) -> String?
  /// What is added to the request; `pageSize` replaces the strategy's own.
  func requestParts(token: PageToken?, pageSize: Int?) async throws -> RequestParts
}

extension Paginator {
  public var initialToken: PageToken? { nil }
  public var tokensAreCounted: Bool { false }
  public var looksAtLastRecord: Bool { true }
  public var looksAtBody: Bool { true }
  public func pageSize() throws -> Int? { nil }
  public func path(for token: PageToken?) -> String? { nil }
  public func requestParts(token: PageToken?, pageSize: Int?) throws -> RequestParts { RequestParts() }
}
