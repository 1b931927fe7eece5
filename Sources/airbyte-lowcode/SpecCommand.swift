import ArgumentParser
import LowCode

struct SpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Print what the connector's config looks like, as a SPEC message.")

  @OptionGroup var options: ManifestOptions

  @Option(help: ArgumentHelp("A config that carries the manifest, where --manifest is not given.", valueName: "file"))
  var config: String?

  func run() async throws {
    try await Session(options).run { session in
      try await session.connectorWithoutConfig(config).writeSpec(to: session.writer)
      return true
    }
  }
}
