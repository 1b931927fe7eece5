import ArgumentParser
import Engine

struct AirbyteLowcode: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: CommandProgram.name,
      abstract: "Runs Airbyte's declarative low-code connectors: reads an HTTP API as a YAML manifest describes it.",
      discussion: """
        Standard output carries Airbyte protocol messages, one JSON object a line; everything for people goes to standard error.

        Exit status: 0 on success (`check` says in its message whether the connection works), 1 on failure or when `validate` found \
        errors, 2 when `validate` could not check or fix a file, 3 when everything was read except streams that the manifest does not \
        have, 4 and 5 when `diff` found what asks for a minor or a major version, 64 for wrong usage, and 141 when the reader of the output has left. docs/commands.md lists the environment variables.

        --generate-completion-script bash (or zsh, fish) prints what completes commands, files and names in a shell.
        """,
      version: ProgramVersion.text(first: RuntimeVersion.text),
      subcommands: [
        SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, TestReadCommand.self, CatalogCommand.self,
        StateCommand.self,
        InterpolateCommand.self,
        ValidateCommand.self,
        ExplainCommand.self, SchemaCommand.self, ComponentsCommand.self, MockCommand.self, DrillCommand.self, TestCommand.self,
        PlanCommand.self, WhyCommand.self, GraphCommand.self, DiffCommand.self, DriftCommand.self, PackageCommand.self,
        ImageCommand.self, LSPCommand.self, DoctorCommand.self, SingerCommand.self, AsTapCommand.self, ConformCommand.self,
      ])
  }
}
