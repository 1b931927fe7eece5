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
        have, 4 and 5 when `diff` found what asks for a minor or a major version, 64 for wrong usage, 78 when \
        `read --part` would fail again whenever it is tried, and 141 when the reader of the output has left. docs/commands.md lists the environment variables.

        --generate-completion-script bash (or zsh, fish) prints what completes commands, files and names in a shell.
        """,
      version: ProgramVersion.text(first: RuntimeVersion.text),
      groupedSubcommands: [
        CommandGroup(
          name: "Reading",
          subcommands: [
            SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, CatalogCommand.self, StateCommand.self,
            LoginCommand.self,
          ]),
        CommandGroup(
          name: "Writing",
          subcommands: [
            NewCommand.self, ValidateCommand.self, TestReadCommand.self, TestCommand.self, InterpolateCommand.self,
            ExplainCommand.self, SchemaCommand.self, ComponentsCommand.self, LSPCommand.self,
          ]),
        CommandGroup(
          name: "Analysis",
          subcommands: [
            PlanCommand.self, WhyCommand.self, GraphCommand.self, DiffCommand.self, DriftCommand.self, MockCommand.self,
            DrillCommand.self,
          ]),
        CommandGroup(name: "Other source", subcommands: [SingerCommand.self, AsTapCommand.self, ConformCommand.self]),
        CommandGroup(
          name: "Shipping",
          subcommands: [PackageCommand.self, ImageCommand.self, ShardCommand.self, DoctorCommand.self]),
      ])
  }
}
