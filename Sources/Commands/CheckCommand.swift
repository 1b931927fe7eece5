import ArgumentParser
import Engine

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Test the connection to the API and print a CONNECTION_STATUS message.",
    discussion: """
      Examples:
        \(CommandProgram.shownName) check --config config.json
        \(CommandProgram.shownName) check --config config.json --record check.har
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var singer: SingerOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions
  @OptionGroup var traffic: TrafficOptions

  func run() async throws {
    try await Session(options, traffic.plan, running: "check", isMock: input.mock.isMock, singer: singer.tap).run { session in
      try await session.source(input, components).source.check(to: session.writer)
      return .success
    }
  }
}
