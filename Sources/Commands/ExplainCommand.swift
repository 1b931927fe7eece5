import ArgumentParser
import Validation

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a component, a property, a rule, or something that templates may use is for, with an example.",
    discussion: """
      Examples:
        \(CommandProgram.shownName) explain CursorPagination.cursor_value
        \(CommandProgram.shownName) explain now_utc
      """)

  @Argument(
    help: """
      A component such as CursorPagination, a kind of source such as SingerSource, a property such as CursorPagination.cursor_value or \
      cursor_value, a rule of `validate` such \
      as unknown-key, or a filter, macro or variable of templates such as now_utc; without it, all of them are listed.
      """, completion: .list(Explanation(CommandProgram.kinds).names))
  var subject: String?

  func run() async throws {
    try await CommandRunner.run {
      let explanation = Explanation(CommandProgram.kinds)
      try StandardOutput.write(text: subject.map { try explanation.of($0) } ?? explanation.list)
    }
  }
}
