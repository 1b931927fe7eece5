import JSON

/// Sends the requests of a stream.
public protocol Requester: Sendable {
  /// - Parameters:
  ///   - path: what the paginator gives instead of the requester's own path: a path or a complete URL.
  ///   - parts: what paginator, cursor and partition router add.
  /// - Throws: ``ConnectorError`` or a ``RequestSignal``.
  func send(_ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts) async throws -> HTTPResponse
}
