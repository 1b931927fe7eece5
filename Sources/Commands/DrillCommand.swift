import ArgumentParser
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Traffic

struct DrillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Read a manifest's streams against an API that breaks, and check that no record is lost or doubled.",
    discussion: """
      The API is made up from the manifest, as with `read --mock`, and nothing leaves this process. Each kind of fault gets a read of \
      its own for each seed; waits take no time. The exit status is 1 where a read does not end, or gives other records than it should.

      Examples:
        \(CommandProgram.name) drill manifest.yaml --seeds 10
        \(CommandProgram.name) drill manifest.yaml --fault cut-body --seed 3
      """)

  @Argument(
    help: ArgumentHelp("The manifest, a YAML file, or the folder of a \(ManifestOptions.usualName).", valueName: "manifest"),
    completion: .file(extensions: ["yaml", "yml"]))
  var manifest: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The config, a JSON file. By default it is made up.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(help: ArgumentHelp("How many seeds to try: each breaks other answers.", valueName: "number"))
  var seeds = 3

  @Option(help: ArgumentHelp("The only seed to try, to see one of them again.", valueName: "number"))
  var seed: Int?

  @Option(help: ArgumentHelp("A kind of fault to try; may be given several times. By default all.", valueName: "fault"))
  var fault: [Fault] = []

  @Option(help: ArgumentHelp("How many pages each request has that is paginated. By default 3.", valueName: "number"))
  var pages: Int?

  @Option(help: ArgumentHelp("How many records a page has where the manifest sets no size. By default 3.", valueName: "number"))
  var records: Int?

  @Option(help: "How to write the report.")
  var format: AnswerFormat = .text

  func validate() throws {
    if !(1...10_000).contains(seeds) { throw ValidationError("--seeds should be a number from 1 to 10000.") }
    try MockOptions.check(pages, "--pages")
    try MockOptions.check(records, "--records")
  }

  func run() async throws {
    try await CommandRunner.run {
      let start = SystemClock.now()
      let given = try await MockInput(manifest: manifest, config: config, now: start)
      var options = ManifestAPIOptions(seed: nil, pages: pages, records: records, knowsCredentials: config != nil)
      options.usualPages = 3
      let drill = Drill(
        given.source, given.input, options: options, start: start, environment: ProcessInfo.processInfo.environment)
      let report = try await drill.run(
        seeds: seed.map { [$0] } ?? Array(1...seeds), faults: fault.isEmpty ? Fault.allCases : fault)
      try format == .json ? StandardOutput.write(json: report.json.jsonText) : StandardOutput.write(line: report.text)
      if report.violations > 0 { throw ExitCode.failure }
    }
  }
}

extension Fault: ExpressibleByArgument {}
