import ArgumentParser
import Engine

struct SpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Print what the connector's config looks like, as a SPEC message.",
    discussion: """
      Examples:
        \(CommandProgram.shownName) spec
        \(CommandProgram.shownName) spec | jq .spec.connectionSpecification
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var singer: SingerOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A config that carries the manifest, where none is named.", valueName: "file",
      visibility: CommandProgram.isConnector ? .private : .default), completion: .file(extensions: ["json"]))
  var config: String?

  func run() async throws {
    try await Session(options, singer: singer.tap).run { session in
      if config == nil, !session.hasManifest {
        try session.writer.spec(GeneralSpec.message)
        return .success
      }
      try session.writer.spec(await session.sourceWithoutConfig(config).spec())
      return .success
    }
  }
}
