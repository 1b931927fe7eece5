import AirbyteProtocol
import ArgumentParser
import Authoring
import Concurrency
import ConnectorModel
import Engine
import Essentials
import HTTP
import JSON
import Manifest
import Packaging
import PythonComponents
import Secrets
import Singer
import Traffic

/// One run of a command of the protocol: its surroundings, its input files, and how its failures are reported.
struct Session {
  let writer: MessageWriter
  let runtime: RuntimeEnvironment
  let mask = SecretMask()
  /// The path of the manifest that was named.
  let manifest: String?
  /// The Singer tap that was named in the place of a manifest.
  let singer: String?
  /// Shows how it goes, where there is a terminal.
  let progress: TerminalProgress?
  /// What records or replays the run; nil where that was not asked for.
  private let traffic: Result<TrafficRun?, ConnectorError>

  /// How errors that end the run are shown, where they are not written as messages.
  private let showError: (@Sendable (any Error, SecretMask) -> Void)?
  /// What collects the report of the run; nil where none was asked for.
  private let report: ReportedRun?

  /// What is run, as in `read`.
  let command: String
  /// The options of the run that a source of another kind may have nothing for.
  let kindOptions: [KindOption]

  /// What the requests of this run go to instead of the network, once the manifest is known; nil for the network.
  let mock: LateTransport?

  /// - Parameters:
  ///   - plan: what is done with the traffic of the run; nil for nothing.
  ///   - command: what is run, as in `read`.
  ///   - isMock: whether requests go to an API made up from the manifest.
  ///   - wrap: what stands before all that requests go to; requests are explained to it.
  ///   - report: where a report of the run goes; nil for none.
  ///   - share: how much it takes of what the API allows.
  ///   - singer: a Singer tap that is read in the place of a manifest.
  init(
    _ options: ManifestOptions, _ plan: TrafficRun.Plan? = nil, running command: String = "", output: Output = .messages,
    isMock: Bool = false, report: ReportFile? = nil, share: RunShare = .all,
    through wrap: ((any Transport) -> any Transport)? = nil, singer: String? = nil
  ) {
    manifest = options.path
    self.singer = singer
    self.command = command
    let given: [(KindOption, Bool)] = [
      (.mock, isMock), (.record, plan?.isRecording == true), (.replay, plan?.isRecording == false),
      (.transport, options.transport != nil), (.share, share != .all),
    ]
    kindOptions = given.filter(\.1).map(\.0)
    // What is not recorded must not cost an earlier recording.
    let plan = Self.isOfPrograms(options.path, singer) ? nil : plan
    var environment = ProcessInfo.processInfo.environment
    if let transport = options.transport { environment[TransportKind.variable] = transport.rawValue }
    let terminal = Terminal(options.color, environment: environment)
    progress =
      terminal.isThere
      ? TerminalProgress(terminal, now: SystemClock.now, hiding: mask, continuation: output.continuation) : nil
    mock = isMock ? LateTransport() : nil
    let (clock, sleep) = isMock ? Self.skippingTime() : Self.machineTime
    let surroundings = TrafficRun.Surroundings(
      now: clock, sleep: sleep, random: { Double.random(in: 0..<1) },
      transport: mock ?? NetworkTransport(environment: environment, secrets: mask) as any Transport)
    do throws(ConnectorError) {
      traffic = .success(try TrafficRun.make(plan, command: command, in: surroundings, hiding: mask))
    } catch {
      traffic = .failure(error)
    }
    let time = (try? traffic.get())?.surroundings ?? surroundings
    let now = time.now
    let written = output.written(mask, now: now, progress, isMock: isMock)
    writer = written.writer
    let isDebugging = options.debug || environment["LOG_LEVEL"]?.uppercased() == "DEBUG"
    if let report {
      let title = options.path ?? (OwnPackage.isThere ? OwnPackage.name : ManifestOptions.usualName)
      self.report = ReportedRun(file: report, title: title, mask: mask)
    } else {
      self.report = nil
    }
    var runtime = RuntimeEnvironment(
      now: now, sleep: time.sleep, random: time.random, transport: wrap?(time.transport) ?? time.transport,
      log: output.isOfMessages
        ? RunLog(writer: writer, isDebugging: isDebugging)
        : PlainLog(mask: mask, isDebugging: isDebugging, isBrief: output.isReport),
      secrets: mask, environment: environment)
    runtime.trial = written.trial
    runtime.share = share
    runtime.keepsParentRecords = wrap != nil
    runtime.explainsRequests = wrap != nil || (try? traffic.get())?.recorder != nil
    self.runtime = self.report?.reporter.watching(runtime) ?? runtime
    showError = written.showError
  }

  /// Whether the source that is named has programs in it that send requests of their own.
  private static func isOfPrograms(_ path: String?, _ singer: String?) -> Bool {
    if singer != nil { return true }
    let path = path ?? ManifestOptions.usualName
    guard path != "-", !CommandProgram.isConnector, let own = try? CommandProgram.kinds.manifest(.file(path: path)) else {
      return false
    }
    let surroundings = SourceSurroundings(files: .beside(path), kinds: CommandProgram.kinds)
    return !own.kind.traits(of: own.root, in: surroundings).programs.isEmpty
  }

  /// Who looks at the records of a read; nil if nobody does.
  var inspector: (any ReadInspector)? { report?.reporter }

  private typealias Time = (now: @Sendable () -> Int64, sleep: @Sendable (Double) async throws -> Void)

  private static let machineTime: Time = (SystemClock.now, { try await TaskThreads.shared.sleep($0) })

  /// What a run against a mock goes by, which has nothing to wait for.
  private static func skippingTime() -> Time {
    let clock = SkippingClock(SystemClock.now)
    return ({ clock.now }, { try await clock.sleep($0) })
  }

  /// Runs `body`, which returns the exit status. Errors become TRACE messages.
  /// - Parameter failure: the exit status for an error.
  /// - Throws: the exit status, where it is not 0.
  func run(
    failure: @escaping (any Error) -> ExitCode = { _ in .failure }, _ body: @Sendable (Session) async throws -> ExitCode
  ) async throws {
    func report(_ error: any Error) {
      if let showError { return showError(error, mask) }
      // What cannot be written cannot be said there.
      if error is OutputClosed { return CommandRunner.tell(error) }
      let findings = error as? any FileFindings
      if let findings { StandardOutput.tell(lines: mask.masked(findings.rendered(hiding: mask))) }
      // Who watches a terminal has just read it, with the lines of the file.
      writer.report(error, isNews: findings == nil)
    }
    try await CommandRunner.run(status: failure, report: report) {
      let status = try await recorded { try await body(self) }
      if !status.isSuccess { throw status }
    }
  }

  /// Leaves a report that is there already as it is: nothing is run.
  func abandonReport() { report?.abandon() }

  /// Runs `body` as the options about traffic say.
  private func recorded(_ body: @Sendable () async throws -> ExitCode) async throws -> ExitCode {
    let run = try traffic.get()
    if run?.recorder != nil || report != nil {
      Interruption.beforeEnding { [report] in
        try? run?.recorder?.finish(isInterrupted: true)
        try? report?.write(.interrupted)
      }
    }
    guard let run else { return try await reported(body) }
    return try await run.run { try await reported(body) }
  }

  /// Runs `body`, and writes the report that was asked for.
  private func reported(_ body: () async throws -> ExitCode) async throws -> ExitCode {
    if let report { try await report.run(body) } else { try await body() }
  }

  /// Runs a read, and shows on a terminal how it goes and how it ended.
  func watched(_ body: () async throws -> ReadOutcome) async throws -> ReadOutcome {
    guard let progress else { return try await body() }
    Interruption.watch()
    defer { progress.summarize() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          // By the machine's clock, whatever the run's is.
          try await TaskThreads.shared.sleep(0.5)
          progress.tick()
        }
      }
      defer { group.cancelAll() }
      return try await body()
    }
  }

  /// The manifest and the config, ready to run.
  /// - Parameter others: further files that are read, which a changed config must not replace.
  func connector(
    _ options: ConfigOptions, _ components: ComponentOptions, states: ByName<JSONObject> = [:],
    catalog: [ConfiguredStream] = [], others: [String?] = []
  ) async throws -> Connector {
    let config = try ChosenConfig(options, beside: [manifest] + others)
    return try await connector(try source(config.values), config, options, components, states: states, catalog: catalog)
  }

  /// The manifest and the config, ready to run, where both were opened already.
  func connector(
    _ opened: (source: ManifestSource, files: ManifestFiles), _ config: ChosenConfig, _ options: ConfigOptions,
    _ components: ComponentOptions, states: ByName<JSONObject>, catalog: [ConfiguredStream]
  ) async throws -> Connector {
    let (source, files) = opened
    try refuseOtherKinds(source)
    var input = ConnectorInput()
    input.config = config.values
    if input.config["__command"] != nil {
      // The reference uses it as the command, instead of the command line's. It may not be a command at all, and is not quoted.
      runtime.log.log(
        .warn, "The config has a `__command` for the Connector Builder, which this version does not run: it is ignored.")
    }
    let variables = options.variables
    if !variables.isEmpty { input.completion = { variables.applied(to: $0, specification: $1) } }
    input.states = states
    input.catalog = catalog
    input.components = CommandProgram.components
    input.files = files
    // As in the reference, renewed tokens are reported to the platform, and the file stays as it is unless a change is asked for.
    // Where messages are not shown, nobody else would keep them.
    let warn: @Sendable (String) -> Void = { StandardOutput.tell("warning: \($0)") }
    input.updates = ConfigControl(
      writer: writer, file: options.updateConfig ? options.config : nil, warn: showError == nil ? nil : warn)
    // What variables say belongs in no file.
    let isWritable = options.config != "-" && config.isAlone && variables.isEmpty
    input.migrations = ConfigControl(writer: writer, file: isWritable ? options.config : nil)
    if mock != nil, options.given == nil {
      input.config = try await ManifestMock.config(for: source, input, now: runtime.now())
    }
    input.custom = try customComponents(components, input, of: source)
    if let mock {
      let api = try await ManifestMock.api(
        for: source, input, options: options.mock.apiOptions(knowsCredentials: options.given != nil), runtime: runtime)
      mock.become(MockTransport(api, sleep: runtime.sleep))
    }
    do {
      return try await Connector.load(source, input, runtime: runtime)
    } catch let error as ManifestError {
      throw concealing(input.config, at: options.config, in: error)
    }
  }

  /// What runs the components that are written in Python.
  func customComponents(
    _ options: ComponentOptions, _ input: ConnectorInput, of source: ManifestSource
  ) throws -> PythonComponents {
    let place = ComponentCode.ManifestPlace(input.files, isBundled: isBundled(source))
    let code = try ComponentCode.find(named: options.path, config: input.config, manifest: place)
    return PythonComponents(
      .init(code, interpreter: options.python, folder: place.folder), runtime: runtime, updates: input.updates)
  }

  /// Whether the manifest is part of this executable, or of the image that it is in.
  private func isBundled(_ source: ManifestSource) -> Bool {
    guard manifest == nil, case .text(_, let name) = source else { return false }
    return OwnPackage.isThere || name == ImageLayout.manifest
  }

  /// An error about a manifest, which may be the config itself, or in it. Nothing says what in a config is a secret if there is
  /// no manifest, so that all of it is hidden.
  func concealing(_ config: JSONObject, at path: String, in error: ManifestError) -> ManifestError {
    let rest = config.filter { $0.key != "__injected_declarative_manifest" }
    for secret in ConcealedConfig(rest, specification: nil).hidden { mask.hide(secret) }
    let isConfig = manifest.map { ManifestSource.file(path: $0).isFile(at: path) } ?? false
    return isConfig ? ManifestError(error.diagnostics.map(\.withoutLines)) : error
  }

  /// The manifest, and what runs its Python components.
  /// - Parameter path: a config for them; nil for an empty one.
  func connectorForComponents(
    _ path: String?, _ components: ComponentOptions
  ) async throws -> (connector: Connector, python: PythonComponents) {
    var input = ConnectorInput()
    input.config = try path.map { try InputFile.object($0, "config") } ?? [:]
    let (source, files) = try source(input.config)
    try refuseOtherKinds(source)
    input.files = files
    input.components = CommandProgram.components
    let python = try customComponents(components, input, of: source)
    input.custom = python
    return (try await Connector.load(source, input, runtime: runtime), python)
  }

  /// A manifest that was opened already, without a config.
  func connectorWithoutConfig(_ source: ManifestSource, _ files: ManifestFiles) async throws -> Connector {
    var input = ConnectorInput()
    input.files = files
    input.components = CommandProgram.components
    return try await Connector.load(source, input, runtime: runtime)
  }

  /// Whether there is a manifest besides what a config may bring along.
  var hasManifest: Bool {
    manifest != nil || singer != nil || CommandProgram.isConnector || InputFile.exists(ImageLayout.manifest)
      || InputFile.exists(ManifestOptions.usualName)
  }

  func source(_ config: JSONObject) throws -> (source: ManifestSource, files: ManifestFiles) {
    if let own = CommandProgram.ownManifest { return (.injected(own), .ofConfig) }
    if let own = try ownManifest() { return own }
    if let injected = config["__injected_declarative_manifest"] { return (.injected(injected), .ofConfig) }
    let usual = ManifestOptions.usualName
    guard InputFile.exists(usual) else {
      throw ConnectorError(
        .config,
        "There is no manifest: name one, as in `\(CommandProgram.name) check connector/manifest.yaml`. Without a name it is the \(usual) of "
          + "this folder, or what the config has as `__injected_declarative_manifest`")
    }
    return (try text(of: usual), .beside(usual))
  }

  /// The manifest that was named, is part of this executable, or is where images have it; the first of these.
  private func ownManifest() throws -> (source: ManifestSource, files: ManifestFiles)? {
    if let singer {
      guard manifest == nil else {
        throw ConnectorError(.config, "--singer names a tap in the place of a manifest: leave the manifest out")
      }
      return (.text(Array(SingerKind.manifest(of: singer).utf8), name: "--singer"), .folder("."))
    }
    switch manifest {
    case "-"?: return (.text(try InputFile.bytes("-", "manifest"), name: "<stdin>"), .ofStandardInput)
    case let path?: return (try text(of: path), .beside(path))
    case nil: break
    }
    do {
      if let package = try OwnPackage.package() {
        return (.text(package.manifest, name: Package.manifestPath), .packaged(package.files))
      }
    } catch {
      throw ConnectorError(.system, error.message)
    }
    // As in the reference, before a manifest that comes with the config.
    guard InputFile.exists(ImageLayout.manifest) else { return nil }
    return (try text(of: ImageLayout.manifest), .beside(ImageLayout.manifest))
  }

  /// The manifest of a file. It is read once, for all who look into it: whoever opens a pipe twice has ended its writer.
  private func text(of path: String) throws -> ManifestSource { .text(try InputFile.bytes(path, "manifest"), name: path) }

  /// - Throws: ``ConnectorError`` that says what is wrong with the catalog.
  func catalog(at path: String) throws -> [ConfiguredStream] { try GivenMessages.catalog(at: path) }

  /// - Throws: ``ConnectorError`` that says what is wrong with the state.
  func state(at path: String) throws -> GivenState {
    let (given, isWithoutMessage) = try GivenMessages.state(at: path)
    if isWithoutMessage {
      runtime.log.log(.warn, "No line of \(path) is a whole STATE message: all streams are read from their beginning.")
    }
    return given
  }
}
