import AirbyteProtocol
import ArgumentParser
import Authoring
import ConnectorModel
import Engine
import Essentials
import JSON

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Show the requests that a read would start with, and where each part of them comes from; or simulate the whole read.",
    discussion: """
      Nothing is sent: parents and logins are made up, as with `read --mock`, unless --parents reads them. Without --config, the config \
      is made up as well.

      Examples:
        \(CommandProgram.name) plan --config config.json --streams orders
        \(CommandProgram.name) plan --simulate --records 1e6 --latency 80ms
      """)

  @OptionGroup var options: ManifestOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The config, a JSON file; `-` is standard input. By default it is made up.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @OptionGroup var components: ComponentOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The states that the read would continue from.", valueName: "file"),
    completion: .file(extensions: ["json", "jsonl"]))
  var state: String?

  @OptionGroup var streams: StreamOptions

  @Flag(help: "Send what leads to the requests: log in, and read parents.")
  var parents = false

  @Flag(help: "With --parents, write the config back to its file when the API renewed a token in it.")
  var updateConfig = false

  @Option(help: ArgumentHelp("How many requests of each stream to show. By default 3.", valueName: "number"))
  var requests: Int?

  @Option(help: "How to write the plan: as text with reasons, as commands of curl, as a file of Hurl, or as JSON.")
  var format: PlanFormat = .text

  @Flag(help: "Read everything on a virtual clock, and say how many requests that makes, how long it takes and what bounds it.")
  var simulate = false

  @Option(
    help: ArgumentHelp(
      "How many records each stream has, or one of them, as in orders=1e6; may be repeated. By default 10000.",
      valueName: "number"))
  var records: [RecordCount] = []

  @Option(help: ArgumentHelp("How long an answer takes, as in 80ms or 1.5s. By default 100ms.", valueName: "time"))
  var latency: TimeSpan?

  @Option(
    help: ArgumentHelp("How many records a page has where the manifest sets no size. By default 100.", valueName: "number"))
  var pageSize: Int?

  @Flag(help: "Simulate the read again with more at a time, without call rates and with faster answers, to see what bounds it.")
  var whatIf = false

  @Option(
    help: ArgumentHelp(
      "Simulate the read in parts as well, by these numbers of workers, as in 1,10,100: how long it takes, and from where on more of them do "
        + "not help.", valueName: "numbers"))
  var parts: WorkerCounts?

  func validate() throws {
    if simulate {
      if parents || requests != nil { throw ValidationError("--simulate asks nobody: leave --parents and --requests out.") }
      if state != nil { throw ValidationError("--simulate reads from the beginning: leave --state out.") }
      if format != .text, format != .json { throw ValidationError("--simulate is written as text or json.") }
    } else if !records.isEmpty || latency != nil || pageSize != nil || whatIf || parts != nil {
      throw ValidationError("--records, --latency, --page-size, --what-if and --parts need --simulate.")
    }
    if updateConfig, !parents { throw ValidationError("--update-config needs --parents, without which nothing is renewed.") }
    if parents, config == nil { throw ValidationError("--parents needs a config: name its file with --config.") }
    if let requests, !(1...1_000).contains(requests) {
      throw ValidationError("--requests should be a number from 1 to 1000.")
    }
    if let latency, latency.microseconds > 3_600_000_000 { throw ValidationError("--latency should be an hour at most.") }
    if let pageSize, !(1...1_000_000).contains(pageSize) {
      throw ValidationError("--page-size should be a number from 1 to 1000000.")
    }
  }

  func run() async throws { try await simulate ? runSimulation() : runPlan() }

  private func runPlan() async throws {
    let transport = PlanTransport()
    let session = Session(options, output: .report, isMock: !parents) { base in
      transport.become(base)
      return transport
    }
    try await session.run { session in
      let given = config.map { ["--config", $0] } ?? ["--mock"]
      let input = try ConfigOptions.parse(given + (updateConfig ? ["--update-config"] : []))
      let states = try state.map { try session.states(at: $0) } ?? [:]
      let connector = try await session.connector(
        input, components, states: streams.fullRefresh ? [:] : states, others: [state])
      let planner = Planner(connector, through: transport, shown: requests ?? 3, readsParents: parents)
      let plan = try await planner.plan(streams.selection)
      let names = SecretNames(session.mask, config: connector.config)
      func report(_ styled: @escaping RequestReport.Styling = { text, _ in text }) -> PlanReport {
        PlanReport(plan, names, configIsMadeUp: config == nil, styled: styled)
      }
      if format == .json {
        try StandardOutput.write(json: report().written(as: format))
      } else {
        try StandardOutput.write(on: Terminal.ofReports(options.color)) { report(RequestReport.looks($0)).written(as: format) }
      }
      return plan.streams.allSatisfy { $0.failure != nil } && !plan.streams.isEmpty ? .failure : .success
    }
  }

  private func runSimulation() async throws {
    try await CommandRunner.run {
      let start = SystemClock.now()
      let given = try await MockInput(manifest: options.path ?? ManifestOptions.usualName, config: config, now: start)
      var settings = SimulationSettings()
      for count in records {
        if let stream = count.stream { settings.recordsOfStreams[stream] = count.number } else { settings.records = count.number }
      }
      if let latency { settings.latency = latency.microseconds }
      if let pageSize { settings.pageSize = pageSize }
      let environment = ProcessInfo.processInfo.environment
      let line = ProgressLine(Terminal(options.color, environment: environment))
      let watch = SimulationWatch(line, now: SystemClock.now)
      let simulation = Simulation(
        given.source, given.input, settings, start: start, environment: environment, meter: SimulationMeter { watch.see($0) })
      defer { line.clear() }
      let report = try await simulation.run(streams.selection, comparesAlternatives: whatIf, workers: parts?.numbers ?? [])
      line.clear()
      if format == .json {
        try StandardOutput.write(json: report.json.jsonText)
      } else {
        try StandardOutput.write(on: Terminal.ofReports(options.color)) { report.text(styled: RequestReport.looks($0)) }
      }
      if !report.streams.isEmpty, report.streams.allSatisfy({ $0.failure != nil }) { throw ExitCode.failure }
    }
  }
}

extension Terminal {
  /// Standard output, where reports go.
  static func ofReports(_ color: ColorChoice) -> Terminal {
    Terminal(color, of: StandardOutput.descriptor, environment: ProcessInfo.processInfo.environment)
  }
}

extension RequestReport {
  /// The looks of a report as those of a terminal.
  static func looks(_ styled: @escaping @Sendable (String, Terminal.Style) -> String) -> Styling {
    { text, look in
      switch look {
      case .strong: styled(text, .strong)
      case .faint: styled(text, .faint)
      case .good: styled(text, .good)
      case .bad: styled(text, .bad)
      case .warning: styled(text, .warning)
      }
    }
  }
}

extension PlanFormat: ExpressibleByArgument {}

/// A number of records, of one stream or of all: `1e6`, `orders=5000`.
struct RecordCount: ExpressibleByArgument, Sendable, Equatable {
  let stream: String?
  let number: Int

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    stream = parts.count > 1 ? parts.dropLast().joined(separator: "=") : nil
    guard let last = parts.last, stream != "", let number = Double(last), (0...1e9).contains(number),
      number == number.rounded()
    else { return nil }
    self.number = Int(number)
  }
}

/// Numbers of workers with commas between them: `1,10,100`.
struct WorkerCounts: ExpressibleByArgument, Sendable, Equatable {
  let numbers: [Int]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard numbers.count == argument.split(separator: ",", omittingEmptySubsequences: false).count, numbers.count <= 20,
      numbers.allSatisfy({ (1...100_000).contains($0) })
    else { return nil }
    self.numbers = numbers
  }
}

/// A span of time as people write it: `80ms`, `1.5s`.
struct TimeSpan: ExpressibleByArgument, Sendable, Equatable {
  let microseconds: Int64

  init?(argument: String) {
    guard let span = DurationText.microseconds(argument) else { return nil }
    microseconds = span
  }
}
