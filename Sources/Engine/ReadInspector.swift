import Components
import ConnectorModel
import JSON

/// Looks at the records of a read while they are written.
package protocol ReadInspector: Sendable {
  /// A stream is read from here on.
  /// - Parameters:
  ///   - schema: the JSON schema of its records.
  ///   - state: what it continues from; nil if it is read from its beginning.
  func inspector(of stream: DeclarativeStream, schema: JSONObject, state: JSONObject?) -> any StreamInspector
}

/// Looks at the records of one stream. Called from several tasks.
package protocol StreamInspector: Sendable {
  /// A slice is read from here on; one task has it at a time.
  func inspector(of slice: StreamSlice) -> any SliceInspector
}

/// Looks at the records of one slice, a page after the other.
package protocol SliceInspector: AnyObject, Sendable {
  /// Takes in records that are about to be written.
  func look(at records: [Record])
  /// Nothing more of the slice comes.
  func end()
}
