import AirbyteProtocol
import ArgumentParser
import Authoring
import Components
import ConnectorModel
import Engine

struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Read streams: RECORD messages, with STATE messages to continue from.",
    discussion: """
      Examples:
        \(CommandProgram.shownName) read --config config.json --streams a,b --limit 9 --records
        \(CommandProgram.shownName) read --config config.json --output data --report report.html
        \(CommandProgram.shownName) read --config config.json --catalog catalog.json
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var singer: SingerOptions
  @OptionGroup var input: ConfigOptions
  @OptionGroup var components: ComponentOptions
  @OptionGroup var traffic: TrafficOptions

  @OptionGroup var given: CatalogOptions

  @OptionGroup var streams: StreamOptions

  @Option(help: ArgumentHelp("Read at most this many records of each stream.", valueName: "number"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Read what changed in this range of time, whatever the state says, and leave no state. The end may be left out.",
      valueName: "start..end"), transform: TimeWindow.parsed)
  var window: TimeWindow?

  @Option(
    help: ArgumentHelp(
      "Read one part of a read that `shard` divided: streams and states are in the file. In a folder it is the part whose number "
        + "JOB_COMPLETION_INDEX has.", valueName: "file.json"), completion: .file(extensions: ["json"]))
  var part: String?

  @Option(
    help: ArgumentHelp(
      "Take this share of call rates, concurrency and tokens, where others take the rest. By default all, or what the part says.",
      valueName: "1/number"))
  var share: ShareOfRun?

  @Flag(help: "Print the data of records alone, one a line, without messages around it. The log goes to standard error.")
  var records = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a file of records for each stream into this folder, and keep the state there: the same command reads what is new the next "
        + "time.", valueName: "folder"), completion: .directory)
  var output: String?

  @Option(help: "The form of those files: JSON lines, CSV, or compressed JSON lines.")
  var outputFormat: RecordFormat?

  @Option(
    help: ArgumentHelp(
      "Write a report of the read: which fields the records have, what is wrong with keys and cursors, and what limited the read. The "
        + "file's ending chooses its form, JSON or a page.", valueName: "file.json|file.html"),
    completion: .file(extensions: ["json", "html"]))
  var report: ReportFile?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit needs a number of at least 1.") }
    if output == nil, outputFormat != nil { throw ValidationError("--output-format needs --output with a folder for the files.") }
    if output != nil, records { throw ValidationError("--records prints what --output writes into files: give one of them.") }
    if window != nil, given.state != nil || streams.fullRefresh {
      throw ValidationError("--window says itself where to begin: leave --state and --full-refresh out.")
    }
    if part != nil {
      if given.catalog != nil || streams.isGiven || window != nil || limit != nil {
        throw ValidationError(
          "--part says itself what is read: leave --catalog, --streams, --exclude, --full-refresh, --window and --limit out.")
      }
      if output != nil { throw ValidationError("--output keeps the state of whole streams: leave it out where a part is read.") }
    }
    if output != nil, given.state != nil {
      throw ValidationError("--output keeps the state in its folder, so that there is no place for another: leave --state out.")
    }
  }

  func run() async throws {
    if let report,
      InputFile.isSame(report.path, as: [options.path, input.given, given.catalog, given.state, traffic.replay, part])
    {
      try await CommandRunner.run {
        throw ConnectorError(.config, "The report \(report.path) would replace an input of the read: give it a file of its own")
      }
    }
    if let report, let output, RecordFolder.isOwn(report.path, of: output, format: outputFormat ?? .jsonLines) {
      try await CommandRunner.run {
        throw ConnectorError(
          .config, "The report \(report.path) would replace a file of the folder \(output): give it another name")
      }
    }
    if let part { return try await read(part: part) }
    var folder: RecordFolder?
    if let output {
      try await CommandRunner.run {
        folder = try RecordFolder(
          output, format: outputFormat ?? .jsonLines, keepsStates: window == nil, now: SystemClock.now)
      }
    }
    try await read(into: folder)
  }

  private func read(into folder: RecordFolder?) async throws {
    let output = folder.map { Session.Output.folder($0) } ?? (records ? .records : .messages)
    let share = share?.share(0) ?? .all
    try await Session(
      options, traffic.plan, running: "read", output: output, isMock: input.mock.isMock, report: report, share: share,
      singer: singer.tap
    ).run { session in
      let earlier = try given.state.map { try session.state(at: $0) }
      let catalog = try given.catalog.map { try streams.selection.applied(to: session.catalog(at: $0), of: "the catalog \($0)") }
      let prepared = try await session.source(
        input, components, state: streams.fullRefresh ? nil : earlier, catalog: catalog ?? [],
        others: [given.catalog, given.state],
        isWindow: window != nil)
      var request = ReadRequest(catalog ?? [], from: prepared.state, limit: limit)
      request.window = window
      request.inspector = session.inspector
      if catalog == nil {
        let all = try await prepared.source.listed().map { ConfiguredStream($0) }
        request.streams = try streams.selection.applied(to: all, of: "the connector")
      }
      if window != nil, let connector = prepared.connector {
        request.streams = try await withTimes(request.streams, of: connector, session)
      }
      if let folder, window == nil { request.state = folder.resume(request.streams) }
      let outcome = try await session.watched { [request] in
        try await prepared.source.run(request, writer: session.writer, runtime: session.runtime)
      }
      for file in folder?.results ?? [] where !file.isComplete {
        StandardOutput.tell("\(file.path) holds what was read of \(file.stream) before it failed.")
      }
      if !outcome.isComplete { return .failure }
      return outcome.unknownStreams.isEmpty ? .success : .unknownStream
    }
  }

  /// The streams that can be read in a range of time; the others are left out.
  /// - Throws: ``ConnectorError`` if one of the others was asked for by name, or if all are such.
  private func withTimes(
    _ streams: [ConfiguredStream], of connector: Connector, _ session: Session
  ) async throws -> [ConfiguredStream] {
    let known = try await connector.streamsWithTimes()
    let others = streams.map(\.descriptor.name).filter { !known.contains($0) }
    let list = others.map { "`\($0)`" }.joined(separator: ", ")
    let asked = self.streams.selection.names
    guard others.allSatisfy({ !asked.contains($0) }), others.count < streams.count else {
      throw ConnectorError(
        .config, "Streams without a `DatetimeBasedCursor` cannot be read in a range of time: \(list). Leave them out, or --window"
      )
    }
    if !others.isEmpty { session.runtime.log.log(.warn, "Without a `DatetimeBasedCursor`, these streams are left out: \(list).") }
    return streams.filter { known.contains($0.descriptor.name) }
  }
}

extension RecordFormat: ExpressibleByArgument {}

extension TimeWindow {
  /// - Throws: ``ValidationError`` if a text is no range of time.
  static func parsed(_ text: String) throws -> TimeWindow {
    if let window = TimeWindow(text) { return window }
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
    if ends.count == 2, !ends[1].isEmpty, TimeWindow("\(ends[0])..") != nil, TimeWindow("\(ends[1])..") != nil {
      throw ValidationError("it ends before it starts")
    }
    throw ValidationError("write two dates or times, as in 2025-01-01..2025-02-01; the end may be left out")
  }
}
