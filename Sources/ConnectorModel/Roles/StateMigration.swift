import JSON

/// Brings a stream's state into the shape that its cursor reads.
public protocol StateMigration: Sendable {
  /// The state in the new shape; as it was, where it has that shape already or another one altogether. Called without a state too,
  /// with an empty one, to see whether the migration fits the stream.
  /// - Parameters:
  ///   - stream: the node of the stream's `DeclarativeStream`.
  /// - Throws: ``ConnectorError`` if the migration does not fit the stream.
  func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) async throws -> JSONObject
}
