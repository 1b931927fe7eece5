import AirbyteProtocol
import ArgumentParser
import Authoring
import Concurrency
import ConnectorModel
import Engine
import Essentials
import HTTP
import Manifest
import Validation

struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", abstract: "Compare what an API answers today with a recording of it.",
    discussion: """
      The manifest's streams are read from the recording, and then from the API, some records of each. What is compared is what the API \
      sends: the fields and their types, statuses, and how pages are cut.
      The exit status is 0 where nothing is different that breaks, 1 where something is, and 2 where they could not be compared.

      Examples:
        \(CommandProgram.shownName) drift m.yaml -c config.json --against run.har
        \(CommandProgram.shownName) drift m.yaml -c config.json --against run.har --format junit
      """)

  @Argument(
    help: ArgumentHelp("The manifest, a YAML file, or the folder of a \(ManifestOptions.usualName).", valueName: "manifest"),
    completion: .file(extensions: ["yaml", "yml"]))
  var manifest: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The user's config, a JSON file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String

  @Option(
    help: ArgumentHelp("The recording, as `read --record` makes it.", valueName: "file.har[.gz]"),
    completion: .file(extensions: ["har", "har.gz"]))
  var against: String

  @Option(
    name: [.customLong("streams"), .customLong("stream")],
    help: ArgumentHelp("Compare these streams alone; may be repeated.", valueName: "names"))
  var wanted: [NameList] = []

  @Option(help: ArgumentHelp("Read this many records of each stream, in whole pages.", valueName: "number"))
  var limit = 100

  @Flag(help: "Write the config back to its file when the API renewed a token in it.")
  var updateConfig = false

  @Option(help: "How to write what was found.")
  var format: ReportFormat = .text

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit needs a number of at least 1.") }
  }

  func run() async throws {
    try await CommandRunner.run(failure: ExitCode(2)) {
      let given = try await MockInput(manifest: manifest, config: config, now: SystemClock.now())
      let environment = ProcessInfo.processInfo.environment
      func observer(_ input: ConnectorInput) -> ConnectorObserver {
        ConnectorObserver(
          given.source, input, environment: environment, limit: limit, streams: StreamSelection(names: wanted.flatMap(\.names)))
      }
      let recorded = try await observer(given.input).read(from: .recording(path: against))
      if let failure = recorded.failure {
        guard recorded.failsBeforeReading else {
          throw ConnectorError(.config, "The recording \(against) cannot be read with this manifest: \(failure)")
        }
        // Neither the API nor the recording has been asked anything.
        throw ConnectorError(.config, "The streams cannot be read with the config \(config): \(failure)")
      }
      var input = given.input
      input.updates = RenewedConfig(file: updateConfig ? config : nil) { StandardOutput.tell("warning: \($0)") }
      let today = try await observer(input).read(
        from: .live(
          { NetworkTransport(environment: environment, secrets: $0) }, now: SystemClock.now,
          sleep: { try await TaskThreads.shared.sleep($0) }))
      let drift = Drift(recorded: recorded, today: today)
      guard drift.streams > 0 || !drift.isEmpty else {
        throw ConnectorError(.config, "The recording \(against) has no requests of the streams that were read")
      }
      let text = drift.rendered(format, manifest: ManifestOptions.file(of: manifest))
      try format.isJSON ? StandardOutput.write(json: text) : StandardOutput.write(line: text)
      if drift.hasErrors { throw ExitCode(1) }
    }
  }
}
