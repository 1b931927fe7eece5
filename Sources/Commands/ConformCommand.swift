import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import Essentials
import JSON
import Programs
import Secrets

struct ConformCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conform",
    abstract: "Run a program that speaks the Airbyte protocol, and print what it does against the protocol.",
    discussion: """
      Any source will do: a Python program, an executable, a container. `spec` is run always; with a config, `check`, `discover` and \
      `read` follow. The exit status is 1 where an error was found, and 2 where the program could not be run.

      Examples:
        \(CommandProgram.shownName) conform -- ./source-shop
        \(CommandProgram.shownName) conform --config config.json -- python3 main.py
      """)

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The user's config, a JSON file; `-` is standard input.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @OptionGroup var given: CatalogOptions

  @Option(help: "How to write what was found.")
  var format: AnswerFormat = .text

  @Option(help: ArgumentHelp("End the program if it writes nothing for this long.", valueName: "seconds"))
  var timeout: Double = 600

  @Option(help: "Use colours in text. By default if the terminal supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its first arguments.", valueName: "program"))
  var program: [String] = []

  func validate() throws {
    if program.isEmpty { throw ValidationError("Name the program behind two dashes, as in `conform -- ./source`.") }
    if config == nil, given.catalog != nil || given.state != nil { throw ValidationError("--catalog and --state need --config.") }
    if !(timeout > 0) || !timeout.isFinite { throw ValidationError("--timeout needs a number of seconds above 0.") }
  }

  func run() async throws {
    try await CommandRunner.run(failure: ExitCode(2)) {
      Interruption.watch()
      let environment = ProcessInfo.processInfo.environment
      let call = ProgramCall(program, environment: environment, limits: .init(silence: timeout))
      let terminal = Terminal(color, of: StandardOutput.descriptor, environment: environment)
      var commands: [CommandConformance] = []
      try await ConformanceRun(call, try inputs(), now: SystemClock.now).run { command in
        commands.append(command)
        if format == .text { try StandardOutput.write(on: terminal) { ConformText(styled: $0).section(command) } }
      }
      let count = commands.reduce(0) { $0 + $1.errorCount }
      switch format {
      case .json:
        try StandardOutput.write(
          json: JSONValue.object(["conforms": .bool(count == 0), "commands": .array(commands.map(\.json))]).jsonText)
      case .text: try StandardOutput.write(on: terminal) { ConformText(styled: $0).summary(commands) }
      }
      if count > 0 { throw ExitCode.failure }
    }
  }

  private func inputs() throws -> ConformanceRun.Given {
    var inputs = ConformanceRun.Given()
    inputs.config = try config.map { try InputFile.object($0, "config") }
    inputs.catalog = try given.catalog.map { try GivenMessages.catalog(at: $0) }
    inputs.state = try given.state.map { try GivenMessages.state(at: $0).given.whole() }
    return inputs
  }
}

/// What was found, for people.
struct ConformText {
  let styled: (String, Terminal.Style) -> String

  /// A command: a line of its own, and one of each violation.
  func section(_ command: CommandConformance) -> String {
    let warnings = command.violations.count - command.errorCount
    let found = [Self.counted(command.errorCount, "error"), Self.counted(warnings, "warning")].compactMap { $0 }
    let result =
      found.isEmpty ? styled("conforms", .good) : styled(found.joined(separator: ", "), command.errorCount > 0 ? .bad : .warning)
    let records = Self.counted(command.records, "record").map { ", \($0)" } ?? ""
    let head =
      "\(Self.padded(command.command)) \(result) "
      + styled(
        "(\(Self.counted(command.messages, "message") ?? "no message")\(records), \(command.seconds.fixed(1)) s)",
        .faint)
    return ([head] + command.violations.map(line)).joined(separator: "\n")
  }

  /// A command's name, as wide as the longest of them.
  private static func padded(_ name: String) -> String { name.prefix(9) + String(repeating: " ", count: max(0, 9 - name.count)) }

  private func line(_ violation: Violation) -> String {
    let severity = styled(violation.severity.rawValue, violation.severity == .error ? .bad : .warning)
    let stream = violation.stream.map { "\($0): " } ?? ""
    var places: [String] = []
    if let line = violation.line { places.append(violation.count > 1 ? "first in line \(line)" : "line \(line)") }
    if violation.count > 1 { places.append("\(violation.count) times") }
    let place = places.isEmpty ? "" : styled(" (\(places.joined(separator: ", ")))", .faint)
    return "  \(severity): \(stream)\(TerminalText.line(violation.message))\(place) \(styled("[\(violation.rule)]", .faint))"
  }

  func summary(_ commands: [CommandConformance]) -> String {
    let errors = commands.reduce(0) { $0 + $1.errorCount }
    let names = commands.map { "`\($0.command)`" }.joined(separator: ", ")
    return errors == 0
      ? styled("\(names): nothing is against the protocol.", .good)
      : styled("\(Self.counted(errors, "error") ?? "") in \(names).", .bad)
  }

  private static func counted(_ count: Int, _ word: String) -> String? {
    count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
  }
}
