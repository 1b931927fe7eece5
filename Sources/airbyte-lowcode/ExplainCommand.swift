import ArgumentParser
import LowCode
import Validation

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a component or a property is for, with types, defaults and an example.")

  @Argument(
    help:
      "A type such as CursorPagination, or a property such as CursorPagination.cursor_value; without it, all types are listed.")
  var subject: String?

  func run() throws {
    let text: String
    do {
      text = try subject.map { try Explanation.of($0) } ?? Explanation.list
    } catch let error as Explanation.Unknown {
      StandardOutput.tell("error: \(error)")
      throw ExitCode.failure
    }
    do {
      try StandardOutput.write(line: text)
    } catch let error as OutputClosed {
      StandardOutput.tell("error: \(error)")
      throw ExitCode.failure
    }
  }
}
