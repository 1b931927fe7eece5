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

  /// Remembers the keys of a page; 0 stands for one that is missing.
  fileprivate func remember(_ prints: UnsafeBufferPointer<UInt64>, missing: Int, shown: (Int) -> String) {
    keys.withLock { keys in
      keys.missing += missing
      var (duplicates, examples) = (0, keys.examples)
      keys.known.insert(prints) { place in
        duplicates += 1
        if examples.count < Self.shownExamples { examples.append(shown(place)) }
      }
      keys.duplicates += duplicates
      keys.examples = examples
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
///
/// It looks at records through a pointer to where they are, so that none of them is copied.
private final class SliceTally: SliceInspector {
  private struct State {
    var order: CursorOrder?
    /// The numbers of the records' keys; 0 for a record that lacks a part of its key.
    var prints: [UInt64] = []
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
      guard let first = records.baseAddress else { return }
      lane.fields.withLock { tally in
        for place in 0..<records.count { Self.count(first + place, in: &tally) }
      }
      state.withLock { state in
        state.order?.look(at: records)
        if !stream.keyFields.isEmpty { rememberKeys(of: records, &state.prints) }
      }
    }
  }

  @inline(__always)
  private static func count(_ record: UnsafePointer<Record>, in tally: inout FieldTally) {
    if let place = Record.untouchedPlace(of: record) { tally.add(place) } else { countChanged(record, in: &tally) }
  }

  @inline(never)
  private static func countChanged(_ record: UnsafePointer<Record>, in tally: inout FieldTally) {
    if let view = record.pointee.view {
      tally.add(view, patches: record.pointee.patches)
    } else {
      tally.add(.object(record.pointee.object))
    }
  }

  private func rememberKeys(of records: UnsafeBufferPointer<Record>, _ prints: inout [UInt64]) {
    guard let first = records.baseAddress else { return }
    prints.removeAll(keepingCapacity: true)
    prints.reserveCapacity(records.count)
    var missing = 0
    stream.keyFields.withUnsafeBufferPointer { fields in
      for place in 0..<records.count {
        let print = Self.print(of: first + place, by: fields)
        prints.append(print)
        if print == 0 { missing += 1 }
      }
    }
    prints.withUnsafeBufferPointer { stream.remember($0, missing: missing) { key(of: records[$0]) } }
  }

  /// The number of a record's key; 0 if a part of it is missing.
  @inline(__always)
  private static func print(of record: UnsafePointer<Record>, by fields: UnsafeBufferPointer<JSONKey>) -> UInt64 {
    guard let object = Record.untouchedPlace(of: record) else { return printOfChanged(record, by: fields) }
    var print = Fingerprint()
    for place in fields.indices where !print.add(fields[place], of: object) { return 0 }
    return max(1, print.value)
  }

  @inline(never)
  private static func printOfChanged(_ record: UnsafePointer<Record>, by fields: UnsafeBufferPointer<JSONKey>) -> UInt64 {
    var print = Fingerprint()
    for key in fields {
      guard let field = record.pointee[key], !field.isNull else { return 0 }
      if case .view(let view) = field { print.add(view) } else { print.add(field.value) }
    }
    return max(1, print.value)
  }

  private func key(of record: borrowing Record) -> String {
    var parts: [String] = []
    for key in stream.keyFields { parts.append("\(key.string)=\((record[key]?.value ?? .null).jsonText)") }
    return parts.joined(separator: ", ")
  }

  func end() { stream.giveBack(lane, state.withLock { $0.order?.findings }) }
}
