import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import JSON
import Manifest
import Sharding

struct ShardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard", abstract: "Divide a read into parts that several machines read, each with `read --part`.",
    discussion: """
      Parents are read here, once. `state merge` puts the states of the parts together afterwards.

      Examples:
        \(CommandProgram.shownName) shard --config config.json --parts 8 -o parts
        \(CommandProgram.shownName) read --config config.json --part parts/0007.json > 0007.jsonl
        \(CommandProgram.shownName) state merge parts 0*.jsonl -o state.json
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions

  @OptionGroup var given: CatalogOptions

  @OptionGroup var streams: StreamOptions

  @Option(help: ArgumentHelp("How many parts to make.", valueName: "number"))
  var parts: Int

  @Option(
    help: ArgumentHelp(
      "How many parts are read at the same time: call rates, concurrency and tokens are divided by it. By default all of them.",
      valueName: "number"))
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      """
      What is not divided further: a stream, a partition or a window of time. By default partitions where there are many, else windows.
      """, valueName: "unit"))
  var by: Divider.Unit?

  @Option(
    help: ArgumentHelp(
      "A recording of an earlier read: parts take as long to read as it says. By default all slices count the same.",
      valueName: "file.har[.gz]"), completion: .file(extensions: ["har", "har.gz"]))
  var weights: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the parts: new, empty, or that of an earlier division.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Read only what may have changed in this range of time, and leave no state. Streams without times are read as ever.",
      valueName: "start..end"), transform: TimeWindow.parsed)
  var within: TimeWindow?

  @Flag(help: "Print a Kubernetes Job that divides the read and reads a part in each index, instead of dividing it here.")
  var kubernetes = false

  @Option(help: ArgumentHelp("The image of the connector, for --kubernetes, as `image` makes it.", valueName: "name"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "The name of the Job, and of its secret and volume, for --kubernetes. By default as the image.", valueName: "name"))
  var name: String?

  @Option(help: "Print a summary, or the index as JSON.")
  var format: AnswerFormat = .text

  /// More parts are more files than anybody wants in a folder.
  private static let mostParts = 100_000

  func validate() throws {
    guard (1...Self.mostParts).contains(parts) else {
      throw ValidationError("--parts should be a number from 1 to \(Self.mostParts).")
    }
    if let workers, workers < 1 { throw ValidationError("--workers should be a number of at least 1.") }
    if within != nil, given.state != nil || streams.fullRefresh {
      throw ValidationError("--within says itself where to begin: leave --state and --full-refresh out.")
    }
    if kubernetes { return try validateJob() }
    guard let output, !output.isEmpty else { throw ValidationError("--output needs the name of a folder for the parts.") }
    if image != nil || name != nil { throw ValidationError("--image and --name belong to a Job: add --kubernetes.") }
  }

  func run() async throws {
    if kubernetes { return try await printJob() }
    let folder = PartFolder(output ?? "")
    let session = Session(options, running: "shard", output: .report, isMock: input.mock.isMock)
    try await session.run(failure: ReadCommand.status) { session in
      try folder.prepare()
      var settings = Divider.Settings(parts: parts, workers: workers.map { min($0, parts) }, unit: by)
      settings.isLimited = within != nil
      if let weights { settings.weights = try RecordedWeights(recording: weights) }
      let earlier = try given.state.map { try session.states(at: $0) } ?? [:]
      let catalog = try given.catalog.map { try streams.selection.applied(to: session.catalog(at: $0), of: "the catalog \($0)") }
      var connector = try await session.connector(
        input, components, states: streams.fullRefresh ? [:] : earlier, catalog: catalog ?? [],
        others: [given.catalog, given.state, weights])
      var wanted = catalog ?? []
      if catalog == nil {
        let all = try await connector.listedStreams(nil).map { ConfiguredStream($0) }
        wanted = try streams.selection.applied(to: all, of: "the connector")
      } else {
        try connector.spec().validate(connector.config)
      }
      connector = connector.reading(wanted, states: connector.states, window: within?.narrowing)
      warn(ofTokensThatAreUsedOnce: connector, session)
      let read = try await Divider(connector, settings).divide(wanted)
      try folder.write(read)
      let division = read.division
      if format == .json {
        try StandardOutput.write(json: JSONValue.object(division.json).jsonText)
      } else {
        try StandardOutput.write(text: DivisionReport(division, folder: folder.path).text)
      }
      return .success
    }
  }

  /// Parts that renew the same token take it away from each other.
  private func warn(ofTokensThatAreUsedOnce connector: Connector, _ session: Session) {
    guard parts > 1, connector.manifest.root.value.jsonText.contains("\"refresh_token_updater\":{") else { return }
    session.runtime.log.log(
      .warn,
      "The connector renews a token that can be used once: parts that are read at the same time take it away from each other. Read one part "
        + "at a time, each with the config of the one before (--update-config), or use credentials that last.")
  }
}

extension Divider.Unit: ExpressibleByArgument {}
