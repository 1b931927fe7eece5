import ArgumentParser
import Engine

/// The commands of a program that is a source by itself.
struct SourceCommands: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: CommandProgram.name,
      abstract: "An Airbyte connector: prints Airbyte protocol messages, one JSON object a line.",
      discussion: "Standard output carries the messages; everything for people goes to standard error.",
      version: ProgramVersion.text(first: RuntimeVersion.text),
      subcommands: [
        SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, CatalogCommand.self, StateCommand.self,
        AsTapCommand.self,
      ])
  }
}
