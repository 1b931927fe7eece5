import Components
import ConnectorModel
import Engine
import JSON
import PythonTime
import Synchronization

/// What is counted of the records of one stream.
///
/// Each slice counts in a place of its own, so that tasks do not wait for each other; only keys are in one place.
final class StreamTally: StreamInspector {
  /// What one slice at a time counts in.
  final class Lane: Sendable {
    let fields = Mutex(FieldTally())
  }

  struct Keys {
    var known: KeySet
    var duplicates = 0
    var missing = 0
    /// The first keys that came again.
    var examples: [String] = []
  }

  private struct State {
    var lanes: [Lane] = []
    var free: [Lane] = []
    var cursor = CursorFindings()
  }

  static let shownExamples = 3

  let name: String
  let schema: JSONObject
  let keyFields: [JSONKey]
  let axis: CursorAxis?
  /// Whether the stream continued from a state.
  let continues: Bool
  /// Up to where an earlier read came.
  let known: CursorValue?
  private let keys: Mutex<Keys>
  private let state = Mutex(State())

  init(_ stream: DeclarativeStream, schema: JSONObject, state: JSONObject?, now: Int64, room: KeyRoom) {
    name = stream.name
    self.schema = schema
    keyFields = stream.primaryKey.map { JSONKey($0) }
    axis = CursorAxis(of: stream.cursor)
    continues = state != nil
    let moment = try? PyDateTime(epochMicroseconds: Int128(now))
    known = state.flatMap { state in moment.flatMap { stream.cursor.moment(of: state, now: $0) } }.map { .moment($0) }
    keys = Mutex(Keys(known: KeySet(in: room)))
  }

  func inspector(of slice: StreamSlice) -> any SliceInspector {
    let lane = state.withLock { state in
      if let lane = state.free.popLast() { return lane }
      let lane = Lane()
      state.lanes.append(lane)
      return lane
    }
    return SliceTally(self, lane, slice)
  }

  fileprivate func giveBack(_ lane: Lane, _ cursor: CursorFindings?) {
    state.withLock { state in
      state.free.append(lane)
      if let cursor { state.cursor.add(cursor) }
    }
  }

  /// Remembers the keys of a page.
  fileprivate func remember(_ prints: [UInt64], missing: Int, shown: (Int) -> String) {
    keys.withLock { keys in
      keys.missing += missing
      for (place, print) in prints.enumerated() where keys.known.insert(print) {
        keys.duplicates += 1
        if keys.examples.count < Self.shownExamples { keys.examples.append(shown(place)) }
      }
    }
  }

  // MARK: Result

  var fields: FieldCounts {
    let lanes = state.withLock { $0.lanes }
    return lanes.reduce(into: FieldCounts()) { sum, lane in sum.add(lane.fields.withLock { $0.fields }) }
  }

  var keyFindings: Keys { keys.withLock { $0 } }
  var cursorFindings: CursorFindings { state.withLock { $0.cursor } }
}

/// Counts the records of one slice.
private final class SliceTally: SliceInspector {
  private struct State {
    var order: CursorOrder?
    var prints: [UInt64] = []
    /// The record of each print.
    var places: [Int] = []
  }

  private let stream: StreamTally
  private let lane: StreamTally.Lane
  private let state: Mutex<State>

  init(_ stream: StreamTally, _ lane: StreamTally.Lane, _ slice: StreamSlice) {
    self.stream = stream
    self.lane = lane
    state = Mutex(State(order: stream.axis.map { CursorOrder($0, slice: slice, known: stream.known) }))
  }

  func look(at records: [Record]) {
    records.withUnsafeBufferPointer { records in
      lane.fields.withLock { tally in
        for place in records.indices {
          if let view = records[place].view {
            tally.add(view, patches: records[place].patches)
          } else {
            tally.add(.object(records[place].object))
          }
        }
      }
      state.withLock { state in
        state.order?.look(at: records)
        if !stream.keyFields.isEmpty { rememberKeys(of: records, &state) }
      }
    }
  }

  private func rememberKeys(of records: UnsafeBufferPointer<Record>, _ state: inout State) {
    state.prints.removeAll(keepingCapacity: true)
    state.places.removeAll(keepingCapacity: true)
    for place in records.indices {
      guard let print = print(of: records[place]) else { continue }
      state.prints.append(print)
      state.places.append(place)
    }
    let places = state.places
    stream.remember(state.prints, missing: records.count - places.count) { key(of: records[places[$0]]) }
  }

  /// The number of a record's key; nil if a part of it is missing.
  private func print(of record: borrowing Record) -> UInt64? {
    var print = Fingerprint()
    for key in stream.keyFields {
      if record.patches.isEmpty, let view = record.view {
        guard print.add(key, of: view) else { return nil }
        continue
      }
      guard let field = record[key], !field.isNull else { return nil }
      if case .view(let view) = field { print.add(view) } else { print.add(field.value) }
    }
    return print.value
  }

  private func key(of record: borrowing Record) -> String {
    var parts: [String] = []
    for key in stream.keyFields { parts.append("\(key.string)=\((record[key]?.value ?? .null).jsonText)") }
    return parts.joined(separator: ", ")
  }

  func end() { stream.giveBack(lane, state.withLock { $0.order?.findings }) }
}
