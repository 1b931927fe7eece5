import ArgumentParser
import LowCode

struct SpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Print what the connector's config looks like, as a SPEC message.")

  @OptionGroup var options: ManifestOptions

  @Option(
    help: ArgumentHelp(
      "A config that carries the manifest, where --manifest is not given.", valueName: "file",
      visibility: OwnPackage.isThere ? .private : .default))
  var config: String?

  func run() async throws {
    try await Session(options).run { session in
      if config == nil, !session.hasManifest {
        try session.writer.spec(GeneralSpec.message)
        return true
      }
      try await session.connectorWithoutConfig(config).writeSpec(to: session.writer)
      return true
    }
  }
}
