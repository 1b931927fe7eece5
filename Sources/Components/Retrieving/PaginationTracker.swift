import AirbyteProtocol
import ConnectorModel
import JSON

/// Follows the records of one slice, to say where paging starts over.
struct PaginationTracker {
  private let cursor: (any WindowedCursor)?
  private var values: CursorValues?
  private let limit: Int?
  private var count = 0
  private var repetitions = 0

  /// - Parameters:
  ///   - cursor: cuts off what was read; without one paging begins at the beginning, once.
  ///   - limit: the records after which paging starts over.
  init(cursor: (any WindowedCursor)? = nil, limit: Int? = nil) {
    self.cursor = cursor
    self.limit = limit
    values = cursor.map { CursorValues($0.definition) }
  }

  mutating func observe(_ records: [Record]) throws {
    count += records.count
    if values == nil { return }
    for record in records { try values?.observe(record) }
  }

  var hasReachedLimit: Bool { limit.map { count >= $0 } ?? false }

  /// The slice to continue with after `previous`, which came from `original`.
  /// - Throws: ``ConnectorError`` if that would be the same slice over and over.
  mutating func nextSlice(after previous: StreamSlice, of original: StreamSlice) throws -> StreamSlice {
    let next: StreamSlice =
      if let cursor { values?.observation.greatest.map { cursor.slice(original, from: $0) } ?? original } else { previous }
    if next.partition == previous.partition, next.cursorSlice == previous.cursorSlice {
      repetitions += 1
      guard repetitions < (cursor == nil ? 2 : 1) else {
        throw ConnectorError(
          .system, "Paging had to start over, but the slice could not be made any smaller",
          internalMessage: "The slice \(JSONValue.object(next.merged).jsonText) was tried \(repetitions) times")
      }
    } else {
      repetitions = 0
    }
    count = 0
    return next
  }
}
