import AirbyteProtocol
import JSON
import Jinja

/// Reads a slice by requests, page after page.
struct SimpleRetriever: Component, Retriever {
  private let requester: any Requester
  private let selector: RecordSelector
  private let paginator: any Paginator
  private let decoder: any Decoder
  private let options: any RequestOptionsProvider
  private let ignoresSliceOnLaterPages: Bool
  /// Drops a data feed's records that were read before, once pagination has seen them.
  private let feedCursor: (any Cursor)?

  init(from node: ComponentNode, in context: BuildContext) throws {
    for property in ["pagination_reset", "page_size_reduction", "request_window_splitting"] {
      if let unsupported = node[property] {
        throw ConnectorError.unsupported(property, at: unsupported)
      }
    }
    var inner = context
    decoder = try context.build(optional: node["decoder"], as: (any Decoder).self) ?? JsonDecoder(in: context)
    inner.siblings.decoder = decoder
    selector = try inner.build(node.required("record_selector"))
    var requesting = inner
    requesting.keepsResponses = context.isParentStream
    let requester: any Requester = try requesting.build(node.required("requester"))
    self.requester = requester
    inner.siblings.urlBase = requester.baseURL
    paginator = try inner.build(optional: node["paginator"], as: (any Paginator).self) ?? NoPagination()
    options = context.siblings.requestOptions
    feedCursor = context.siblings.stopCursor
    ignoresSliceOnLaterPages = try node.bool("ignore_stream_slicer_parameters_on_paginated_requests", default: false)
  }

  var normalizes: Bool { selector.normalizes }

  func read(_ slice: StreamSlice, normalizer: SchemaNormalizer?, _ body: (Page) async throws -> Bool) async throws {
    var token = paginator.initialToken
    while true {
      var parts = try paginator.requestParts(token: token, pageSize: nil)
      if token == nil || !ignoresSliceOnLaterPages { try parts.merge(options.requestParts(for: slice, token: token)) }
      let response = try await requester.send(slice, token: token, path: paginator.path(for: token), adding: parts)
      guard response.isSuccess else { return }

      let decoded = try decoder.decode(response)
      var (records, extracted) = try selector.select(decoded, slice: slice, normalizer: normalizer)
      let result = PageResult(
        response: response, body: decoded.first, recordCount: records.count, extractedCount: extracted,
        lastRecord: records.last, slice: slice)
      if let bounds = feedCursor?.bounds(for: slice) { records.removeAll { !bounds.admit($0) } }
      guard try await body(Page(records: records)) else { return }
      guard let next = try paginator.nextToken(after: result, lastToken: token) else { return }
      token = next
    }
  }
}
