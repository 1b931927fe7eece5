import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Synchronization

/// Writes what a source reads as the messages of a Singer tap: SCHEMA before a stream's records, RECORD for each of them, and STATE with all
/// that a later run continues from.
package final class SingerOutput: RecordOutput {
  /// The member of a state that holds what the source keeps for all of its streams together.
  package static let sharedKey = "airbyte_shared_state"

  /// What is to be known of a stream that is read.
  private struct Stream: Sendable {
    var keys: [String]
    var cursor: [String]
    var omitted: [JSONPatch]
  }

  private struct State: Sendable {
    var streams: [StreamDescriptor: Stream] = [:]
    /// What the next run continues from.
    var value: JSONObject = [:]
  }

  private let output: any LineOutput
  private let now: @Sendable () -> Int64
  private let state = Mutex(State())

  /// - Parameters:
  ///   - output: where the messages go.
  ///   - now: the time in microseconds since 1970.
  package init(_ output: any LineOutput, now: @escaping @Sendable () -> Int64) {
    self.output = output
    self.now = now
  }

  /// Says what is read, before it begins.
  /// - Parameters:
  ///   - known: the source's streams.
  ///   - earlier: the state that the run continues from.
  package func prepare(_ selections: [SingerCatalog.Selection], among known: [AirbyteStream], continuing earlier: JSONObject?) {
    let keys = Dictionary(
      known.map { (StreamDescriptor(name: $0.name, namespace: $0.namespace), $0) }, uniquingKeysWith: { first, _ in first })
    state.withLock { state in
      state.value = earlier ?? [:]
      for selection in selections {
        let descriptor = selection.stream.descriptor
        let stream = keys[descriptor]
        let cursor = selection.stream.cursorField ?? stream?.defaultCursorField
        state.streams[descriptor] = Stream(
          keys: stream.map(SingerCatalog.keys) ?? [],
          cursor: selection.stream.syncMode == .incremental && cursor?.count == 1 ? cursor ?? [] : [],
          omitted: selection.omitted.sorted().map { JSONPatch(key: JSONKey($0), change: .removed) })
      }
    }
  }

  package func begin(_ stream: StreamDescriptor, schema: JSONObject) throws {
    let known = state.withLock { $0.streams[stream] }
    var schema = schema
    if let omitted = known?.omitted, !omitted.isEmpty, let properties = schema["properties"]?.object {
      let names = Set(omitted.map(\.key.string))
      schema["properties"] = .object(properties.filter { !names.contains($0.key) })
      schema["required"] = schema["required"]?.array.map { .array($0.filter { $0.string.map { !names.contains($0) } ?? true }) }
    }
    var message: JSONObject = [
      "type": "SCHEMA", "stream": .string(SingerCatalog.identifier(of: stream)), "schema": .object(schema),
      "key_properties": .array((known?.keys ?? []).map { .string($0) }),
    ]
    if let cursor = known?.cursor, !cursor.isEmpty { message["bookmark_properties"] = .array(cursor.map { .string($0) }) }
    try write(message)
  }

  package func put(_ lines: UnsafeRawBufferPointer, of stream: StreamDescriptor) throws {
    let omitted = state.withLock { $0.streams[stream]?.omitted ?? [] }
    let name = JSONValue.string(SingerCatalog.identifier(of: stream)).jsonText
    let head = Array("{\"type\":\"RECORD\",\"stream\":\(name),\"record\":".utf8)
    let tail = Array(",\"time_extracted\":\"\(ExtractionTime.text(microseconds: now()))\"}\n".utf8)
    var messages = JSONWriter(capacity: lines.count + lines.count / 4)
    let bytes = lines.bindMemory(to: UInt8.self)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
      start = end + 1
      if line.isEmpty { continue }
      messages.write(raw: head)
      if !omitted.isEmpty, let document = try? JSONDocument(parsing: UnsafeRawBufferPointer(line)) {
        messages.write(record: document.root, patches: omitted)
      } else {
        messages.write(raw: line)
      }
      messages.write(raw: tail)
    }
    try messages.buffer.withUnsafeBytes { try output.write($0) }
  }

  package func keep(_ state: JSONObject, of stream: StreamDescriptor) throws {
    // A stream without a cursor begins anew, and so has no bookmark.
    let mark = state[SingerState.noCursor] == nil && !state.isEmpty ? state : nil
    try keep { value in
      var marks = value[SingerState.bookmarks]?.object ?? [:]
      marks[SingerCatalog.identifier(of: stream)] = mark.map { .object($0) }
      value[SingerState.bookmarks] = .object(marks)
    }
  }

  package func keep(shared state: JSONObject?) throws {
    try keep { $0[Self.sharedKey] = state.map { .object($0) } }
  }

  package func end(_ stream: StreamDescriptor, isComplete: Bool) {}

  private func keep(_ change: (inout JSONObject) -> Void) throws {
    let value = state.withLock { state in
      change(&state.value)
      return state.value
    }
    try write(["type": "STATE", "value": .object(value)])
  }

  private func write(_ message: JSONObject) throws {
    var line = JSONWriter()
    line.write(.object(message))
    line.write(raw: UInt8(ascii: "\n"))
    try line.buffer.withUnsafeBytes { try output.write($0) }
  }

  /// A state that was handed over, as ``SingerOutput`` writes it.
  package static func value(_ given: JSONObject) -> JSONObject { SingerState.unwrapped(given) }

  /// What a source continues from, out of a state that ``SingerOutput`` wrote.
  /// - Parameter streams: those that are read.
  package static func sourceState(of given: JSONObject, for streams: [ConfiguredStream]) -> SourceState {
    let value = SingerState.unwrapped(given)
    let marks = value[SingerState.bookmarks]?.object ?? [:]
    var state = SourceState()
    state.shared = value[sharedKey]?.object
    for stream in streams where stream.syncMode == .incremental {
      state.streams[stream.descriptor] = marks[SingerCatalog.identifier(of: stream.descriptor)]?.object
    }
    return state
  }
}
