import ArgumentParser
import LowCode

struct AirbyteLowcode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "airbyte-lowcode",
    abstract: "Runs Airbyte's declarative low-code connectors: reads an HTTP API as a YAML manifest describes it.",
    discussion: """
      Standard output carries Airbyte protocol messages, one JSON object a line; everything for people goes to standard error.

      Exit status: 0 where all went well (`check` says in its message whether the connection works), 1 where something failed or `validate` found errors, 2 where `validate` could not check or \
      mend a file, 3 where all was read but for streams that the catalog asks for and the manifest lacks, 64 for wrong usage, and 141 \
      where the reader of the output left. The README lists the environment variables.

      --generate-completion-script bash (or zsh, fish) prints what completes commands, files and names in a shell.
      """,
    version: RuntimeVersion.text,
    subcommands: [
      SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, InterpolateCommand.self, ValidateCommand.self,
      ExplainCommand.self, SchemaCommand.self, PackageCommand.self, ImageCommand.self,
    ])
}
