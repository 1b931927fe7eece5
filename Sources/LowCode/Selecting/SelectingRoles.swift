import JSON

/// Finds the records in a decoded body.
package protocol RecordExtractor: Sendable {
  /// Appends the records of `body` to `records`.
  func extract(from body: JSONView, into records: inout [Record]) throws
}

/// Keeps some records and drops the others.
package protocol RecordCondition: Sendable {
  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool
}

/// Changes a record in place.
package protocol RecordTransformation: Sendable {
  func transform(_ record: inout Record, slice: StreamSlice) throws
}
