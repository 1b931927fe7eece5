import AirbyteProtocol
import JSON
import JSONSchema

/// Follows the messages of a read, and finds what is against the protocol: their order, their counts, and records that do not fit their
/// schemas. A value without I/O.
struct ReadCheck {
  private enum Phase { case silent, started, running, ended }

  private struct Stream {
    var phase = Phase.silent
    var schema: JSONSchema?
    var properties: Set<String>?
    var keys: [[String]] = []
    /// Records since the last state, and before it.
    var records = 0
    var total = 0
    var states = 0
    var isIncremental = false
    var status: String?
  }

  private static let earliest = 946_684_800_000
  private static let latest = 32_503_680_000_000

  private var streams: [StreamDescriptor: Stream] = [:]
  private var order: [StreamDescriptor] = []
  private(set) var list = ViolationList()
  /// Errors that the source reported, for the whole read or for a stream.
  private(set) var hasReported = false
  private var stateTypes: Set<String> = []

  /// - Parameter catalog: the entries of the configured catalog.
  init(_ catalog: [ConfiguredStream]) {
    for entry in catalog {
      var stream = Stream()
      let schema = JSONValue.object(entry.jsonSchema)
      stream.schema = entry.jsonSchema.isEmpty ? nil : try? JSONSchema(compiling: schema, dialect: Dialect(of: schema))
      stream.properties = entry.jsonSchema["properties"]?.object.map { Set($0.keys) }
      let own = entry.given?["stream"]
      stream.keys = (own?["source_defined_primary_key"]?.array ?? []).compactMap { $0.array?.compactMap(\.string) }
      stream.isIncremental = entry.syncMode == .incremental
      streams[entry.descriptor] = stream
      order.append(entry.descriptor)
    }
  }

  /// Takes in the next message.
  mutating func take(_ message: JSONView, line: Int) {
    switch message["type"]?.string {
    case "RECORD"?: record(message["record"], line)
    case "STATE"?: state(message["state"], line)
    case "TRACE"?: trace(message["trace"], line)
    case "LOG"?: LogCheck.check(message["log"], line, &list)
    case "CONTROL"?: break
    case let other?: list.add("unexpected-message", "`read` gave a \(other) message, which does not belong to a read", line: line)
    case nil: list.add("no-type", "A message has no `type`", line: line)
    }
  }

  // MARK: Records

  private mutating func record(_ record: JSONView?, _ line: Int) {
    guard let record, let descriptor = Self.descriptor(record, name: "stream") else {
      return list.add("record", "A RECORD message has no `stream`", line: line)
    }
    guard streams[descriptor] != nil else { return unknown(descriptor, "RECORD", line) }
    let name = descriptor.name
    switch streams[descriptor]?.phase {
    case .silent?: list.add("record-before-start", "Records come before the status STARTED", stream: name, line: line)
    case .ended?: list.add("record-after-end", "Records come after the last status", stream: name, line: line)
    default: break
    }
    streams[descriptor]?.records += 1
    streams[descriptor]?.total += 1
    if let time = record["emitted_at"]?.int {
      if !(Self.earliest..<Self.latest).contains(time) {
        list.add(
          "emitted-at", "`emitted_at` should be milliseconds since 1970, and is \(time)", stream: name, line: line, kind: "value")
      }
    } else {
      list.add("emitted-at", "A RECORD message has no integer `emitted_at`", stream: name, line: line)
    }
    guard let data = record["data"], data.kind == .object else {
      return list.add("record", "A RECORD message has no object `data`", stream: name, line: line)
    }
    check(data.value, of: descriptor, line)
  }

  private mutating func check(_ data: JSONValue, of descriptor: StreamDescriptor, _ line: Int) {
    guard let stream = streams[descriptor] else { return }
    for error in (stream.schema?.validate(data) ?? []).prefix(20) {
      let path = error.instancePath.map { if case .key(let key) = $0 { key } else { "*" } }.joined(separator: ".")
      list.add(
        "schema", "A record does not fit `json_schema`" + (path.isEmpty ? "" : " at `\(path)`") + ": \(error.discreetMessage)",
        stream: descriptor.name, line: line, kind: "\(path) \(error.keyword)")
    }
    if let properties = stream.properties {
      for key in data.object?.keys ?? [] where !properties.contains(key) {
        list.add(
          .warning, "undeclared-field", "Records have the field `\(key)`, which is not in `json_schema`", stream: descriptor.name,
          line: line)
      }
    }
    for key in stream.keys {
      let value = key.reduce(JSONValue?.some(data)) { value, name in value.flatMap { $0[name] } }
      if value == nil || value == .null {
        list.add(
          "key-missing", "A record has no value for the primary key `\(key.joined(separator: "."))`", stream: descriptor.name,
          line: line)
      }
    }
  }

  // MARK: States

  private mutating func state(_ state: JSONView?, _ line: Int) {
    guard let state else { return list.add("state", "A STATE message has no `state`", line: line) }
    let type = state["type"]?.string ?? "LEGACY"
    stateTypes.insert(type)
    if stateTypes.count == 2 {
      list.add("mixed-states", "The read mixes states of the types \(stateTypes.sorted().joined(separator: " and "))", line: line)
    }
    let stated = state["sourceStats"]?["recordCount"]?.double
    switch type {
    case "STREAM":
      guard let descriptor = (state["stream"]?["stream_descriptor"]).flatMap({ Self.descriptor($0, name: "name") }) else {
        return list.add("state", "A STATE message has no `stream.stream_descriptor` with a `name`", line: line)
      }
      guard let stream = streams[descriptor] else { return unknown(descriptor, "STATE", line) }
      if stream.phase == .silent {
        list.add("state-before-start", "A state comes before the status STARTED", stream: descriptor.name, line: line)
      }
      compare(stated, stream.records, descriptor.name, line)
      streams[descriptor]?.records = 0
      streams[descriptor]?.states += 1
      if state["stream"]?["stream_state"]?.kind != .object {
        list.add("state", "A STATE message has no object `stream_state`", stream: descriptor.name, line: line)
      }
    case "GLOBAL":
      guard let global = state["global"], global.kind == .object else {
        return list.add("state", "A STATE message of the type GLOBAL has no `global`", line: line)
      }
      for entry in global["stream_states"]?.elements ?? [] {
        guard let descriptor = entry["stream_descriptor"].flatMap({ Self.descriptor($0, name: "name") }) else { continue }
        if streams[descriptor] == nil { unknown(descriptor, "STATE", line) }
      }
      compare(stated, streams.values.reduce(0) { $0 + $1.records }, nil, line)
      for descriptor in order {
        streams[descriptor]?.records = 0
        streams[descriptor]?.states += 1
      }
    case "LEGACY":
      list.add(
        .warning, "legacy-state", "A state has the oldest form, one `data` for all streams: write one of each stream", line: line)
      for descriptor in order {
        streams[descriptor]?.records = 0
        streams[descriptor]?.states += 1
      }
    default: list.add("state", "`\(type)` is not a type of states: STREAM or GLOBAL", line: line)
    }
  }

  private mutating func compare(_ stated: Double?, _ counted: Int, _ stream: String?, _ line: Int) {
    guard let stated else {
      return list.add(
        .warning, "no-record-count", "A state has no `sourceStats.recordCount`, by which platforms notice records that were lost",
        stream: stream, line: line)
    }
    if stated > Double(counted) {
      list.add(
        "state-before-records",
        "A state covers \(Int(stated)) records, and \(counted) came before it: a sync that ends here loses the others",
        stream: stream,
        line: line, kind: "more")
    } else if stated < Double(counted) {
      list.add(
        "record-count", "A state covers \(Int(stated)) records by its `recordCount`, and \(counted) came since the last one",
        stream: stream, line: line, kind: "fewer")
    }
  }

  // MARK: Statuses

  private mutating func trace(_ trace: JSONView?, _ line: Int) {
    guard let trace else { return list.add("trace", "A TRACE message has no `trace`", line: line) }
    if trace["emitted_at"]?.double == nil { list.add("emitted-at", "A TRACE message has no number `emitted_at`", line: line) }
    switch trace["type"]?.string {
    case "ERROR"?:
      hasReported = true
      LogCheck.check(error: trace["error"], line, &list)
    case "STREAM_STATUS"?: status(trace["stream_status"], line)
    case "ESTIMATE"?, "ANALYTICS"?: break
    case let other: list.add("trace", "`\(other ?? "")` is not a type of traces", line: line)
    }
  }

  private mutating func status(_ status: JSONView?, _ line: Int) {
    guard let status, let descriptor = status["stream_descriptor"].flatMap({ Self.descriptor($0, name: "name") }) else {
      return list.add("status", "A stream's status has no `stream_descriptor` with a `name`", line: line)
    }
    guard let phase = streams[descriptor]?.phase else { return unknown(descriptor, "TRACE", line) }
    let word = status["status"]?.string ?? ""
    let name = descriptor.name
    func wrong(_ sentence: String, _ list: inout ViolationList) {
      list.add("status-order", sentence, stream: name, line: line)
    }
    switch (word, phase) {
    case ("STARTED", .silent): streams[descriptor]?.phase = .started
    case ("STARTED", _): wrong("The status STARTED comes a second time", &list)
    case ("RUNNING", .started), ("RUNNING", .running): streams[descriptor]?.phase = .running
    case ("RUNNING", .silent):
      wrong("The status RUNNING comes before STARTED", &list)
      streams[descriptor]?.phase = .running
    case ("RUNNING", .ended): wrong("The status RUNNING comes after the last one", &list)
    case ("COMPLETE", _), ("INCOMPLETE", _):
      if phase == .silent, word == "COMPLETE" { wrong("The status COMPLETE comes before STARTED", &list) }
      if phase == .ended { wrong("A second last status comes, \(word)", &list) }
      if phase == .started, (streams[descriptor]?.total ?? 0) > 0 {
        list.add(.warning, "no-running", "The stream has records and never had the status RUNNING", stream: name, line: line)
      }
      streams[descriptor]?.phase = .ended
      streams[descriptor]?.status = word
    default: list.add("status", "`\(word)` is not a status: STARTED, RUNNING, COMPLETE or INCOMPLETE", stream: name, line: line)
    }
  }

  private mutating func unknown(_ descriptor: StreamDescriptor, _ type: String, _ line: Int) {
    list.add(
      "unknown-stream", "A \(type) message is of a stream that the catalog does not have", stream: descriptor.name, line: line)
  }

  // MARK: The end

  /// Looks at what is missing.
  /// - Parameter isSuccess: whether the program ended with the status 0.
  mutating func finish(isSuccess: Bool) {
    for descriptor in order {
      guard let stream = streams[descriptor] else { continue }
      let name = descriptor.name
      switch stream.phase {
      case .silent where stream.total == 0:
        list.add("no-statuses", "The stream was asked for, and there is no status of it", stream: name)
      case .silent, .started, .running:
        list.add("no-last-status", "The stream has neither COMPLETE nor INCOMPLETE as its last status", stream: name)
      case .ended: break
      }
      if stream.status == "INCOMPLETE", isSuccess {
        list.add("exit-status", "The stream is INCOMPLETE, and the program ended with the status 0", stream: name)
      }
      if stream.status == "COMPLETE", stream.isIncremental, stream.states == 0 {
        list.add(
          "no-state", "The stream was read incrementally and has no state, so that the next read begins anew", stream: name)
      }
      if stream.status == "COMPLETE", stream.records > 0, stream.states > 0 {
        list.add("no-last-state", "\(stream.records) records came after the last state", stream: name)
      }
    }
  }

  private static func descriptor(_ view: JSONView, name key: String) -> StreamDescriptor? {
    guard let name = view[key]?.string else { return nil }
    return StreamDescriptor(name: name, namespace: view["namespace"]?.string)
  }
}

/// Looks at what messages of every command have in common.
enum LogCheck {
  static func check(_ log: JSONView?, _ line: Int, _ list: inout ViolationList) {
    guard let log, log["message"]?.string != nil else { return list.add("log", "A LOG message has no `message`", line: line) }
    let level = log["level"]?.string ?? ""
    if LogLevel(rawValue: level) == nil { list.add("log", "`\(level)` is not a level of the log", line: line) }
  }

  static func check(error: JSONView?, _ line: Int, _ list: inout ViolationList) {
    guard let error, error["message"]?.string?.isEmpty == false else {
      return list.add("error", "An ERROR trace has no `message`", line: line)
    }
    let type = error["failure_type"]?.string
    if type.flatMap(FailureType.init) == nil {
      list.add(
        .warning, "error",
        "An ERROR trace has no `failure_type` that says who has to act: config_error, transient_error or system_error",
        line: line)
    }
  }
}
