import ArgumentParser
import Engine
import Traffic

struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Read the catalog's streams: RECORD messages, with STATE messages to continue from.")

  @OptionGroup var options: ManifestOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions

  @Option(
    name: [.customShort("C"), .long],
    help: ArgumentHelp(
      "The streams to read: a configured catalog, or what `discover` printed. With --mock it may be left out: all streams are read.",
      valueName: "file"), completion: .file(extensions: ["json", "jsonl"]))
  var catalog: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The states that an earlier read left: its output, a STATE message of it, or a list of states. The read continues from there; an "
        + "empty file means from the beginning.", valueName: "file"), completion: .file(extensions: ["json", "jsonl"]))
  var state: String?

  func validate() throws {
    if catalog == nil, !input.mock.isMock { throw ValidationError("Missing expected argument '--catalog <file>'") }
  }

  func run() async throws {
    try await Session(options, isMock: input.mock.isMock).run { session in
      var streams = try catalog.map { try session.catalog(at: $0) } ?? []
      let states = try state.map { try session.states(at: $0) } ?? [:]
      let connector = try await session.connector(input, components, states: states, catalog: streams, others: [catalog, state])
      if catalog == nil { streams = ManifestMock.catalog(of: try await connector.listedStreams(nil)) }
      let outcome = try await session.watched { try await connector.readValidated(streams, to: session.writer) }
      if !outcome.isComplete { return .failure }
      return outcome.unknownStreams.isEmpty ? .success : .unknownStream
    }
  }
}
