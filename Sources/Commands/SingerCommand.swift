import AirbyteProtocol
import ArgumentParser
import Bytes
import ConnectorModel
import Engine
import JSON
import Singer

struct SingerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "singer", abstract: "Make a manifest of a Singer tap, and hand states back to it.",
    subcommands: [SingerWrapCommand.self, SingerStateCommand.self])
}

struct SingerWrapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wrap", abstract: "Write a manifest of a Singer tap from what the tap says of itself.",
    discussion: """
      Examples:
        airbyte-lowcode singer wrap tap-github --output manifest.yaml
        airbyte-lowcode singer wrap pip:meltanolabs-tap-postgres==0.10.0 --config config.json
      """)

  @Argument(
    help: ArgumentHelp(
      "The tap: its program, with arguments of its own, or the Python package that has it, as in pip:tap-jsonl==0.3.1.",
      valueName: "tap"))
  var tap: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The tap's config, a JSON file: the tap is asked for its streams too, to see what their discovery does not say.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The manifest to write. By default it is printed.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var output: String?

  func validate() throws {
    if tap.allSatisfy(\.isWhitespace) { throw ValidationError("Name a tap, as in tap-github.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      let session = try Session(ManifestOptions.parse([]), output: .report)
      if let output, InputFile.exists(output) {
        throw ConnectorError(.config, "There is a file \(output) already: name another one, or move it away")
      }
      Interruption.watch()
      let draft = try await ManifestDraft(
        of: tap, config: try config.map { try InputFile.object($0, "config") }, runtime: session.runtime, writer: session.writer)
      if let output {
        let file = try AtomicFile(path: output, permissions: .usual)
        try file.write(Array(draft.text.utf8))
        try file.putInPlace()
        StandardOutput.tell("Wrote \(output). Try it with `\(CommandProgram.name) check \(output) --config config.json`.")
      } else {
        try StandardOutput.write(text: String(draft.text.dropLast()))
      }
      for remark in draft.remarks { StandardOutput.tell(remark) }
    }
  }
}

struct SingerStateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Print the state of a tap out of states, as the tap and Meltano take it.",
    discussion: """
      Examples:
        airbyte-lowcode singer state output.jsonl > state.json
        airbyte-lowcode singer state output.jsonl --meltano | meltano state set dev:tap-github-to-target-jsonl --input-file /dev/stdin
      """)

  @Argument(
    help: ArgumentHelp(
      "The states that a read of a tap left: its output, a STATE message of it, or a list of states; `-` is standard input.",
      valueName: "file"), completion: .file(extensions: ["json", "jsonl"]))
  var file: String

  @Flag(help: "Print it in the form that Meltano keeps states in.")
  var meltano = false

  func run() async throws {
    try await CommandRunner.run {
      let session = try Session(ManifestOptions.parse([]), output: .report)
      let value = SingerStates.value(of: try session.state(at: file).whole())
      let shown: JSONObject = meltano ? ["singer_state": .object(value)] : value
      try StandardOutput.write(json: JSONValue.object(shown).jsonText)
    }
  }
}
