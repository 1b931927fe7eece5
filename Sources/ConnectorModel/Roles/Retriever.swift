import JSON

/// The records of one page, in order.
public struct Page: Sendable {
  /// The records.
  public var records: [Record]
  /// The size of the text that they were found in, in bytes; 0 if it is read part by part.
  public var size = 0

  /// - Parameter size: the size of the text that they were found in, in bytes.
  public init(records: [Record], size: Int = 0) {
    self.records = records
    self.size = size
  }
}

/// Reads the records of a slice.
public protocol Retriever: Sendable {
  /// Calls `body` with page after page; it returns whether the next one is wanted.
  /// - Throws: ``ConnectorError``; what `body` got until then is good.
  func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws
  /// The same retriever, which casts values to the types of a stream's schema if the manifest wants that.
  /// - Throws: ``ConnectorError`` where nothing can be cast to the schema.
  func casting(to schema: JSONObject) throws -> any Retriever
  /// Whether the next page may be asked for while one is being worked on.
  var canReadAhead: Bool { get }
  /// The cursor of a stream that it reads.
  /// - Parameter cursor: the one that the stream's manifest says.
  func cursor(over cursor: any Cursor) -> any Cursor
}

extension Retriever {
  public func casting(to schema: JSONObject) throws -> any Retriever { self }
  public var canReadAhead: Bool { false }
  public func cursor(over cursor: any Cursor) -> any Cursor { cursor }
}
