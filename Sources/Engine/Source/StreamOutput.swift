import AirbyteProtocol
import ConnectorModel
import JSON
import Synchronization

/// Where a source writes the records and states of one stream. Several tasks may write to it.
///
/// Records are put together to a few hundred kilobytes before they are written. A state is written behind all records that were given
/// before it.
public final class StreamOutput: Sendable {
  /// This many bytes of lines are written at a time.
  private static let enough = 256 * 1024

  private struct State: ~Copyable {
    var lines = JSONWriter()
    /// The records as values, each with the moment at which it was read; nil for when it is written.
    var values: [(record: Record, time: Int?)] = []
    var count = 0
    /// How many records are still wanted; nil for all.
    var left: Int?
    /// Whether all of it was read; nil before its status.
    var isComplete: Bool?
    var isEnded = false
  }

  /// The stream.
  public let stream: ConfiguredStream
  private let output: SourceOutput
  private let head: [UInt8]
  private let keepsStates: Bool
  private let state: Mutex<State>

  init(_ stream: ConfiguredStream, limit: Int?, keepsStates: Bool, in output: SourceOutput) {
    self.stream = stream
    self.output = output
    self.keepsStates = keepsStates
    head = Self.head(output.writer, output.writer.named(stream.descriptor))
    state = Mutex(State(left: limit))
  }

  private static func head(_ writer: MessageWriter, _ stream: StreamDescriptor) -> [UInt8] {
    if writer.takesData { return [] }
    let namespace = stream.namespace.map { ",\"namespace\":\(JSONValue.string($0).jsonText)" } ?? ""
    let name = JSONValue.string(stream.name).jsonText
    return Array("{\"type\":\"RECORD\",\"record\":{\"stream\":\(name)\(namespace),\"data\":".utf8)
  }

  /// Whether further records are wanted: false once there are as many as were asked for.
  public var wantsMore: Bool { state.withLock { $0.left != 0 } }

  /// Writes a record.
  /// - Parameter time: when it was read, in milliseconds since 1970-01-01T00:00:00Z; nil for now.
  /// - Throws: ``Satisfied`` once enough records were written; an error that ends the read, where nothing can be written any more.
  public func record(_ data: JSONObject, emittedAt time: Int? = nil) async throws {
    guard wantsMore else { throw Satisfied() }
    let isFull = try write(time) { lines in
      lines.write(.object(data))
    } members: { _ in
    } value: {
      Record(data)
    }
    if isFull { try await output.writer.drain() }
  }

  /// Writes a record as an answer has it: its bytes are copied.
  /// - Parameter time: as for a record of values.
  /// - Throws: ``Satisfied`` once enough records were written; an error that ends the read, where nothing can be written any more.
  public func record(_ data: JSONView, emittedAt time: Int? = nil) async throws {
    guard wantsMore else { throw Satisfied() }
    try add(data, emittedAt: time)
    if output.writer.takesValues { try await output.writer.drain() }
  }

  /// As many records were written as were asked for: nothing else has to be read. Whoever began the stream ends it as usual.
  public struct Satisfied: Error {}

  /// Whether an error says that nothing more can be written.
  package static func isOver(_ error: any Error) -> Bool { error is OutputClosed }

  /// Writes records.
  public func records(_ records: some Sequence<JSONObject>) async throws {
    for data in records { try await record(data) }
  }

  /// Writes a record as it is in a text: its bytes are copied.
  /// - Parameters:
  ///   - data: an object.
  ///   - members: what else the message has, by names that need no escapes: `meta`, `file_reference`.
  package func add(_ data: JSONView, emittedAt time: Int? = nil, members: [(StaticString, JSONView)] = []) throws {
    _ = try write(time) { lines in
      lines.write(data)
    } members: { lines in
      for (name, value) in members {
        lines.write(raw: ",\"")
        lines.write(raw: name)
        lines.write(raw: "\":")
        lines.write(value)
      }
    } value: {
      Record(data)
    }
  }

  /// Writes a record that is JSON already: its bytes are copied.
  /// - Parameter text: an object; whoever gives it has seen that it is one.
  package func record(text: UnsafeBufferPointer<UInt8>, emittedAt time: Int? = nil) throws {
    _ = try write(time) { lines in
      lines.write(raw: text)
    } members: { _ in
    } value: {
      Record((try? JSONValue(parsing: UnsafeRawBufferPointer(text)))?.object ?? [:])
    }
  }

  /// - Returns: whether something was written.
  private func write(
    _ time: Int?, _ encode: (inout JSONWriter) -> Void, members: (inout JSONWriter) -> Void, value: () -> Record
  ) throws -> Bool {
    try state.withLock { state in
      if let left = state.left {
        guard left > 0 else { return false }
        state.left = left - 1
      }
      state.count += 1
      if output.writer.takesValues {
        state.values.append((value(), time))
        guard state.values.count >= 1_000 else { return false }
      } else {
        state.lines.write(raw: head)
        encode(&state.lines)
        if output.writer.takesData {
          state.lines.write(raw: UInt8(ascii: "\n"))
        } else {
          state.lines.write(raw: ",\"emitted_at\":")
          state.lines.write(int: time ?? now)
          members(&state.lines)
          state.lines.write(raw: "}}\n")
        }
        guard state.lines.count >= Self.enough else { return false }
      }
      try flush(&state)
      return true
    }
  }

  private var now: Int { Int(output.runtime.now() / 1_000) }

  /// Writes what was given and is not written yet.
  package func flush() throws { try state.withLock { try flush(&$0) } }

  private func flush(_ state: inout State) throws {
    let count = state.count
    guard count > 0 else { return }
    state.count = 0
    if output.writer.takesValues {
      let values = state.values
      state.values.removeAll(keepingCapacity: true)
      try pass(values)
    } else {
      defer { state.lines.buffer.removeAll() }
      try output.writer.records(state.lines, count: count, of: stream.descriptor)
    }
    output.runtime.events.note(.recordsRead(stream: stream.descriptor.name, count: count))
  }

  /// Passes on records as values, those of one moment together.
  private func pass(_ values: [(record: Record, time: Int?)]) throws {
    let now = now
    var rest = values[...]
    while let first = rest.first {
      let end = rest.firstIndex { $0.time != first.time } ?? rest.endIndex
      try output.writer.records(rest[..<end].map(\.record), emittedAt: first.time ?? now, of: stream.descriptor)
      rest = rest[end...]
    }
  }

  /// Writes the stream's state, behind all records that were given before. Once there are as many records as were asked for, states are
  /// left out: a read that continued from one would miss the others.
  public func state(_ value: JSONObject) async throws {
    try keep(value)
    try await output.writer.drain()
  }

  package func keep(_ value: JSONObject) throws {
    let isWanted = try state.withLock { state in
      try flush(&state)
      return state.left != 0
    }
    if isWanted, keepsStates { try output.writer.state(of: stream.descriptor) { value } }
  }

  /// Reports what went wrong with the stream. It ends as not complete.
  public func fail(_ error: any Error) async throws {
    try flush()
    output.writer.error(ConnectorError(wrapping: error), stream: stream.descriptor)
    try close(isComplete: false)
    try await output.writer.drain()
  }

  /// Ends the stream. A further call has no effect.
  /// - Parameter isComplete: whether all of it was read.
  public func end(isComplete: Bool = true) async throws {
    try close(isComplete: isComplete)
    try await output.writer.drain()
  }

  package func close(isComplete: Bool) throws {
    try conclude(isComplete: isComplete)
    try settle()
  }

  /// Writes the last status of the stream, behind which its last state may follow. Then it has to be settled.
  package func conclude(isComplete: Bool) throws {
    let status: StreamStatus? = try state.withLock { state in
      try flush(&state)
      guard state.isComplete == nil else { return nil }
      state.isComplete = isComplete
      // There may be more records than were wanted.
      return isComplete && state.left != 0 ? .complete : .incomplete
    }
    guard let status else { return }
    output.runtime.reportWhatIsMissing(of: stream.descriptor.name)
    try output.writer.status(stream.descriptor, status)
  }

  /// Ends a stream that has its last status.
  package func settle() throws {
    let ended: (isComplete: Bool, isLimited: Bool)? = state.withLock { state in
      guard let isComplete = state.isComplete, !state.isEnded else { return nil }
      state.isEnded = true
      return (isComplete, state.left == 0)
    }
    guard let (isComplete, isLimited) = ended else { return }
    try output.writer.end(stream.descriptor, isComplete: isComplete)
    output.runtime.events.note(.streamEnded(stream.descriptor.name, isComplete: isComplete))
    output.ended(stream.descriptor, isComplete: isComplete, isLimited: isLimited)
  }
}
