import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Synchronization

/// One read of a program that speaks the protocol: its records are copied, its statuses and states are put in order.
final class ProcessReading {
  private struct Open {
    let stream: ConfiguredStream
    let output: StreamOutput
    /// The stream's name as it is in the text of records.
    let key: JSONKey
  }

  private enum Keys {
    static let type = JSONKey("type")
    static let record = JSONKey("record")
    static let stream = JSONKey("stream")
    static let namespace = JSONKey("namespace")
    static let data = JSONKey("data")
    static let emittedAt = JSONKey("emitted_at")
    static let meta = JSONKey("meta")
    static let file = JSONKey("file_reference")
    static let isRecord = JSONKey("RECORD")
  }

  /// Under this name the state of a source is kept that writes states of the oldest form.
  private static let legacyKey = "__legacy"

  private let call: ProgramCall
  private let request: ReadRequest
  private let output: SourceOutput
  private let runtime: RuntimeEnvironment
  private let updates: (any ConfigUpdating)?
  private let log: ProgramLog
  private let configured: [StreamDescriptor: ConfiguredStream]
  private var open: [StreamDescriptor: Open] = [:]
  /// The stream of the last record, which is most likely that of the next one.
  private var latest: Open?
  /// A stream that has its last status; its last state may follow.
  private var concluded: Open?
  private var hasStatuses = false
  private var foreign: Set<StreamDescriptor> = []
  /// An error of the whole read, which the program reported.
  private var hasReported = false

  init(
    _ call: ProgramCall, _ request: ReadRequest, output: SourceOutput, runtime: RuntimeEnvironment, updates: (any ConfigUpdating)?
  ) {
    self.call = call
    self.request = request
    self.output = output
    self.runtime = runtime
    self.updates = updates
    log = ProgramLog(runtime)
    configured = Dictionary(request.streams.map { ($0.descriptor, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func run() async throws {
    let program = try Program(call, secrets: runtime.secrets) { [log] in log.errorLine($0) }
    do {
      while let lines = try await program.next() {
        for view in lines.views(rejected: { line, _ in log.stray(line) }) { try await take(view) }
        if output.isSatisfied { return try await leave(program) }
        try await output.flush()
      }
    } catch {
      await program.stop()
      try settle(isComplete: false)
      throw error
    }
    let end = await program.finish()
    try concluded?.output.settle()
    concluded = nil
    if end.isSuccess {
      try settle(isComplete: !hasStatuses && !hasReported)
      // A program without statuses has read what it was asked for, if it does not fail.
      if !hasStatuses, !hasReported {
        for stream in request.streams where !output.hasBegun(stream.descriptor) {
          try output.begin(stream).close(isComplete: true)
        }
      }
      if hasReported { output.failed() }
      return
    }
    try settle(isComplete: false)
    guard !hasReported else { return output.failed() }
    throw program.error(.system, "The program `\(call.name)` \(end)")
  }

  /// Ends a read of which enough is there.
  private func leave(_ program: Program) async throws {
    await program.stop()
    try concluded?.output.settle()
    try settle(isComplete: true)
  }

  private func settle(isComplete: Bool) throws {
    for entry in open.values.sorted(by: { $0.stream.descriptor.name < $1.stream.descriptor.name }) {
      try entry.output.close(isComplete: isComplete)
    }
    open = [:]
  }

  // MARK: Messages

  private func take(_ message: JSONView) async throws {
    guard let type = message[Keys.type] else { return log.stray(message) }
    if type.isString(Keys.isRecord) {
      try settleConcluded(unless: nil)
      return try record(message)
    }
    switch type.string {
    case "STATE"?: try await state(message["state"])
    case "LOG"?: log.message(message["log"])
    case "TRACE"?: try trace(message["trace"])
    case "CONTROL"?: await control(message["control"])
    default: log.stray(message)
    }
  }

  private func record(_ message: JSONView) throws {
    guard let record = message[Keys.record], let name = record[Keys.stream], let data = record[Keys.data], data.kind == .object
    else {
      throw ConnectorError(
        .system, "The program `\(call.name)` wrote a RECORD message without a `stream` or an object as its `data`")
    }
    let namespace = record[Keys.namespace]
    let isPlain = namespace == nil || namespace?.isNull == true
    let entry: Open
    if let latest, name.isString(latest.key), isPlain, latest.stream.descriptor.namespace == nil {
      entry = latest
    } else {
      guard let found = try opened(StreamDescriptor(name: name.string ?? "", namespace: namespace?.string)) else { return }
      entry = found
      latest = found
    }
    var members: [(StaticString, JSONView)] = []
    if let meta = record[Keys.meta], !meta.isNull { members.append(("meta", meta)) }
    if let file = record[Keys.file], !file.isNull { members.append(("file_reference", file)) }
    try entry.output.add(data, emittedAt: record[Keys.emittedAt]?.int, members: members)
  }

  /// A stream that is read, which begins if it has not begun; nil if it was not asked for.
  private func opened(_ descriptor: StreamDescriptor) throws -> Open? {
    if let entry = open[descriptor] { return entry }
    guard let stream = configured[descriptor] else {
      if foreign.insert(descriptor).inserted {
        runtime.log.log(
          .warn,
          "The program `\(call.name)` writes of the stream `\(descriptor.name)`, which it was not asked for: that is left out.")
      }
      return nil
    }
    guard !output.hasBegun(descriptor) else {
      if foreign.insert(descriptor).inserted {
        runtime.log.log(
          .warn, "The program `\(call.name)` writes of the stream `\(descriptor.name)` after its last status: that is left out.")
      }
      return nil
    }
    let entry = Open(stream: stream, output: try output.begin(stream), key: JSONKey(descriptor.name))
    open[descriptor] = entry
    return entry
  }

  private func state(_ state: JSONView?) async throws {
    guard let state else { return }
    switch state["type"]?.string {
    case "STREAM"?:
      guard let stream = state["stream"], let descriptor = Self.descriptor(stream["stream_descriptor"]) else { return }
      let value = stream["stream_state"]?.value.object ?? [:]
      if let concluded, concluded.stream.descriptor == descriptor {
        try concluded.output.keep(value)
      } else {
        try settleConcluded(unless: descriptor)
        try opened(descriptor)?.output.keep(value)
      }
    case "GLOBAL"?:
      guard let global = state["global"] else { return }
      var streams: [StreamDescriptor: JSONObject] = [:]
      for stream in global["stream_states"]?.elements ?? [] {
        guard let descriptor = Self.descriptor(stream["stream_descriptor"]) else { continue }
        streams[descriptor] = stream["stream_state"]?.value.object ?? [:]
      }
      try await output.state(shared: global["shared_state"]?.value.object, streams: streams)
    default:
      guard let data = state["data"]?.value.object else { return }
      try await output.state(shared: [Self.legacyKey: .object(data)])
    }
  }

  /// What a source of the oldest form keeps; nil if it is not one.
  static func legacy(in shared: JSONObject?) -> JSONObject? {
    guard let shared, shared.count == 1 else { return nil }
    return shared[legacyKey]?.object
  }

  private func trace(_ trace: JSONView?) throws {
    guard let trace else { return }
    switch trace["type"]?.string {
    case "ERROR"?:
      guard let error = trace["error"] else { return }
      let descriptor = Self.descriptor(error["stream_descriptor"])
      if descriptor == nil { hasReported = true }
      if let descriptor { try open[descriptor]?.output.flush() }
      output.writer.error(ProgramLog.error(error), stream: descriptor)
    case "STREAM_STATUS"?:
      guard let status = trace["stream_status"], let descriptor = Self.descriptor(status["stream_descriptor"]) else { return }
      hasStatuses = true
      try settleConcluded(unless: nil)
      for reason in status["reasons"]?.elements ?? [] where reason["type"]?.string == "RATE_LIMITED" {
        runtime.events.rateLimited(stream: descriptor.name)
      }
      switch status["status"]?.string {
      case "COMPLETE"?: try conclude(descriptor, isComplete: true)
      case "INCOMPLETE"?: try conclude(descriptor, isComplete: false)
      default: _ = try opened(descriptor)
      }
    default: return
    }
  }

  private func conclude(_ descriptor: StreamDescriptor, isComplete: Bool) throws {
    guard let entry = try opened(descriptor) else { return }
    try entry.output.conclude(isComplete: isComplete)
    open[descriptor] = nil
    if latest?.stream.descriptor == descriptor { latest = nil }
    concluded = entry
  }

  /// Ends the stream that has its last status, unless what comes is of this stream.
  private func settleConcluded(unless descriptor: StreamDescriptor?) throws {
    guard let entry = concluded, entry.stream.descriptor != descriptor else { return }
    try entry.output.settle()
    concluded = nil
  }

  private func control(_ control: JSONView?) async {
    guard let config = control?["connectorConfig"]?["config"]?.value.object else { return }
    await updates?.configChanged(config)
  }

  private static func descriptor(_ view: JSONView?) -> StreamDescriptor? {
    guard let view, let name = view["name"]?.string else { return nil }
    return StreamDescriptor(name: name, namespace: view["namespace"]?.string)
  }
}
