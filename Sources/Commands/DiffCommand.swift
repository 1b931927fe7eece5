import AirbyteProtocol
import ArgumentParser
import Authoring
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Traffic

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two versions of a manifest: what differs, and what it breaks.",
    discussion: """
      Specifications, catalogs and schemas are compared by what saved configs and tables need. Then both versions are read from the \
      same API, a recording or one made up from the old version, and their requests, records and states are compared.
      The exit status is 0 where nothing more than a patch differs, 4 for a minor version and 5 for a major one.

      Examples:
        \(CommandProgram.shownName) diff old.yaml new.yaml
        \(CommandProgram.shownName) diff old.yaml new.yaml -c config.json --replay run.har
      """)

  @Argument(
    help: ArgumentHelp("The manifest of the old version.", valueName: "old"), completion: .file(extensions: ["yaml", "yml"]))
  var old: String

  @Argument(
    help: ArgumentHelp("The manifest of the new version.", valueName: "new"), completion: .file(extensions: ["yaml", "yml"]))
  var new: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The config, a JSON file. By default it is made up.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Answer the requests of both versions from this recording. By default from an API made up from the old version.",
      valueName: "file.har[.gz]"), completion: .file(extensions: ["har", "har.gz"]))
  var replay: String?

  @Flag(help: "Read nothing: compare what the manifests say of themselves.")
  var noRead = false

  @Option(help: "How to write the differences.")
  var format: AnswerFormat = .text

  @Option(
    help: ArgumentHelp(
      "Write the entry instead that metadata.yaml needs for a version that breaks, as in 2.0.0.", valueName: "version"))
  var breakingChanges: String?

  func validate() throws {
    if replay != nil, noRead { throw ValidationError("--replay is for reads, which --no-read leaves out: give one of them.") }
    if let breakingChanges, breakingChanges.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?/) == nil {
      throw ValidationError("--breaking-changes needs a version such as 2.0.0.")
    }
  }

  func run() async throws {
    try await CommandRunner.run {
      let now = SystemClock.now()
      let comparison = try await compare(at: now)
      if let breakingChanges {
        let entry = comparison.breakingChanges(version: breakingChanges, now: now)
        if let entry {
          try StandardOutput.write(text: entry)
        } else {
          StandardOutput.tell("Nothing breaks: metadata.yaml needs no entry.")
        }
      } else {
        let text = comparison.text
        if format == .json {
          try StandardOutput.write(json: comparison.json.jsonText)
        } else {
          try StandardOutput.write(text: text)
        }
      }
      switch comparison.level {
      case .major?: throw ExitCode.majorChange
      case .minor?: throw ExitCode.minorChange
      case .patch?, nil: break
      }
    }
  }

  /// Says what of the old version cannot be read, and so not be compared.
  /// - Throws: ``ConnectorError`` if that is all of it.
  private func checkReads(of old: ObservedRead) throws {
    guard !noRead, old.failure == nil else { return }
    let unread = old.catalog.map(\.name).filter { old.streams[$0]?.isComplete != true }
    guard let first = unread.first else { return }
    let source = replay.map { "the recording \($0)" } ?? "an API that is made up from it"
    let reason = old.streams[first]?.failure.map { ". Stream `\(first)`: \($0)" } ?? ""
    guard unread.count < old.catalog.count else {
      let remedy =
        replay != nil && config == nil
        ? "give the --config that it was made with, or --no-read" : "add --no-read to compare the rest"
      throw ConnectorError(
        .config, "The old version can read none of its streams from \(source): \(remedy)\(reason)")
    }
    for name in unread {
      let reason = old.streams[name]?.failure.map { ": \($0)" } ?? ""
      StandardOutput.tell(
        "warning: The reads of stream \(name) are not compared, because the old version cannot read it from \(source)\(reason)")
    }
  }

  private func compare(at now: Int64) async throws -> VersionComparison {
    let before = try await MockInput(manifest: old, config: config, now: now)
    // A config is read once: it may come out of a pipe.
    let after = try await MockInput(manifest: new, config: nil, now: now)
    let api = replay.map { ConnectorObserver.API.recording(path: $0) } ?? .madeUp(before.source, before.input, at: now)
    let environment = ProcessInfo.processInfo.environment
    func observe(_ source: ManifestSource, _ input: ConnectorInput) async throws -> ObservedRead {
      try await ConnectorObserver(source, input, environment: environment, isRead: !noRead).read(from: api)
    }
    let first = try await observe(before.source, before.input)
    if first.catalog.isEmpty, let failure = first.failure {
      throw ConnectorError(.config, "The old version cannot be compared with another one: \(failure)")
    }
    try checkReads(of: first)
    var input = after.input
    input.config = before.input.config
    var second = try await observe(after.source, input)
    if second.failure != nil, config == nil {
      // Where the new version demands more of a config, that is made up as well.
      input.config = after.input.config.merging(before.input.config) { $1 }
      second = try await observe(after.source, input)
    }
    if let failure = first.failure, !noRead { StandardOutput.tell("warning: Reads are not compared: \(failure)") }
    return VersionComparison(old: first, new: second, comparesReads: !noRead && first.failure == nil)
  }
}

extension ExitCode {
  /// Two versions differ by something new.
  static let minorChange = ExitCode(4)
  /// Two versions differ by something that breaks.
  static let majorChange = ExitCode(5)
}
