import ArgumentParser
import Traffic

/// The options that record the traffic of a run, or replay it.
struct TrafficOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Record all requests and answers in a HAR file, without secrets. `--replay` runs it again without the network.",
      valueName: "file.har[.gz]"), completion: .file(extensions: ["har", "har.gz"]))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Which bodies the recording holds: none, those that are text, or all. A recording without bodies cannot be replayed.",
      valueName: "bodies"))
  var recordBodies: RecordedBodies?

  @Option(
    help: ArgumentHelp(
      "How large the recording may become, as in 50MB: it keeps the last requests. By default it keeps all of them.",
      valueName: "size"))
  var recordLimit: ByteSize?

  @Option(
    help: ArgumentHelp(
      "Answer all requests from a recording instead of the network, at the time of the recording: it prints the same messages again.",
      valueName: "file.har[.gz]"), completion: .file(extensions: ["har", "har.gz"]))
  var replay: String?

  @Option(
    help: ArgumentHelp(
      """
      What is done about a request that the recording has no answer to: it is an error (none), it goes to the network and into the \
      recording (new_episodes), or it is an error only if there is a recording already (once). With all, everything goes to the network, \
      and the recording is made anew. The default is none.
      """, valueName: "mode"))
  var replayMode: ReplayMode?

  func validate() throws {
    if record != nil, replay != nil { throw ValidationError("--record and --replay exclude each other: give one of them.") }
    if record == nil, recordBodies != nil || recordLimit != nil {
      throw ValidationError("--record-bodies and --record-limit need --record, which names the file.")
    }
    if replay == nil, replayMode != nil { throw ValidationError("--replay-mode needs --replay, which names the file.") }
    if let record, !Self.isNamed(record) {
      throw ValidationError("\(record) is overwritten by the recording, so its name should end in .har or .har.gz.")
    }
    if let replay, replayMode ?? .none != .none, !Self.isNamed(replay) {
      throw ValidationError("\(replay) may be overwritten by the recording, so its name should end in .har or .har.gz.")
    }
  }

  /// What is done with the traffic; nil for nothing.
  var plan: TrafficRun.Plan? {
    if let replay { return .replay(path: replay, replayMode ?? .none) }
    guard let record else { return nil }
    var settings = TrafficRecorder.Settings(path: record)
    settings.bodies = recordBodies ?? .text
    settings.limit = recordLimit?.bytes
    return .record(settings)
  }

  private static func isNamed(_ path: String) -> Bool { path.hasSuffix(".har") || path.hasSuffix(".har.gz") }
}

extension RecordedBodies: ExpressibleByArgument {}
extension ReplayMode: ExpressibleByArgument {}

/// A number of bytes as people write it: `500kB`, `50MB`, `1GB`.
struct ByteSize: ExpressibleByArgument, Sendable, Equatable {
  let bytes: Int

  private static let units: [(name: String, size: Int)] = [
    ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1_000), ("b", 1), ("", 1),
  ]

  init?(argument: String) {
    let text = argument.lowercased()
    guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }), let number = Int(text.dropLast(unit.name.count)),
      number > 0,
      case let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit.size), !isTooLarge
    else { return nil }
    self.bytes = bytes
  }
}
