import JSON

/// Brings the values of records into the types of their stream's schema.
public protocol SchemaNormalization: Sendable {
  /// Changes a record in place, after its filters and transformations.
  /// - Parameter schema: the stream's JSON schema.
  /// - Throws: ``ConnectorError`` if the record cannot be normalised, which ends its slice.
  func normalize(_ record: inout Record, to schema: JSONObject) throws
  /// The same for the records of a page at once; nil if they are normalised one by one.
  func pageStep(to schema: JSONObject) -> (any PageStep)?
}

extension SchemaNormalization {
  public func pageStep(to schema: JSONObject) -> (any PageStep)? { nil }
}
