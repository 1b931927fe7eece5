import ArgumentParser
import Essentials
import JSON

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what works on this machine: certificates, proxy, network, clock, Python, folders.",
    discussion: """
      Nothing is requested unless --url names an address. The exit status is 1 where something does not work that connectors need.

      Examples:
        \(CommandProgram.shownName) doctor
        \(CommandProgram.shownName) doctor --url https://api.example.com
      """)

  @Option(help: ArgumentHelp("An address to request, such as that of an API.", valueName: "url"))
  var url: String?

  @Option(help: "How to write what was found.")
  var format: AnswerFormat = .text

  @Option(help: "Use colours in text. By default if the terminal supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  func validate() throws {
    if let url, url.isEmpty { throw ValidationError("--url should be an address such as https://api.example.com.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      let environment = ProcessInfo.processInfo.environment
      let findings = await Doctor(environment: environment, now: SystemClock.now, url: url).findings()
      let hasFailed = findings.contains { $0.state == .fails }
      switch format {
      case .json:
        try StandardOutput.write(
          json: JSONValue.object([
            "works": .bool(!hasFailed), "findings": .array(findings.map(\.json)),
          ]).jsonText)
      case .text:
        let terminal = Terminal(color, of: StandardOutput.descriptor, environment: environment)
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings { try StandardOutput.write(line: finding.line(width: width, styled: terminal.styled)) }
      }
      if hasFailed { throw ExitCode.failure }
    }
  }
}
