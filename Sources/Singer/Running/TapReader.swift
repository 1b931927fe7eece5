import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Programs
import Secrets

/// Reads streams from a tap: passes on its records, and its states behind them.
struct TapReader {
  private let tap: Tap
  private let output: SourceOutput
  private let runtime: RuntimeEnvironment
  private let targets: [StreamTarget]
  private var tracker: StateTracker
  /// How many lines were no messages.
  private var strays = 0
  /// The types of messages that Singer does not have.
  private var otherTypes: Set<String> = []

  /// So many lines that are no messages are shown.
  private static let shownStrays = 10
  /// So much is shown of each of them.
  private static let shownCharacters = 300

  /// - Parameters:
  ///   - targets: the streams that are read.
  ///   - tracker: follows the tap's states.
  init(_ tap: Tap, _ targets: [StreamTarget], states tracker: StateTracker, to output: SourceOutput) {
    self.tap = tap
    self.targets = targets
    self.tracker = tracker
    self.output = output
    runtime = output.runtime
  }

  /// Reads to the end.
  /// - Throws: ``ConnectorError`` if the tap fails; whatever it had said before is written. ``OutputClosed``, `CancellationError`.
  mutating func read(_ catalog: JSONValue, from state: JSONObject?) async throws {
    let program = try tap.read(catalog, from: state)
    do {
      let isWhole = try await pass(on: program)
      let end = isWhole ? await program.finish() : await program.stop()
      await tap.reportChange()
      if strays > Self.shownStrays {
        runtime.log.log(.warn, "The tap `\(tap.name)` printed \(strays) lines that are no messages.")
      }
      if isWhole, !end.isSuccess {
        throw TapFailure.error(of: program, end, "The tap `\(tap.name)` \(end) before it had read everything")
      }
    } catch {
      // What it said before is written by whoever ends the streams.
      await program.stop()
      await tap.reportChange()
      throw error
    }
    try await finish()
  }

  /// - Returns: whether the tap said everything; false if nothing more was wanted.
  private mutating func pass(on program: Program) async throws -> Bool {
    var pump = RecordPump(Self.byName(targets), now: { [runtime] in Int(runtime.now() / 1_000) }) { [output] target in
      try Self.begin(target, output)
    }
    while let lines = try await program.next() {
      let bytes = lines.take().freeze()
      var place = 0
      loop: while true {
        switch try pump.run(bytes, from: &place) {
        case .end: break loop
        case .message(let message): try await take(message)
        case .noMessage(let line): note(stray: line)
        case .broken(let line, let reason, let isLast):
          throw await failure(of: program, line, reason, isLast: isLast)
        case .unknownStream(let name):
          runtime.log.log(
            .warn, "The tap `\(tap.name)` sends records of the stream `\(name)`, which was not asked for: they are left out.")
        }
      }
      try await output.flush()
      if output.isSatisfied { return false }
    }
    return true
  }

  /// The streams by the names that messages may give them. A name that could mean several means the one whose own it is.
  private static func byName(_ targets: [StreamTarget]) -> [String: StreamTarget] {
    var names: [String: StreamTarget] = [:]
    var ambiguous: Set<String> = []
    for target in targets {
      for alias in Set(target.description.tap.aliases) where names.updateValue(target, forKey: alias) != nil {
        ambiguous.insert(alias)
      }
    }
    for alias in ambiguous { names[alias] = nil }
    for target in targets { names[target.id] = target }
    return names
  }

  private static func begin(_ target: StreamTarget, _ output: SourceOutput) throws -> StreamOutput {
    let schema = target.configured.jsonSchema
    let stream = try output.begin(
      target.configured, schema: schema.isEmpty ? RecordSchema.ofRecords(target.description.tap) : schema)
    target.output = stream
    return stream
  }

  // MARK: Messages

  private mutating func take(_ message: TapMessage) async throws {
    switch message {
    case .record: break
    case .schema(let schema): try take(schema)
    case .state(let value): try await take(state: value)
    case .batch(let batch): try await take(batch)
    case .activateVersion(let stream, let version):
      runtime.log.log(.debug, "The tap `\(tap.name)` activates version \(version ?? 0) of the stream \(stream).")
    case .other(let type):
      guard otherTypes.insert(type).inserted else { return }
      runtime.log.log(.debug, "The tap `\(tap.name)` sends messages of the type \(type), which are left out.")
    }
  }

  private func target(named name: String) -> StreamTarget? { Self.byName(targets)[name] }

  private func take(_ message: SchemaMessage) throws {
    guard let target = target(named: message.stream) else { return }
    if target.output == nil { _ = try Self.begin(target, output) }
    defer { target.schema = message.schema }
    guard let earlier = target.schema, earlier != message.schema else { return }
    let (old, new) = (Self.fields(earlier), Self.fields(message.schema))
    let changes = [
      Self.list("new", new.subtracting(old)), Self.list("gone", old.subtracting(new)),
    ].compactMap { $0 }
    runtime.log.log(
      .warn,
      "Stream \(target.configured.descriptor.name): its schema changed while it was read"
        + (changes.isEmpty ? "." : " (\(changes.joined(separator: "; "))).") + " Run `discover` again before the next read.")
  }

  private static func fields(_ schema: JSONObject) -> Set<String> { Set((schema["properties"]?.object ?? [:]).keys) }

  private static func list(_ word: String, _ names: Set<String>) -> String? {
    names.isEmpty ? nil : "\(word): \(names.sorted().prefix(20).map { "`\($0)`" }.joined(separator: ", "))"
  }

  private mutating func take(_ batch: BatchMessage) async throws {
    guard let target = target(named: batch.stream) else { return }
    let stream = if let output = target.output { output } else { try Self.begin(target, output) }
    for file in batch.files {
      let reader = try BatchFile(file, batch.compression, of: tap.name, limits: .init(runtime.environment))
      while let records = try reader.next() {
        let time = Int(runtime.now() / 1_000)
        for record in records {
          if target.omitted.isEmpty {
            try stream.add(record, emittedAt: time)
          } else {
            var text = JSONWriter()
            text.write(record: record, patches: target.omitted)
            try text.finish().withUnsafeBytes { try stream.record(text: $0.bindMemory(to: UInt8.self), emittedAt: time) }
          }
          target.recordsSinceState += 1
        }
        try await output.flush()
        if !stream.wantsMore { return }
      }
    }
  }

  private mutating func take(state value: JSONValue) async throws {
    guard let object = value.object else {
      if !value.isNull { runtime.log.log(.warn, "The tap `\(tap.name)` sends a state that is not an object: it is left out.") }
      return
    }
    let byID = Dictionary(targets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let wasCut = tracker.isCut
    switch tracker.take(object, isWanted: { byID[$0]?.configured.syncMode == .incremental }) {
    case .streams(let states):
      for (id, state) in states.sorted(by: { $0.key < $1.key }) {
        guard let target = byID[id] else { continue }
        let stream = if let output = target.output { output } else { try Self.begin(target, output) }
        try await stream.state(state)
        target.recordsSinceState = 0
      }
    case .all(let shared, let states):
      try await output.state(shared: shared, streams: named(states))
      for target in targets { target.recordsSinceState = 0 }
    }
    if tracker.isCut, !wasCut {
      runtime.log.log(
        .warn,
        "The tap `\(tap.name)` keeps something for all streams together, which states of single streams leave out: set `state: shared` "
          + "in the manifest if the next read needs it.")
    }
  }

  /// The bookmarks by the names of the streams; what the tap keeps for others stays under its own name.
  private func named(_ states: [String: JSONObject]) -> [StreamDescriptor: JSONObject] {
    let byID = Dictionary(targets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return Dictionary(
      states.map { id, state in (byID[id]?.configured.descriptor ?? StreamDescriptor(name: id), state) },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: Lines that are no messages

  private mutating func note(stray line: [UInt8]) {
    strays += 1
    guard strays <= Self.shownStrays else { return }
    runtime.log.log(
      .warn,
      "The tap `\(tap.name)` printed a line that is no message: \(runtime.secrets.excerpt(of: line, upTo: Self.shownCharacters))")
  }

  private func failure(of program: Program, _ line: [UInt8], _ reason: String, isLast: Bool) async -> ConnectorError {
    let end = isLast ? await program.finish() : await program.stop()
    let shown = "It reads: \(runtime.secrets.excerpt(of: line, upTo: Self.shownCharacters))"
    if isLast, !end.isSuccess {
      var error = TapFailure.error(of: program, end, "The tap `\(tap.name)` \(end) in the middle of a message")
      error.internalMessage = [error.internalMessage, shown].compactMap { $0 }.joined(separator: "\n")
      return error
    }
    let sentence =
      isLast
      ? "The tap `\(tap.name)` ended in the middle of a message"
      : "A message of the tap `\(tap.name)` cannot be read, so that what it says is lost: \(reason)"
    return ConnectorError(.system, sentence, internalMessage: shown)
  }

  // MARK: The end

  /// Writes the last states, and ends the streams.
  private mutating func finish() async throws {
    for target in targets where target.output == nil { _ = try Self.begin(target, output) }
    if tracker.form == .shared, let shared = tracker.shared {
      // The platform keeps records once a state has come behind them.
      if targets.contains(where: { $0.recordsSinceState > 0 }) {
        try await output.state(shared: shared, streams: named(tracker.written))
      }
    } else {
      for target in targets {
        let written = tracker.written[target.id]
        if written == nil || target.recordsSinceState > 0 {
          try await target.output?.state(written ?? [SingerState.noCursor: true])
        }
      }
    }
    for target in targets { try await target.output?.end() }
  }
}
