import ArgumentParser
import LowCode
import Validation

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a component or a property is for, with types, defaults and an example.")

  @Argument(
    help:
      "A type such as CursorPagination, or a property such as CursorPagination.cursor_value; without it, all types are listed.")
  var subject: String?

  func run() async throws {
    try await CommandRunner.run { try StandardOutput.write(text: subject.map { try Explanation.of($0) } ?? Explanation.list) }
  }
}
