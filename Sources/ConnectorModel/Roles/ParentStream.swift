/// A stream whose records are the partitions of another one.
public protocol ParentStream: Sendable {
  var name: String { get }
  /// Its cursor, of which the child reads the slices and closes them.
  var cursor: any Cursor { get }
  /// The streams whose records are its own partitions.
  var parentStreams: [any ParentStream] { get }
  /// Calls `body` with the records of each page of `slice`, finished as they would be written out, in order, as far as the reader
  /// keeps up. Neither observes the records nor closes the slice.
  func read(_ slice: StreamSlice, _ body: ([Record]) async throws -> Void) async throws
}

extension ParentStream {
  public var parentStreams: [any ParentStream] { [] }
}
