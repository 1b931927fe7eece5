import AirbyteProtocol
import JSON
import PythonTime

/// Cuts a stream into slices, follows what was read of it and says its state. Shared by everything that reads the stream.
package protocol Cursor: RequestOptionsProvider {
  /// The record's field that the cursor follows; nil if it follows none.
  var cursorField: String? { get }
  /// Calls `body` with each slice to read, in order, as fast as the reader can follow. Called once per cursor.
  func slices(_ body: (StreamSlice) async throws -> Void) async throws
  /// Starts to follow the records of `slice`: the observer belongs to one reader and is given back when the slice was read.
  func observer(for slice: StreamSlice) -> any CursorObserver
  /// The slice was read completely: the state advances. Returns the state to be written now, if it is time for one.
  /// - Throws: ``ConnectorError`` if the slice cannot be added to the state.
  func close(_ slice: StreamSlice, observer: any CursorObserver) throws -> JSONObject?
  /// The stream ended, whether all of its slices were closed or some failed: the state that is written last.
  func finish() throws -> JSONObject
  /// The state as it is now.
  var state: JSONObject { get throws }
  /// The values that are new for a read of `slice`, for streams that filter on the client's side or stop a feed by them.
  /// Ask once a page rather than once a record.
  func bounds(for slice: StreamSlice) -> (any RecordBounds)?
  /// Up to when `state` says that the stream was read; nil if it does not say so in time.
  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime?
}

extension Cursor {
  package func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? { nil }

  /// Whether a record of `slice` is new enough for this read, where the stream filters by its cursor.
  package func isNew(_ record: borrowing Record, in slice: StreamSlice) -> Bool { bounds(for: slice)?.admit(record) ?? true }
}

/// What one reader saw of the records of one slice. It can be passed to another task, but only one uses it at a time.
package protocol CursorObserver: AnyObject, Sendable {
  /// Takes a record in that is written out.
  /// - Throws: ``ConnectorError`` for a cursor value of a type that the cursor cannot have (a text that it cannot read is
  /// skipped).
  func observe(_ record: borrowing Record) throws
  /// Takes in the records of a page. As in the reference, one that cannot be taken in is the last one: those behind it are dropped.
  /// - Returns: why it cannot.
  func observe(_ page: inout Page) -> (any Error)?
}

extension CursorObserver {
  package func observe(_ page: inout Page) -> (any Error)? {
    // Out of an array's subscript a record would be copied.
    let failure = page.records.withUnsafeBufferPointer { records -> (place: Int, error: any Error)? in
      for place in records.indices {
        do { try observe(records[place]) } catch { return (place, error) }
      }
      return nil
    }
    if let failure { page.records.removeSubrange((failure.place + 1)...) }
    return failure?.error
  }
}

/// The observer of a stream that has no cursor.
final class IdleObserver: CursorObserver {
  func observe(_ record: borrowing Record) {}
  func observe(_ page: inout Page) -> (any Error)? { nil }
}

/// What is new in a slice: where a stream filters by its cursor, other records are dropped.
package protocol RecordBounds: Sendable {
  /// Whether the record is new. One whose cursor value is missing or cannot be read counts as new.
  func admit(_ record: borrowing Record) -> Bool
}
