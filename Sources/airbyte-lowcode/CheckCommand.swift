import ArgumentParser
import LowCode

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Try whether the config connects to the API, as a CONNECTION_STATUS message.")

  @OptionGroup var options: ManifestOptions
  @OptionGroup var input: ConfigOptions

  func run() async throws {
    try await Session(options).run { session in
      try await session.connector(input).check(to: session.writer)
      return .success
    }
  }
}
