import ArgumentParser
import Authoring
import ConnectorModel
import JSON
import Traffic

struct WhyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Say why a recorded request is as it is: what made each part, what delayed it, and who judged its answer.",
    discussion: """
      The recording is a HAR file of `--record`. Without --request, its requests are listed.

      Examples:
        \(CommandProgram.name) why run.har
        \(CommandProgram.name) why run.har --request 17
      """)

  @Argument(
    help: ArgumentHelp("The recording, a HAR file, plain or compressed.", valueName: "recording"),
    completion: .file(extensions: ["har", "har.gz"]))
  var recording: String

  @Option(help: ArgumentHelp("The number of a request, as the list and errors name it.", valueName: "number"))
  var request: [Int] = []

  @Option(help: ArgumentHelp("List the requests of this stream alone.", valueName: "name"))
  var stream: String?

  @Option(help: "How to write the answer.")
  var format: AnswerFormat = .text

  @Option(help: "Use colours on the terminal. By default if it supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  func validate() throws {
    if stream != nil, !request.isEmpty { throw ValidationError("--stream chooses what is listed: leave it or --request out.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      let why = RecordedReasons(try HARFile(path: recording))
      let terminal = Terminal.ofReports(color)
      guard !request.isEmpty else {
        let list = try why.list(of: stream)
        if format == .json { return try StandardOutput.write(json: list.json.jsonText) }
        return try StandardOutput.write(on: terminal) { list.text(styled: RequestReport.looks($0)) }
      }
      let requests = try request.map { try why.request($0) }
      let report = RequestReport(SecretNames())
      switch format {
      case .text:
        try StandardOutput.write(on: terminal) { styled in
          let report = RequestReport(SecretNames(), styled: RequestReport.looks(styled))
          return requests.map { report.text($0) }.joined(separator: "\n\n")
        }
      case .json:
        for request in requests { try StandardOutput.write(json: report.json(request).jsonText) }
      }
    }
  }
}
