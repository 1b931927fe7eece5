import ArgumentParser
import Packaging

/// The commands of an executable that carries a connector.
struct PackagedConnector: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: OwnPackage.name,
      abstract: "An Airbyte connector: prints Airbyte protocol messages, one JSON object a line.",
      discussion: "Standard output carries the messages; everything for people goes to standard error.",
      version: ProgramVersion.text(first: OwnPackage.version),
      subcommands: [
        SpecCommand.self, CheckCommand.self, DiscoverCommand.self, ReadCommand.self, LoginCommand.self, AsTapCommand.self,
      ])
  }

  @Flag(help: "Show what this executable carries, with sizes and checksums, and whether it is intact.")
  var inspect = false

  func run() async throws {
    guard inspect else { throw CleanExit.helpRequest(self) }
    try await CommandRunner.run {
      guard let inspection = try OwnPackage.inspection() else { return }
      try StandardOutput.write(text: OwnPackage.version)
      let rows = inspection.rows
      let widths = (rows.map(\.name.count).max() ?? 0, rows.map { "\($0.count)".count }.max() ?? 0)
      for row in rows {
        let name = row.name + String(repeating: " ", count: widths.0 - row.name.count)
        let count = String(repeating: " ", count: widths.1 - "\(row.count)".count) + "\(row.count)"
        try StandardOutput.write(text: "\(name)  \(count) bytes  sha256:\(row.digest)")
      }
    }
  }
}
