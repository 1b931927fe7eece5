import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Secrets

/// Reads a slice by requests, page after page.
package struct SimpleRetriever: Component, Retriever {
  private let requester: any Requester
  private var selector: RecordSelector
  private let paginator: any Paginator
  private let decoder: any Decoder
  private let options: any RequestOptionsProvider
  private let ignoresSliceOnLaterPages: Bool
  /// Drops a data feed's records that were read before, once pagination has seen them.
  private let feedCursor: (any Cursor)?
  private let cursor: (any Cursor)?
  private let queryProperties: QueryProperties?
  private let pageSizeReduction: PageSizeReduction?
  private let paginationReset: PaginationReset?
  private let windowSplitting: (splitting: RequestWindowSplitting, cursor: any WindowedCursor)?
  private let isLazy: Bool
  private let repetitionLimit: Limit
  private let streamName: String
  private let runtime: RuntimeEnvironment

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    decoder = try scope.build(optional: node["decoder"], as: (any Decoder).self) ?? JsonDecoder(in: scope)
    let inner = scope.entering(ExchangeScope(decoder: decoder))
    selector = try inner.build(node.required("record_selector"))
    let exchange = ExchangeScope(decoder: decoder, reception: selector.reception, keepsResponses: scope.stream.isParent)
    requester = try scope.entering(exchange).build(node.required("requester"))
    paginator = try inner.build(optional: node["paginator"], as: (any Paginator).self) ?? NoPagination()
    options = scope.reading.requestOptions
    feedCursor = scope.reading.stopCursor
    cursor = scope.reading.cursor
    ignoresSliceOnLaterPages = try node.bool("ignore_stream_slicer_parameters_on_paginated_requests", default: false)
    streamName = scope.streamName
    runtime = scope.runtime
    repetitionLimit = try RepeatedPages.limit(runtime.environment)
    isLazy = LazyReading.isWanted(by: node, in: scope)
    let properties = try QueryProperties.make(from: node["requester"], in: scope)
    // As in the reference, pages that begin in a parent's record know nothing of these.
    queryProperties = isLazy ? nil : properties
    paginationReset = isLazy ? nil : try scope.build(optional: node["pagination_reset"])
    pageSizeReduction = try PageSizeReduction.make(from: node, paginator: paginator, in: scope)
    windowSplitting = try RequestWindowSplitting.make(from: node, in: scope)
  }

  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? {
    let decoder: (any Decoder)? = if let decoder = node["decoder"] { try? scope.build(decoder) } else { JsonDecoder(in: scope) }
    return scope.entering(ExchangeScope(decoder: decoder))
  }

  /// Reads without anything that a stream adds to requests and records.
  package init(
    requester: any Requester, selector: RecordSelector, paginator: any Paginator, decoder: any Decoder, in scope: BuildScope
  ) throws {
    self.requester = requester
    self.selector = selector
    self.paginator = paginator
    self.decoder = decoder
    options = NoRequestOptions()
    ignoresSliceOnLaterPages = false
    feedCursor = nil
    cursor = nil
    queryProperties = nil
    pageSizeReduction = nil
    paginationReset = nil
    windowSplitting = nil
    isLazy = false
    streamName = scope.streamName
    runtime = scope.runtime
    repetitionLimit = try RepeatedPages.limit(runtime.environment)
  }

  package func casting(to schema: JSONObject) throws -> any Retriever {
    var retriever = self
    retriever.selector = try selector.casting(to: schema)
    return retriever
  }

  package var canReadAhead: Bool { true }

  package func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
    _ = try await read(slice, depth: 0, body)
  }

  /// How often a page is asked for again that was cut off before anything of it was read.
  private static let mostCutOffs = 4

  /// Reads a slice, or its parts where the API refuses its window.
  /// - Returns: whether `body` needs more.
  private func read(
    _ slice: StreamSlice, depth: Int, _ body: (Page) async throws -> Bool
  ) async throws -> Bool {
    do {
      return try await readPages(of: slice, body)
    } catch RequestSignal.splitRequestWindow(let reason, let failureType) {
      guard let (splitting, cursor) = windowSplitting else {
        throw ConnectorError(wrapping: RequestSignal.splitRequestWindow(reason, failureType))
      }
      let parts = try splitting.parts(of: slice, by: cursor, depth: depth, reason: reason)
      runtime.log.log(.info, "Stream \(streamName): the API refuses a request window, which is read in \(parts.count) parts.")
      for part in parts {
        guard try await read(part, depth: depth + 1, body) else { return false }
      }
      return true
    }
  }

  private func readPages(of slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws -> Bool {
    var tracker = paginationReset?.tracker(cursor) ?? PaginationTracker()
    var reducer: PageSizeReducer?
    if let pageSizeReduction {
      reducer = PageSizeReducer(pageSizeReduction, configured: try await paginator.pageSize(), streamName: streamName)
    }
    func newGuard() -> RepeatedPages {
      RepeatedPages(streamName: streamName, tokensAreCounted: paginator.tokensAreCounted, limit: repetitionLimit)
    }
    var repeated = newGuard()
    var firstPages = FirstPages(isWatching: paginator.tokensAreCounted)
    var embedded = isLazy ? LazyReading.firstPage(of: slice) : nil
    var current = slice
    var token = embedded == nil ? try await paginator.initialToken : nil
    var cutOffs = 0
    // As in the reference, counted anew where paging starts over.
    var pagesLeft = runtime.trial?.pages
    while true {
      let size = reducer?.size
      var hasEmitted = false
      do {
        if let token { repeated.begin(token) }
        func look(_ records: [Record]) {
          if token != nil { repeated.take(records) }
          firstPages.take(records)
        }
        var isMoreWanted = true
        func emit(_ records: [Record], of size: Int) async throws -> Bool {
          hasEmitted = true
          try tracker.observe(records)
          var emitted = records
          if let bounds = feedCursor?.bounds(for: slice) { emitted.removeAll { !bounds.admit($0) } }
          isMoreWanted = try await body(Page(records: emitted, size: size))
          return isMoreWanted
        }
        let read: PageResult?
        if let response = embedded {
          embedded = nil
          read = try await page(response, of: slice, look: look, emit: emit)
        } else {
          read = try await fetch(&current, of: slice, token: token, size: size, look: look, emit: emit)
        }
        runtime.events.note(.pageRead(stream: streamName))
        guard isMoreWanted else { return false }
        reducer?.pageSucceeded()
        cutOffs = 0
        if firstPages.end() { warnOfEqualFirstPages() }
        pagesLeft? -= 1
        let step = try await step(
          after: read, slice: current, size: size, token: token, isFirst: firstPages.count == 1,
          isAtLimit: tracker.hasReachedLimit, isLastWanted: pagesLeft.map { $0 < 1 } ?? false)
        if runtime.log.isDebugging { tell(read, step) }
        switch step {
        case .next(let next):
          if let token { try repeated.end(token, slice: slice) }
          token = next
        case .anew:
          try await startAnew(&tracker, slice: &current, token: &token, of: slice)
          repeated = newGuard()
          pagesLeft = runtime.trial?.pages
        case .end: return true
        }
      } catch let error as TransportError where error.kind == .truncated && !hasEmitted && cutOffs < Self.mostCutOffs {
        let seconds = 1 << cutOffs
        cutOffs += 1
        try await runtime.wait(
          Double(seconds), stream: streamName, reason: "broken transfer",
          APIAnswer.sentences("Stream \(streamName): \(error.message)", "Requesting it again in \(seconds) s."))
      } catch RequestSignal.resetPagination {
        try await startAnew(&tracker, slice: &current, token: &token, of: slice)
        repeated = newGuard()
        pagesLeft = runtime.trial?.pages
      } catch RequestSignal.reducePageSize(let reason) {
        guard let seconds = try reducer?.reduce(reason) else {
          throw ConnectorError(wrapping: RequestSignal.reducePageSize(reason))
        }
        runtime.log.log(
          .info,
          "Stream \(streamName): a page is requested again in \(PythonStrings.wait(seconds)), with \(reducer?.size.map(String.init) ?? "the same") records."
        )
        if seconds > 0 { try await runtime.sleep(seconds) }
      }
    }
  }

  /// What follows a page.
  private enum Continuation {
    case next(PageToken)
    case anew
    case end
  }

  private func step(
    after read: PageResult?, slice: StreamSlice, size: Int?, token: PageToken?, isFirst: Bool, isAtLimit: Bool,
    isLastWanted: Bool
  ) async throws -> Continuation {
    guard var result = read else { return .end }
    if isAtLimit { return .anew }
    if isLastWanted { return .end }
    result.slice = slice
    result.isFirst = isFirst
    result.requestedPageSize = size
    return try await paginator.nextToken(after: result, lastToken: token).map { .next($0) } ?? .end
  }

  private func warnOfEqualFirstPages() {
    runtime.warnings.keep(.equalFirstPages, of: streamName) {
      "its first two pages are the same, so that their records are read twice. Either the API counts pages from 1, and the pagination "
        + "strategy needs `start_from_page: 1`, or it does not know the parameter that says which page is meant."
    }
  }

  /// Says what became of a page.
  private func tell(_ read: PageResult?, _ step: Continuation) {
    let next =
      switch step {
      case .next(let token): "the next page's token is \(runtime.secrets.excerpt(of: token.value.pythonString, upTo: 500))"
      case .anew: "paging starts over"
      case .end: "there is no next page"
      }
    guard let read else { return runtime.log.debug("\(streamName): no page; \(next)", [:]) }
    let dropped = read.extractedCount - read.recordCount
    let found = "\(read.extractedCount) extracted, \(dropped) of them dropped by filter or cursor"
    runtime.log.debug(
      "\(streamName): a page of \(read.recordCount) records (\(found)); \(next)",
      ["extracted": .int(read.extractedCount), "dropped": .int(dropped), "records": .int(read.recordCount)])
  }

  private func startAnew(
    _ tracker: inout PaginationTracker, slice current: inout StreamSlice, token: inout PageToken?, of slice: StreamSlice
  ) async throws {
    current = try tracker.nextSlice(after: current, of: slice)
    token = try await paginator.initialToken
    runtime.log.log(
      .info, "Stream \(streamName): paging starts over with the slice \(JSONValue.object(current.merged).jsonText).")
  }

  // MARK: A page

  /// Asks for a page, by several requests where it has more properties than one can name.
  /// - Parameter slice: what requests are made of; records are made for the one that it came from, `original`.
  /// - Returns: what the next page depends on; nil if the API has no further page.
  private func fetch(
    _ slice: inout StreamSlice, of original: StreamSlice, token: PageToken?, size: Int?, look: ([Record]) -> Void,
    emit: ([Record], Int) async throws -> Bool
  ) async throws -> PageResult? {
    guard let queryProperties else {
      return try await page(send(slice, token: token, size: size), of: original, look: look, emit: emit)
    }
    var merged = MergedRecords()
    var (count, lastRecord) = (0, Record?.none)
    var isMoreWanted = true
    func emitCounted(_ records: [Record], of size: Int) async throws {
      guard let last = records.last else { return }
      (count, lastRecord) = (count + records.count, last)
      isMoreWanted = try await emit(records, size)
    }
    var last: PageResult?
    for chunk in try await queryProperties.chunks() {
      slice = slice.asking(for: chunk)
      last = try await page(send(slice, token: token, size: size), of: original, look: look) { parts, size in
        var whole: [Record] = []
        for part in parts {
          if let key = try queryProperties.merging?.groupKey(part) { merged.add(part, key: key) } else { whole.append(part) }
        }
        // What is not a part of another record need not wait for the other requests.
        try await emitCounted(whole, of: size)
        return isMoreWanted
      }
      guard isMoreWanted else { return last }
    }
    try await emitCounted(merged.records, of: last?.response.body.count ?? 0)
    last?.recordCount = count
    last?.lastRecord = lastRecord
    return last
  }

  private func send(_ slice: StreamSlice, token: PageToken?, size: Int?) async throws -> HTTPResponse {
    var parts = try await paginator.requestParts(token: token, pageSize: size)
    if token == nil || !ignoresSliceOnLaterPages {
      try parts.merge(await options.requestParts(for: slice, token: token))
    }
    return try await requester.send(slice, token: token, path: paginator.path(for: token), adding: parts)
  }

  /// Reads a response, and hands its records on as they come.
  private func page(
    _ response: HTTPResponse, of slice: StreamSlice, look: ([Record]) -> Void,
    emit: ([Record], Int) async throws -> Bool
  ) async throws -> PageResult? {
    guard response.isSuccess else { return nil }
    var result = PageResult(response: response, recordCount: 0, extractedCount: 0, slice: slice)
    func take(_ selection: RecordSelector.Selection, _ size: Int) async throws -> Bool {
      result.recordCount += selection.records.count
      result.extractedCount += selection.extracted
      if paginator.looksAtLastRecord, let last = selection.records.last { result.lastRecord = last }
      return try await emit(selection.records, size)
    }
    if let extractor = selector.responseExtractor {
      try await selector.select(by: extractor, response, slice: slice, look) { try await take($0, response.body.count) }
      // What came part by part is gone.
      if paginator.looksAtBody, !decoder.streams, response.content.received != nil {
        result.body = try await decoder.decode(response).first
      }
      return result
    }
    try await decoder.decode(response) { batch in
      if !decoder.streams { result.body = batch.first }
      let size = decoder.streams ? batch.heldBytes : response.body.count
      var isMoreWanted = true
      try await selector.select(batch, of: response, slice: slice, look) { selection in
        isMoreWanted = try await take(selection, size)
        return isMoreWanted
      }
      return isMoreWanted
    }
    return result
  }
}
