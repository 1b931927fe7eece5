import ArgumentParser
import LowCode

struct AirbyteLowcode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "airbyte-lowcode",
    abstract: "Runs Airbyte's declarative low-code connectors: reads an HTTP API as a YAML manifest describes it.",
    discussion:
      "Standard output carries Airbyte protocol messages, one JSON object a line; everything for people goes to standard error.",
    version: RuntimeVersion.text,
    subcommands: [
      SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, InterpolateCommand.self, ValidateCommand.self,
      ExplainCommand.self, SchemaCommand.self, PackageCommand.self, ImageCommand.self,
    ])
}
