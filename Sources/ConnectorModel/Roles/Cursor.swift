import AirbyteProtocol
import JSON
import PythonTime

/// Cuts a stream into slices, follows what was read of it and says its state. Shared by everything that reads the stream.
///
/// A cursor has slices and a state; the rest is for those that follow the records.
public protocol Cursor: RequestOptionsProvider {
  /// Calls `body` with each slice that is to be read, in order, as far as the reader keeps up. Called once a cursor.
  func slices(_ body: (StreamSlice) async throws -> Void) async throws
  /// The state as it is now.
  var state: JSONObject { get throws }
  /// The record's field that the cursor follows; nil where it follows none.
  var cursorField: String? { get }
  /// Whether it follows each partition by itself.
  var followsPartitions: Bool { get }
  /// Starts to follow the records of `slice`: the observer belongs to one reader.
  func observer(for slice: StreamSlice) -> any CursorObserver
  /// The slice was read wholly: the state moves on. Returns the state to be written now, if it is time for one.
  /// - Parameter observation: what the slice's observer saw.
  /// - Throws: ``ConnectorError`` where the state cannot take the slice in.
  func close(_ slice: StreamSlice, after observation: Observation) throws -> JSONObject?
  /// The stream came to its end, whether all of its slices were closed or some failed: the state that is written last.
  func finish() throws -> JSONObject
  /// The values that are new for a read of `slice`, for streams that filter on the client's side or stop a feed by them.
  /// Ask once a page rather than once a record.
  func bounds(for slice: StreamSlice) -> (any RecordBounds)?
  /// Up to when `state` says that the stream was read; nil if it does not say so in time.
  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime?
}

extension Cursor {
  public var cursorField: String? { nil }
  public var followsPartitions: Bool { false }
  public func observer(for slice: StreamSlice) -> any CursorObserver { IdleObserver() }
  public func close(_ slice: StreamSlice, after observation: Observation) throws -> JSONObject? { nil }
  public func finish() throws -> JSONObject { try state }
  public func bounds(for slice: StreamSlice) -> (any RecordBounds)? { nil }
  public func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? { nil }

  /// Whether a record of `slice` is new enough for this read, where the stream filters by its cursor.
  package func isNew(_ record: borrowing Record, in slice: StreamSlice) -> Bool { bounds(for: slice)?.admit(record) ?? true }
}

/// What was seen of the records of a slice.
public struct Observation: Sendable {
  /// The largest cursor value; nil where no record had one.
  package var greatest: CursorValue?
  /// What is kept instead of ``greatest`` where a counting cursor's records hold no numbers.
  package var unusable: JSONValue?
  /// Whether most records are older than what was asked for.
  package var isMostlyEarly: Bool

  package init(greatest: CursorValue? = nil, unusable: JSONValue? = nil, isMostlyEarly: Bool = false) {
    self.greatest = greatest
    self.unusable = unusable
    self.isMostlyEarly = isMostlyEarly
  }
}

/// Follows the records of one slice for one reader.
public protocol CursorObserver: AnyObject, Sendable {
  /// Takes a record in that is written out.
  /// - Throws: ``ConnectorError`` for a cursor value of a type that the cursor cannot have (a text that it cannot read is
  /// skipped).
  func observe(_ record: borrowing Record) throws
  /// Takes in the records of a page. As in the reference, one that cannot be taken in is the last one: those behind it are dropped.
  /// - Returns: why it cannot.
  func observe(_ page: inout Page) -> (any Error)?
  /// What was seen until now.
  func finish() -> Observation
}

extension CursorObserver {
  public func observe(_ page: inout Page) -> (any Error)? { page.truncate { record in try observe(record) } }
}

extension Page {
  /// Drops the records behind the first one that `body` does not take.
  /// - Returns: why it does not.
  package mutating func truncate(where body: (borrowing Record) throws -> Void) -> (any Error)? {
    // Out of an array's subscript a record would be copied.
    let failure = records.withUnsafeBufferPointer { records -> (place: Int, error: any Error)? in
      for place in records.indices {
        do { try body(records[place]) } catch { return (place, error) }
      }
      return nil
    }
    if let failure { records.removeSubrange((failure.place + 1)...) }
    return failure?.error
  }
}

/// The observer of a stream that has no cursor.
final class IdleObserver: CursorObserver {
  func observe(_ record: borrowing Record) {}
  func observe(_ page: inout Page) -> (any Error)? { nil }
  func finish() -> Observation { Observation() }
}

/// What is new in a slice: where a stream filters by its cursor, other records are dropped.
public protocol RecordBounds: Sendable {
  /// Whether the record is new. One whose cursor value is missing or cannot be read counts as new.
  func admit(_ record: borrowing Record) -> Bool
}
