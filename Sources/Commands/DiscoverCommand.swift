import ArgumentParser
import Engine

struct DiscoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover", abstract: "Print the streams and their schemas, as a CATALOG message.",
    discussion: """
      Examples:
        \(CommandProgram.shownName) discover --config config.json
        \(CommandProgram.shownName) discover --mock | jq -r .catalog.streams[].name
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var singer: SingerOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions
  @OptionGroup var traffic: TrafficOptions

  func run() async throws {
    try await Session(options, traffic.plan, running: "discover", isMock: input.mock.isMock, singer: singer.tap).run { session in
      try session.writer.catalog(await session.source(input, components).source.discover())
      return .success
    }
  }
}
