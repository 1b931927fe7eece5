import AirbyteProtocol
import ArgumentParser
import Authoring
import Components
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Secrets

struct TestReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-read",
    abstract: "Read the first slices and pages of a stream, and show requests, answers, records and the schema they have.",
    discussion: """
      On a terminal this is a text for people; elsewhere, or with --format json, it is the message that the reference's `test_read` \
      gives. Requests are sent once, one after the other. The exit status is 1 where the stream could not be read.

      Examples:
        \(CommandProgram.shownName) test-read --config config.json --stream orders
        \(CommandProgram.shownName) test-read --mock --stream orders --merge-schema
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions
  @OptionGroup var traffic: TrafficOptions

  @Option(help: ArgumentHelp("The stream. May be left out if the manifest has only one.", valueName: "name"))
  var stream: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The states that an earlier read left, as for `read`: the stream is read from there.", valueName: "file"),
    completion: .file(extensions: ["json", "jsonl"]))
  var state: String?

  @Option(help: ArgumentHelp("Read at most this many slices of the stream, and of each of its parents.", valueName: "number"))
  var slices = TestRead.Limits().slices

  @Option(help: ArgumentHelp("Read at most this many pages of a slice.", valueName: "number"))
  var pages = TestRead.Limits().pages

  @Option(
    help: ArgumentHelp(
      "From this many records on, the answer says that a limit was reached. As in the reference, pages are shown whole.",
      valueName: "number"))
  var records = TestRead.Limits().records

  @Option(help: "How to write the answer. By default text on a terminal, and json elsewhere.")
  var format: AnswerFormat?

  @Flag(help: "In text: show the headers and bodies of requests and answers, and all records.")
  var details = false

  @Flag(
    help: """
      Add the fields that the manifest's schema of the stream lacks to the manifest. What is there stays as it is, with its comments and \
      its layout.
      """)
  var mergeSchema = false

  func validate() throws {
    for (number, name) in [(slices, "--slices"), (pages, "--pages"), (records, "--records")] where !(1...10_000).contains(number)
    {
      throw ValidationError("\(name) should be a number from 1 to 10000.")
    }
    if mergeSchema, options.path == "-" {
      throw ValidationError("--merge-schema writes the manifest's file: name it instead of using standard input.")
    }
  }

  private var limits: TestRead.Limits {
    var limits = TestRead.Limits()
    (limits.slices, limits.pages, limits.records) = (slices, pages, records)
    return limits
  }

  func run() async throws {
    let isText = (format ?? (isatty(StandardOutput.descriptor) == 1 ? .text : .json)) == .text
    let recorder = TestReadRecorder(limits: limits)
    let output = Session.Output.testRead(
      recorder, limits, report: { error, mask in Self.report(error, hiding: mask, isText: isText) })
    try await Session(options, traffic.plan, running: "test-read", output: output, isMock: input.mock.isMock).run { session in
      let states = try state.map { try session.states(at: $0) } ?? [:]
      let connector = try await session.connector(input, components, states: states, others: [state])
      let nodes = try await connector.staticStreamNodes() + connector.generatedStreamNodes().map(\.node)
      let (name, node) = try chosen(among: nodes)
      recorder.read(name)
      let built = try await connector.streams([node], among: nodes).first { $0.name.sameScalars(as: name) }
      let stream = try? built?.stream.get()
      let result = try await read(name, connector, stream, recorder, session)
      let terminal = Terminal(
        options.color, of: StandardOutput.descriptor, environment: ProcessInfo.processInfo.environment)
      if isText {
        try StandardOutput.write(line: TestReadText(result, terminal, hasDetails: details).description)
      } else {
        try StandardOutput.write(json: result.message(emittedAt: session.milliseconds).jsonText)
      }
      if mergeSchema {
        let writer = SchemaWriter(node, named: name, among: nodes)
        let declared = node["schema_loader"] == nil ? try await stream?.schema() : nil
        do { try merge(result, declared ?? [:], by: writer) } catch let error as ConnectorError {
          // The answer is out already.
          StandardOutput.tell("error: \(session.runtime.secrets.masked("\(error)"))")
          return .failure
        }
      }
      return result.hasFailed ? .failure : .success
    }
  }

  /// Reads the stream; what goes wrong is in the result.
  private func read(
    _ name: String, _ connector: Connector, _ stream: DeclarativeStream?, _ recorder: TestReadRecorder, _ session: Session
  ) async throws -> TestRead {
    // As the Connector Builder asks for it, whether it has a cursor or not.
    let wanted = ConfiguredStream(descriptor: StreamDescriptor(name: name), syncMode: .incremental)
    var failure: ConnectorError?
    var isComplete = true
    do {
      let reader = connector.reading([wanted], states: connector.states)
      isComplete = try await reader.readValidated([wanted], to: session.writer).isComplete
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      failure = ConnectorError(wrapping: error)
    }
    let keys = (stream?.primaryKey ?? []) + (stream?.cursor.cursorField.map { [$0] } ?? [])
    return recorder.finish(
      requiring: keys.map { [$0] }, error: failure, summarizes: !isComplete, hiding: session.runtime.secrets)
  }

  /// The stream that was asked for, or the only one.
  private func chosen(among nodes: [ManifestNode]) throws -> (name: String, node: ManifestNode) {
    let named = nodes.map { (name: $0["name"]?.string ?? "", node: $0) }
    if stream == nil, named.count > 1 {
      let names = named.prefix(20).map { "`\($0.name)`" }.joined(separator: ", ")
      throw ConnectorError(
        .config,
        "The manifest has \(named.count) streams: choose one with --stream. They are \(names)"
          + (named.count > 20 ? " and \(named.count - 20) more" : ""))
    }
    let all = named.map { ConfiguredStream(descriptor: StreamDescriptor(name: $0.name), syncMode: .incremental) }
    let chosen = try StreamSelection(names: stream.map { [$0] } ?? []).applied(to: all, of: "the manifest").first?.descriptor.name
    guard let found = named.first(where: { chosen.map($0.name.sameScalars) ?? false }) else {
      throw ConnectorError(.config, "The manifest has no stream that could be read")
    }
    return found
  }

  /// Writes the schema of the records into the manifest.
  private func merge(_ result: TestRead, _ declared: JSONObject, by writer: SchemaWriter) throws {
    let usual = InputFile.exists(ManifestOptions.usualName) && !OwnPackage.isThere ? ManifestOptions.usualName : nil
    guard let path = options.path ?? usual, !InputFile.isPipe(path) else {
      throw ConnectorError(.config, "--merge-schema writes the manifest's file, and this manifest is in none: name its file")
    }
    guard let schema = result.schema else {
      throw ConnectorError(.config, "The stream `\(result.stream)` has no records, so there is no schema to write into \(path)")
    }
    guard let outcome = try writer.outcome(adding: schema, to: declared) else {
      return StandardOutput.tell("\(path) has all fields of `\(result.stream)` already.")
    }
    defer {
      if !outcome.omitted.isEmpty {
        let names = outcome.omitted.map { "`\($0)`" }.joined(separator: ", ")
        let keys = outcome.omitted.count == 1 ? "a key of this name" : "keys of these names"
        StandardOutput.tell("note: left out, because no manifest can have \(keys): \(names).")
      }
    }
    guard !outcome.added.isEmpty else {
      return StandardOutput.tell("\(path) has all other fields of `\(result.stream)` already.")
    }
    try outcome.write(to: path)
    let count = outcome.added.count == 1 ? "1 field was" : "\(outcome.added.count) fields were"
    StandardOutput.tell(
      "\(count) added to the schema of `\(result.stream)` in \(path): \(outcome.added.joined(separator: ", ")).")
    if !outcome.sharedWith.isEmpty {
      StandardOutput.tell("The same schema is that of \(outcome.sharedWith.map { "`\($0)`" }.joined(separator: ", ")).")
    }
    for difference in outcome.differences { StandardOutput.tell("note: \(difference); that was left as it is.") }
  }

  /// Shows what kept the stream from being read at all.
  private static func report(_ error: any Error, hiding mask: SecretMask, isText: Bool) {
    if let findings = error as? any FileFindings { StandardOutput.tell(lines: mask.masked(findings.rendered(hiding: mask))) }
    if isText {
      if !(error is any FileFindings) { StandardOutput.tell("error: \(mask.masked("\(error)"))") }
    } else {
      MessageWriter(output: ProtocolOutput(), mask: mask, now: SystemClock.now).report(error)
    }
  }
}

extension Session {
  /// The time of the run in milliseconds since the epoch.
  fileprivate var milliseconds: Int { Int(runtime.now() / 1_000) }
}
