import JSON

/// The records of one page, in order.
package struct Page: Sendable {
  package var records: [Record]
  /// The size of the text that they were found in, in bytes; 0 if it is read part by part.
  var size = 0

  package init(records: [Record], size: Int = 0) {
    self.records = records
    self.size = size
  }
}

/// Reads the records of a slice.
package protocol Retriever: Sendable {
  /// The same, which casts values to the types of the stream's schema where the manifest asks for it.
  /// - Throws: where the schema cannot be applied.
  func casting(to schema: JSONObject) throws -> any Retriever
  /// Calls `body` with page after page; it returns whether the next one is needed.
  /// - Throws: ``ConnectorError``; what `body` got until then is valid.
  func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws
  /// The same if every page is needed, so that the next one can be requested while `body` works on one that `observer` accepted.
  /// - Throws: also if `observer` refuses a page.
  func readAll(
    _ slice: StreamSlice, observer: any CursorObserver, _ body: (Page) async throws -> Void
  ) async throws
}

extension Retriever {
  package func casting(to schema: JSONObject) throws -> any Retriever { self }

  package func readAll(
    _ slice: StreamSlice, observer: any CursorObserver, _ body: (Page) async throws -> Void
  ) async throws {
    try await read(slice) { page in
      var page = page
      let failure = observer.observe(&page)
      try await body(page)
      if let failure { throw failure }
      return true
    }
  }
}
