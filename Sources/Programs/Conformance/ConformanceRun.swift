import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// What one command of a program did against the protocol.
package struct CommandConformance: Sendable {
  /// The command, as in `read`.
  package let command: String
  package let violations: [Violation]
  /// How many messages it gave.
  package let messages: Int
  /// How many of them were records.
  package let records: Int
  /// How long it took, in seconds.
  package let seconds: Double

  package var errorCount: Int { violations.filter { $0.severity == .error }.count }

  package var json: JSONValue {
    [
      "command": .string(command), "messages": .int(messages), "records": .int(records),
      "seconds": .double((seconds * 1_000).rounded() / 1_000), "violations": .array(violations.map(\.json)),
    ]
  }
}

/// Runs the commands of a program that speaks the protocol, and compares what it says and does with the protocol.
package struct ConformanceRun: Sendable {
  /// What the program is given.
  package struct Given: Sendable {
    /// Without it, only `spec` is run.
    package var config: JSONObject?
    /// Without it, all streams are read that `discover` finds.
    package var catalog: [ConfiguredStream]?
    package var state: SourceState?

    package init() {}
  }

  private let call: ProgramCall
  private let given: Given
  private let now: @Sendable () -> Int64
  private let environment: [String: String]

  /// - Parameter now: the time in microseconds.
  package init(_ call: ProgramCall, _ given: Given, now: @escaping @Sendable () -> Int64) {
    self.call = call
    self.given = given
    self.now = now
    environment = call.environment
  }

  /// Runs the commands, one after another.
  /// - Parameter done: is called after each of them.
  /// - Throws: ``ConnectorError`` if the program cannot be started; `CancellationError`.
  package func run(_ done: (CommandConformance) throws -> Void) async throws {
    let mask = SecretMask()
    var specification: JSONObject?
    try done(try await command("spec", [], mask) { answer, list in specification = AnswerCheck.spec(answer, &list) })
    guard let config = given.config else { return }
    if let specification { mask.hide(secretsOf: config, spec: .object(specification)) }
    let files = try PrivateFolder(environment: environment)
    let configuration = ["--config", try files.write("config.json", JSONValue.object(config).jsonText)]
    try done(try await command("check", configuration, mask) { answer, list in AnswerCheck.status(answer, &list) })
    var discovered: [ConfiguredStream] = []
    try done(
      try await command("discover", configuration, mask) { answer, list in
        let streams = AnswerCheck.catalog(answer, &list)
        discovered = streams.compactMap { AirbyteStream($0) }.filter { !$0.supportedSyncModes.isEmpty }.map {
          ConfiguredStream($0)
        }
      })
    let catalog = given.catalog ?? discovered
    guard !catalog.isEmpty else { return }
    let value: JSONValue = ["streams": .array(catalog.map(\.json))]
    var arguments = configuration + ["--catalog", try files.write("catalog.json", value.jsonText)]
    if let state = given.state {
      arguments += ["--state", try files.write("state.json", JSONValue.array(state.entries).jsonText)]
    }
    try done(try await read(catalog, arguments, mask))
  }

  /// Runs a command that answers with one message.
  private func command(
    _ name: String, _ arguments: [String], _ mask: SecretMask, _ look: (JSONValue?, inout ViolationList) -> Void
  ) async throws -> CommandConformance {
    let type = ["spec": "SPEC", "check": "CONNECTION_STATUS", "discover": "CATALOG"][name] ?? ""
    var answers: [JSONValue] = []
    var hasReported = false
    return try await observed(name, arguments, mask) { view, line, list in
      switch view["type"]?.string {
      case type: answers.append(view.value)
      case "LOG"?: LogCheck.check(view["log"], line, &list)
      case "TRACE"?:
        guard view["trace"]?["type"]?.string == "ERROR" else { return }
        hasReported = true
        LogCheck.check(error: view["trace"]?["error"], line, &list)
      case "CONTROL"?: break
      case let other?:
        list.add("unexpected-message", "`\(name)` gave a \(other) message, which belongs to another command", line: line)
      case nil: list.add("no-type", "A message has no `type`", line: line)
      }
    } end: { end, list in
      if answers.count > 1 { list.add("several-answers", "`\(name)` gave \(answers.count) \(type) messages in place of one") }
      look(answers.first, &list)
      Self.judge(end, name, hasReported: hasReported, hasAnswer: !answers.isEmpty, &list)
    }
  }

  private func read(_ catalog: [ConfiguredStream], _ arguments: [String], _ mask: SecretMask) async throws -> CommandConformance {
    var check = ReadCheck(catalog)
    return try await observed("read", arguments, mask) { view, line, _ in
      check.take(view, line: line)
    } end: { end, list in
      check.finish(isSuccess: end.isSuccess)
      list.add(check.list)
      Self.judge(end, "read", hasReported: check.hasReported, hasAnswer: true, &list)
    }
  }

  private static func judge(
    _ end: ProgramEnd, _ name: String, hasReported: Bool, hasAnswer: Bool, _ list: inout ViolationList
  ) {
    if !end.isSuccess {
      if hasReported {
        list.add("failed", "`\(name)` \(end), and said why in an ERROR trace")
      } else {
        list.add("no-error", "`\(name)` \(end) without an ERROR trace, so that nobody learns what went wrong")
      }
    } else if hasReported, name != "check" {
      list.add("exit-status", "`\(name)` reported an error and ended with the status 0")
    }
  }

  /// Runs a command, and looks at what all commands have in common.
  private func observed(
    _ name: String, _ arguments: [String], _ mask: SecretMask, _ take: (JSONView, Int, inout ViolationList) -> Void,
    end finish: (ProgramEnd, inout ViolationList) -> Void
  ) async throws -> CommandConformance {
    let started = now()
    let program = try Program(call.with([name] + arguments), secrets: mask)
    var list = ViolationList()
    var (line, messages, records) = (0, 0, 0)
    do {
      while let lines = try await program.next() {
        lines.forEachLine(from: &line) { text, number in
          guard let view = try? JSONDocument(parsing: text).root, view.kind == .object else {
            return list.add(
              "not-json", "Standard output has a line that is not a JSON object: \(Self.shown(text, mask))", line: number,
              kind: "line")
          }
          messages += 1
          let type = view["type"]?.string
          if type == "RECORD" { records += 1 } else { Self.look(forSecretsIn: view, type, number, mask, &list) }
          take(view, number, &list)
        }
      }
    } catch let error as ConnectorError {
      list.add("unresponsive", error.sentence)
    }
    let end = await program.finish()
    finish(end, &list)
    if !end.isSuccess, let last = program.lastWords.last {
      list.add(.warning, "last-words", "It said last: \(last)")
    }
    return CommandConformance(
      command: name, violations: list.all, messages: messages, records: records, seconds: Double(now() - started) / 1e6)
  }

  /// A secret of the config does not belong into a message, except where the config is.
  private static func look(
    forSecretsIn view: JSONView, _ type: String?, _ line: Int, _ mask: SecretMask, _ list: inout ViolationList
  ) {
    guard type == "LOG" || type == "TRACE" || type == "CONNECTION_STATUS" else { return }
    if !mask.hiddenRanges(in: view.jsonText).isEmpty {
      list.add("secret", "A \(type ?? "") message shows a secret of the config", line: line)
    }
  }

  private static func shown(_ text: UnsafeRawBufferPointer, _ mask: SecretMask) -> String {
    let line = mask.masked(String(decoding: text.prefix(2_000), as: UTF8.self))
    return line.count > 80 ? line.prefix(80) + "…" : line
  }
}

extension ProgramLines {
  /// Calls for each line that is not blank, with its number.
  fileprivate func forEachLine(from line: inout Int, _ body: (UnsafeRawBufferPointer, Int) -> Void) {
    let buffer = take()
    buffer.withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        line += 1
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        if !text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { body(text, line) }
        start = end + 1
      }
    }
  }
}
