import JSON

/// What an extractor found; whether it can be a record is its reader's matter.
public enum ExtractedItem: Sendable {
  /// A value of the body, where it is.
  case view(JSONView)
  /// A value that was built again.
  case value(JSONValue)
  /// Stands for an empty record that was left out, which counts as one of its page.
  case leftOut

  public var value: JSONValue? {
    switch self {
    case .view(let view): view.value
    case .value(let value): value
    case .leftOut: nil
    }
  }

  /// What was found, in words.
  package var kindName: String {
    switch value {
    case .object?: "an object"
    case .array?: "a list"
    default: "a single value"
    }
  }

  /// Python's truth of what was found.
  package var isTruthy: Bool {
    switch self {
    case .view(let view): view.isTruthy
    case .value(let value): value.isTruthy
    case .leftOut: false
    }
  }
}

/// Finds the records in a decoded body.
///
/// A type implements ``records(in:)``, or ``ofResponses`` where it wants the response itself; the other members are for extractors that
/// need not build what they find.
public protocol RecordExtractor: Sendable {
  /// The records in a body, or in one of the values of a body that has many.
  /// - Throws: ``ConnectorError`` if the body is not one that the extractor understands.
  func records(in body: JSONView) throws -> [JSONValue]
  /// Appends the records of `body` to `records`, if that only needs a look at the body.
  /// - Returns: whether it was done; otherwise use ``forEachItem(in:making:_:)``.
  func extract(from body: JSONView, into records: inout [Record]) throws -> Bool
  /// Calls `take` with whatever the extractor finds in `body`, one after the other.
  /// - Parameter place: where large values are made that the items share; nil if nothing bounds their memory.
  func forEachItem(in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void) async throws
  /// What the extractor's path leads to in a body in which it found nothing.
  func outcome(in body: JSONView) -> PathOutcome
  /// What finds the records in a response that is not decoded; nil for an extractor of decoded bodies.
  var ofResponses: (any ResponseExtractor)? { get }
  /// What reads the downloads that it is for; nil where the download's own decoder does.
  var downloadDecoder: (any Decoder)? { get }
}

extension RecordExtractor {
  /// Whatever the extractor finds in `body`.
  public func items(in body: JSONView) async throws -> [ExtractedItem] {
    var items: [ExtractedItem] = []
    try await forEachItem(in: body, making: nil) { items.append($0) }
    return items
  }

  public func records(in body: JSONView) throws -> [JSONValue] { [] }

  public func forEachItem(
    in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void
  ) async throws {
    for record in try records(in: body) { try await take(.value(record)) }
  }

  public func extract(from body: JSONView, into records: inout [Record]) throws -> Bool { false }

  public func outcome(in body: JSONView) -> PathOutcome { .exists }

  public var downloadDecoder: (any Decoder)? { nil }

  public var ofResponses: (any ResponseExtractor)? { nil }
}

/// Keeps some records and drops the others.
public protocol RecordCondition: PageWorker {
  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool
  /// The same for a value that is not an object, which cannot be a record unless it is dropped.
  func keeps(value: JSONValue, slice: StreamSlice) throws -> Bool
}

extension RecordCondition {
  public func keeps(value: JSONValue, slice: StreamSlice) throws -> Bool { true }

  /// Whether a record that belongs to no page is kept.
  package func admits(_ record: Record, slice: StreamSlice) async throws -> Bool {
    guard let pageStep else { return try keeps(record, slice: slice) }
    var records = [record]
    try await pageStep.run(&records, slice: slice)
    return !records.isEmpty
  }
}

/// Changes a record in place.
public protocol RecordTransformation: PageWorker {
  func transform(_ record: inout Record, slice: StreamSlice) throws
}

extension RecordTransformation {
  /// Changes a record that belongs to no page.
  package func change(_ record: inout Record, slice: StreamSlice) async throws {
    guard let pageStep else { return try transform(&record, slice: slice) }
    var records = [record]
    try await pageStep.run(&records, slice: slice)
    if let changed = records.first { record = changed }
  }
}
