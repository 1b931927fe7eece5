import AirbyteProtocol
import ArgumentParser
import Authoring
import Bytes
import ConnectorModel
import JSON
import Sharding

/// What can be done with states.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Show, compare and change what reads continue from.",
    discussion: """
      A state is what --state of `read` takes: the output of a read, a STATE message, a list of states, or the state.json of --output.

      Examples:
        \(CommandProgram.name) state show messages.jsonl
        \(CommandProgram.name) state set s.json --stream orders --cursor 2025-01-01 > t.json
      """,
    subcommands: [Extract.self, Show.self, Diff.self, Merge.self, Set.self])

  /// Options and files of all of them.
  static func states(at path: String) throws -> NamedStates {
    do {
      var latest = LatestStates()
      let content = try GivenMessages.read(path, "state", of: "STATE") { latest.add($0) }
      return try NamedStates(content.text ?? latest.list)
    } catch let error as InputShapeError {
      throw ConnectorError(.config, "The state \(path) cannot be used: \(error)")
    }
  }

  /// - Parameter path: the file; nil for standard output.
  static func write(_ states: NamedStates, to path: String? = nil) throws {
    let entries = states.entries.map(\.jsonText)
    let text = entries.isEmpty ? "[]" : "[\n\(entries.joined(separator: ",\n"))\n]"
    guard let path else { return try StandardOutput.write(json: text) }
    do throws(FileError) {
      let file = try AtomicFile(path: path, permissions: .usual)
      try file.write(Array((text + "\n").utf8))
      try file.putInPlace()
    } catch {
      throw ConnectorError(.config, "The state cannot be written to \(path): \(error)")
    }
  }

  struct Extract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the states that the next read continues from, of the output of a read.",
      discussion: """
        Examples:
          \(CommandProgram.name) state extract messages.jsonl > state.json
          \(CommandProgram.name) read m.yaml -c c.json | \(CommandProgram.name) state extract -
        """)

    @Argument(
      help: ArgumentHelp("The output of a read, also of one that was interrupted; `-` is standard input.", valueName: "messages"),
      completion: .file(extensions: ["json", "jsonl"]))
    var messages: String

    func run() async throws { try await CommandRunner.run { try StateCommand.write(StateCommand.states(at: messages)) } }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a state as a tree of streams, partitions and cursors.",
      discussion: """
        Examples:
          \(CommandProgram.name) state show messages.jsonl
          \(CommandProgram.name) state show data/state.json --all
        """)

    @Argument(
      help: ArgumentHelp("The state; `-` is standard input.", valueName: "state"),
      completion: .file(extensions: ["json", "jsonl"]))
    var state: String

    @Flag(help: "List every partition.")
    var all = false

    @Option(help: "Print the tree, or the states as JSON.")
    var format: AnswerFormat = .text

    func run() async throws {
      try await CommandRunner.run {
        let states = try StateCommand.states(at: state)
        if format == .json { return try StateCommand.write(states) }
        let tree = StateReport(now: SystemClock.now(), showsAll: all).tree(states.shown)
        try StandardOutput.write(text: tree.joined(separator: "\n"))
      }
    }
  }

  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what differs between two states. The exit status is 1 if something does.",
      discussion: """
        Examples:
          \(CommandProgram.name) state diff yesterday.json today.json
          \(CommandProgram.name) state diff state.json messages.jsonl
        """)

    @Argument(help: "The earlier state.", completion: .file(extensions: ["json", "jsonl"]))
    var old: String

    @Argument(help: "The later state.", completion: .file(extensions: ["json", "jsonl"]))
    var new: String

    func run() async throws {
      try await CommandRunner.run(failure: ExitCode(2)) {
        let lines = StateReport(now: SystemClock.now())
          .difference(try StateCommand.states(at: old).shown, try StateCommand.states(at: new).shown)
        guard !lines.isEmpty else { return }
        try StandardOutput.write(text: lines.joined(separator: "\n"))
        throw ExitCode.failure
      }
    }
  }

  struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put states together: of a stream, or a partition of it, that several have, the last one counts.",
      discussion: """
        Behind the folder that `shard` wrote, the outputs of `read --part` give the state that one whole read would have reached. A folder \
        of outputs stands for its files that end in .jsonl. What no output covers stays open, and is named.

        Examples:
          \(CommandProgram.name) state merge a.json b.json --output state.json
          \(CommandProgram.name) state merge parts outputs --require-all
        """)

    @Argument(
      help: ArgumentHelp(
        "The states, the latest last; or the folder that `shard` wrote, and the outputs of its parts.", valueName: "states"),
      completion: .file(extensions: ["json", "jsonl"]))
    var states: [String]

    @Option(
      name: .long,
      help: ArgumentHelp("With parts: further states, of streams that the parts do not have.", valueName: "file"),
      completion: .file(extensions: ["json", "jsonl"]))
    var state: String?

    @Flag(help: "With parts: write nothing unless every part was read completely.")
    var requireAll = false

    @Option(
      name: .shortAndLong, help: ArgumentHelp("Write the state into this file instead of printing it.", valueName: "file"),
      completion: .file(extensions: ["json"]))
    var output: String?

    func run() async throws {
      try await CommandRunner.run {
        if let first = states.first, Folders.isFolder(first) {
          return try MergedParts(
            folder: PartFolder(first), outputs: Array(states.dropFirst()), state: state, requiresAll: requireAll
          )
          .write(to: output)
        }
        guard state == nil, !requireAll else {
          throw ConnectorError(
            .config, "--state and --require-all are for the parts of a read: name the folder that `shard` wrote first")
        }
        let all = try states.map(StateCommand.states)
        try StateCommand.write(NamedStates(StateChange.merged(all.map(\.streams)), like: all), to: output)
      }
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a state with another cursor, to read a stream from there.",
      discussion: """
        Examples:
          \(CommandProgram.name) state set s.json --stream orders --cursor 2025-01-01 > t.json
          \(CommandProgram.name) state set s.json --stream a --cursor 7 --partition '{"id":1}'
        """)

    @Argument(
      help: ArgumentHelp("The state; an empty file is an empty state.", valueName: "state"),
      completion: .file(extensions: ["json", "jsonl"]))
    var state: String

    @Option(help: "The stream.")
    var stream: String

    @Option(help: "The value of the cursor: a text, or a number or other JSON.")
    var cursor: String

    @Option(help: "The cursor field, if the state does not name it.")
    var field: String?

    @Option(help: ArgumentHelp("The partition, as JSON; without it, the cursors of all partitions are set.", valueName: "json"))
    var partition: String?

    func run() async throws {
      try await CommandRunner.run {
        let chosen = try partition.map { text -> JSONObject in
          guard let object = try? JSONValue(parsing: Array(text.utf8)).object else {
            throw ConnectorError(.config, "--partition should be a JSON object such as {\"id\": 1}")
          }
          return object
        }
        let states = try StateCommand.states(at: state)
        let changed = try StateChange.setting(
          cursor: Self.value(cursor), field: field, partition: chosen, of: stream, in: states.streams)
        try StateCommand.write(NamedStates(changed, like: [states]))
      }
    }

    /// What looks like a number is one, and what looks like a date is a text.
    private static func value(_ text: String) -> JSONValue { (try? JSONValue(parsing: Array(text.utf8))) ?? .string(text) }
  }
}
