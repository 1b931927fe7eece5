import ArgumentParser
import LowCode

struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Read the catalog's streams: RECORD messages, with STATE messages to continue from.")

  @OptionGroup var options: ManifestOptions
  @OptionGroup var input: ConfigOptions

  @Option(help: ArgumentHelp("The streams to read, a JSON file with a configured catalog.", valueName: "file"))
  var catalog: String

  @Option(
    help: ArgumentHelp("The states that an earlier read left, a JSON file; the read continues from there.", valueName: "file"))
  var state: String?

  func run() async throws {
    try await Session(options).run { session in
      let streams = try session.catalog(at: catalog)
      let states = try state.map { try session.states(at: $0) } ?? [:]
      let connector = try await session.connector(input, states: states, catalog: streams, others: [catalog, state])
      let progress = TerminalProgress.ifTerminal(now: session.runtime.now, hiding: session.runtime.secrets)
      let isComplete = try await connector.readValidated(streams, to: session.writer, progress: progress ?? NoProgress())
      progress?.summarize()
      return isComplete
    }
  }
}
