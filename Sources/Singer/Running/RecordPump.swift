import AirbyteProtocol
import Engine
import Essentials
import JSON

/// Takes a tap's lines: copies the records, and stops at each other message.
struct RecordPump {
  /// Why a pump has stopped.
  enum Stop: Sendable {
    /// The lines are over.
    case end
    case message(TapMessage)
    /// A line that is no message.
    case noMessage([UInt8])
    /// A message that cannot be read; `isLast` if nothing follows it, not even a line end.
    case broken([UInt8], String, isLast: Bool)
    /// Records of a stream that nobody asked for; said once for each.
    case unknownStream(String)
  }

  /// The streams that are read, by each name that the tap's messages may give them.
  private let targets: [String: StreamTarget]
  private let begin: (StreamTarget) throws -> StreamOutput
  private let now: () -> Int
  /// The stream of the last record, which is mostly that of the next one too.
  private var last: (name: [UInt8], target: StreamTarget)?
  /// The last time of a record, as it was written and in milliseconds.
  private var lastTime: (text: [UInt8], milliseconds: Int?) = ([], nil)
  /// The names of streams whose records are dropped.
  private var dropped: Set<String> = []

  /// - Parameters:
  ///   - begin: begins a stream whose first record has come.
  ///   - now: the time in milliseconds.
  init(_ targets: [String: StreamTarget], now: @escaping () -> Int, begin: @escaping (StreamTarget) throws -> StreamOutput) {
    self.targets = targets
    self.begin = begin
    self.now = now
  }

  /// Takes lines from a place on.
  /// - Parameter place: is moved behind what was taken.
  /// - Throws: an error that ends the read, where nothing can be written any more.
  mutating func run(_ lines: JSONBytes, from place: inout Int) throws -> Stop {
    let time = now()
    return try lines.withUnsafeBytes { bytes throws in
      // Behind the bytes are zeros, at which everything that looks at lines stops.
      let text = bytes.bindMemory(to: UInt8.self)
      guard let start = text.baseAddress else { return .end }
      while place < text.count {
        let found = memchr(start + place, Int32(UInt8(ascii: "\n")), text.count - place)
        let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(start) } ?? text.count
        let line = UnsafeBufferPointer(start: start + place, count: end - place)
        place = end + 1
        if let stop = try take(line, isLast: found == nil, time) { return stop }
      }
      return .end
    }
  }

  private mutating func take(_ line: UnsafeBufferPointer<UInt8>, isLast: Bool, _ now: Int) throws -> Stop? {
    if let parts = LineScanner.scan(line), parts.kind == .record, let stream = parts.stream, let record = parts.record {
      guard let target = target(UnsafeBufferPointer(rebasing: line[stream])) else { return drop(line[stream]) }
      let time = parts.timeExtracted.flatMap { milliseconds(UnsafeBufferPointer(rebasing: line[$0])) } ?? now
      try write(UnsafeBufferPointer(rebasing: line[record]), time, to: target)
      return nil
    }
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
    let message: TapMessage
    do throws(TapLineError) { message = try TapMessage(parsing: line) } catch {
      switch error {
      case .noMessage: return .noMessage(Array(line))
      case .broken(let reason): return .broken(Array(line), reason, isLast: isLast)
      }
    }
    switch message {
    case .record(let name, let record, let extracted): return try take(record, of: name, extracted, now)
    case .schema, .state, .activateVersion, .batch, .other: return .message(message)
    }
  }

  /// Takes a record that the parser had to read.
  private mutating func take(_ record: JSONView, of name: String, _ extracted: String?, _ now: Int) throws -> Stop? {
    guard let target = targets[name] else { return drop(Array(name.utf8)) }
    var milliseconds = now
    if var extracted { milliseconds = extracted.withUTF8 { ExtractionTime.milliseconds($0) } ?? now }
    var text = JSONWriter()
    text.write(record)
    let bytes = text.finish()
    try bytes.withUnsafeBytes { bytes throws in
      try write(bytes.bindMemory(to: UInt8.self), milliseconds, to: target)
    }
    return nil
  }

  private func write(_ record: UnsafeBufferPointer<UInt8>, _ time: Int, to target: StreamTarget) throws {
    let output = if let output = target.output { output } else { try begin(target) }
    if target.omitted.isEmpty {
      try output.record(text: record, emittedAt: time)
    } else {
      // Many taps send all fields, whichever were chosen.
      var text = JSONWriter()
      text.write(record: try JSONDocument(parsing: UnsafeRawBufferPointer(record)).root, patches: target.omitted)
      try text.finish().withUnsafeBytes { bytes throws in
        try output.record(text: bytes.bindMemory(to: UInt8.self), emittedAt: time)
      }
    }
    target.recordsSinceState += 1
  }

  private mutating func drop(_ name: some Sequence<UInt8>) -> Stop? {
    let name = String(decoding: Array(name), as: UTF8.self)
    return dropped.insert(name).inserted ? .unknownStream(name) : nil
  }

  private mutating func target(_ name: UnsafeBufferPointer<UInt8>) -> StreamTarget? {
    if let last, Self.isEqual(last.name, name) { return last.target }
    guard let target = targets[String(decoding: name, as: UTF8.self)] else { return nil }
    last = (Array(name), target)
    return target
  }

  private mutating func milliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    if Self.isEqual(lastTime.text, text) { return lastTime.milliseconds }
    lastTime.text.removeAll(keepingCapacity: true)
    lastTime.text.append(contentsOf: text)
    lastTime.milliseconds = ExtractionTime.milliseconds(text)
    return lastTime.milliseconds
  }

  @inline(__always)
  private static func isEqual(_ known: [UInt8], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard known.count == text.count else { return false }
    return known.withUnsafeBufferPointer { known in
      guard let left = known.baseAddress, let right = text.baseAddress else { return true }
      return memcmp(left, right, known.count) == 0
    }
  }
}

/// A stream that is read: what the tap says of it, and where its records go. Used by one task at a time.
final class StreamTarget {
  let description: StreamDescription
  let configured: ConfiguredStream
  /// Nil until the stream begins.
  var output: StreamOutput?
  /// The schema of its last SCHEMA message.
  var schema: JSONObject?
  var recordsSinceState = 0
  /// Takes the fields out of records that were not chosen.
  let omitted: [JSONPatch]

  init(_ description: StreamDescription, _ configured: ConfiguredStream) {
    self.description = description
    self.configured = configured
    omitted = TapSelection.omitted(from: description, configured).sorted().map { JSONPatch(key: JSONKey($0), change: .removed) }
  }

  var id: String { description.tap.id }
}
