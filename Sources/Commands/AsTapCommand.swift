import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import Essentials
import JSON
import Secrets
import Singer

struct AsTapCommand: AsyncParsableCommand {
  /// The command as examples show it.
  private static var program: String {
    CommandProgram.shownName + " as-tap" + (CommandProgram.isConnector ? "" : " manifest.yaml")
  }

  static let configuration = CommandConfiguration(
    commandName: "as-tap", abstract: "Be a Singer tap: read the streams as SCHEMA, RECORD and STATE messages.",
    discussion: """
      Examples:
        \(program) --config config.json --discover > catalog.json
        \(program) --config config.json --catalog catalog.json | target-jsonl

      The options are those of Singer's taps. docs/singer.md shows how Meltano runs it.
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var components: ComponentOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The config, a JSON file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: [.long, .customLong("properties"), .customShort("p")],
    help: ArgumentHelp("A Singer catalog that selects streams and fields. Without it, everything is read.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var catalog: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The value of the last STATE message of an earlier run.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var state: String?

  @Flag(name: .shortAndLong, help: "Print the catalog.")
  var discover = false

  @Flag(help: "Print what the tap is, and its settings.")
  var about = false

  @Flag(help: "Test the connection.")
  var test = false

  @Option(help: "How --about prints: for people, or as JSON.")
  var format: AnswerFormat = .text

  func validate() throws {
    if [discover, about, test].count(where: { $0 }) > 1 {
      throw ValidationError("--discover, --about and --test are different runs: give one of them.")
    }
    if config == nil, !about { throw ValidationError("Missing expected argument '--config <file>'") }
  }

  func run() async throws {
    let output = SingerOutput(ProtocolOutput(), now: SystemClock.now)
    try await Session(options, running: "as-tap", output: .tap(output)).run { session in
      if about { return try await describe(session) }
      let input = try ConfigOptions.parse(config.map { ["--config", $0] } ?? [])
      let source = try await session.source(input, components, others: [catalog, state]).source
      if test {
        let status = try await source.check()
        if let message = status.message { StandardOutput.tell("error: \(session.mask.masked(message))") }
        return status.isSuccess ? .success : .failure
      }
      let streams = try await source.listed()
      if discover {
        try StandardOutput.write(json: SingerCatalog(try await source.discover()).json.jsonText)
        return .success
      }
      return try await read(streams, from: source, to: output, session)
    }
  }

  private func describe(_ session: Session) async throws -> ExitCode {
    let spec = try await session.sourceWithoutConfig(config).spec()
    let tap = TapDescription(
      name: Self.name(of: options.path), version: RuntimeVersion.text,
      specification: spec["connectionSpecification"]?.object ?? [:])
    switch format {
    case .json: try StandardOutput.write(json: tap.json.jsonText)
    case .text: try StandardOutput.write(text: tap.text)
    }
    return .success
  }

  /// The name of the tap: that of the connector, of the manifest's folder, or of its file.
  private static func name(of manifest: String?) -> String {
    var name = CommandProgram.isConnector ? CommandProgram.shownName : "source"
    if !CommandProgram.isConnector, let path = manifest {
      let file = URL(fileURLWithPath: path).standardizedFileURL
      let stem = file.deletingPathExtension().lastPathComponent
      name = stem == "manifest" ? file.deletingLastPathComponent().lastPathComponent : stem
    }
    if name.hasPrefix("tap-") { return name }
    return "tap-" + (name.hasPrefix("source-") ? String(name.dropFirst("source-".count)) : name)
  }

  private func read(
    _ streams: [AirbyteStream], from source: any Source, to output: SingerOutput, _ session: Session
  ) async throws -> ExitCode {
    let known = SingerCatalog(streams)
    var selections = known.all
    if let catalog {
      do { selections = try known.selections(of: InputFile.json(catalog, "catalog")) } catch let error as TapCatalogError {
        throw ConnectorError(.config, "The catalog \(catalog) cannot be used: \(error)")
      }
      if selections.isEmpty {
        StandardOutput.tell("warning: The catalog \(catalog) selects no stream: its `metadata` needs `\"selected\": true`.")
      }
    }
    let earlier = try state.map { try InputFile.object($0, "state") }
    let configured = selections.map(\.stream)
    output.prepare(selections, among: streams, continuing: earlier.map(SingerOutput.value))
    guard !configured.isEmpty else { return .success }
    let request = ReadRequest(
      configured, from: earlier.map { SingerOutput.sourceState(of: $0, for: configured) } ?? SourceState())
    let outcome = try await session.watched { try await source.run(request, writer: session.writer, runtime: session.runtime) }
    return outcome.isComplete ? .success : .failure
  }
}
