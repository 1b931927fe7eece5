import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest
import Programs
import Synchronization

/// A tap that is ready to be run: its program, and the file that has its config.
final class Tap: Sendable {
  let name: String
  private let call: ProgramCall
  private let catalogOption: String
  private let folder: PrivateFolder
  private let runtime: RuntimeEnvironment
  private let log: TapLog
  /// What the config's file holds; nil for a tap without one.
  private let config: Mutex<JSONObject?>
  /// Is given the config where the tap changed it.
  private let changed: @Sendable (_ old: JSONObject, _ new: JSONObject) async -> Void

  /// - Parameters:
  ///   - call: the program with its own arguments.
  ///   - config: nil where the tap is only asked about itself.
  ///   - changed: is called when the tap has rewritten the file of its config.
  init(
    _ call: ProgramCall, config: JSONObject?, catalogOption: String, log: TapLog, runtime: RuntimeEnvironment,
    changed: @escaping @Sendable (_ old: JSONObject, _ new: JSONObject) async -> Void
  ) throws(ConnectorError) {
    name = call.name
    self.call = call
    self.catalogOption = catalogOption
    self.runtime = runtime
    self.log = log
    self.changed = changed
    folder = try PrivateFolder(environment: runtime.environment)
    if let config { _ = try folder.write(Self.configFile, JSONValue.object(config).jsonText + "\n") }
    self.config = Mutex(config)
  }

  private static let configFile = "config.json"
  /// A program that is asked about itself answers soon.
  private static let answerSeconds = 120.0

  // MARK: What a tap says of itself

  /// What the tap says of its settings; nil if it knows no such question.
  /// - Throws: ``ConnectorError`` if it cannot be started, `CancellationError`.
  func about() async throws -> TapAbout? {
    var question = call.with(["--about", "--format=json"])
    question.limits.silence = Self.answerSeconds
    question.limits.grace = 2
    let output: Program.Output
    do { output = try await Program.output(of: question, secrets: runtime.secrets) } catch let error as ConnectorError {
      // A tap that waits for something else than questions is none that answers them.
      if error.failureType == .transient { return nil }
      throw error
    }
    guard output.end.isSuccess, let value = Self.object(in: output.text) else { return nil }
    return TapAbout(value)
  }

  /// The object that a text consists of, or that follows what a library has printed before it.
  private static func object(in text: [UInt8]) -> JSONValue? {
    if let value = try? JSONValue(parsing: text), value.object != nil { return value }
    let newline = UInt8(ascii: "\n")
    for place in text.indices where text[place] == UInt8(ascii: "{") && (place == 0 || text[place - 1] == newline) {
      return try? JSONValue(parsing: Array(text[place...]))
    }
    return nil
  }

  /// What the tap's discovery lists.
  /// - Throws: ``ConnectorError`` if it fails, `CancellationError`.
  func discover() async throws -> TapCatalog {
    let output = try await Program.output(of: call.with(configArguments + ["--discover"]), secrets: runtime.secrets) { [log] in
      log.take($0)
    }
    await reportChange()
    guard output.end.isSuccess else {
      throw TapFailure.error(of: output.program, output.end, "The discovery of the tap `\(name)` failed: it \(output.end)")
    }
    guard let value = Self.object(in: output.text) else {
      throw output.program.error(
        .system, "The discovery of the tap `\(name)` printed no catalog, which is a JSON object with `streams`")
    }
    do { return try TapCatalog(value) } catch {
      throw ConnectorError(.system, "The discovery of the tap `\(name)` printed a catalog that cannot be used: \(error)")
    }
  }

  /// Has the tap read a record of each stream.
  /// - Throws: ``ConnectorError`` if it fails, `CancellationError`.
  func test() async throws {
    // The SDK logs an error for each stream that it stops reading behind its first record: what really failed is in the last words.
    let program = try Program(call.with(configArguments + ["--test"]), secrets: runtime.secrets) { [log] in
      log.take($0, atMost: .debug)
    }
    // The records are of no interest here.
    while try await program.next() != nil {}
    let end = await program.finish()
    await reportChange()
    guard end.isSuccess else {
      throw TapFailure.error(of: program, end, "The test of the tap `\(name)` failed: it \(end)")
    }
  }

  // MARK: Reading

  /// Starts a read.
  /// - Parameters:
  ///   - catalog: which streams are read, and how.
  ///   - state: what the tap continues from; nil for nothing.
  /// - Throws: ``ConnectorError`` if the tap cannot be started.
  func read(_ catalog: JSONValue, from state: JSONObject?) throws(ConnectorError) -> Program {
    var arguments = configArguments + [catalogOption, try folder.write("catalog.json", catalog.jsonText + "\n")]
    if let state { arguments += ["--state", try folder.write("state.json", JSONValue.object(state).jsonText + "\n")] }
    return try Program(call.with(arguments), secrets: runtime.secrets) { [log] in log.take($0) }
  }

  private var configArguments: [String] {
    config.withLock { $0 != nil } ? ["--config", "\(folder.path)/\(Self.configFile)"] : []
  }

  /// Looks whether the tap has changed its config, such as a token that is good for one use, and passes on what it is now.
  func reportChange() async {
    guard let text = folder.text(of: Self.configFile), let new = (try? JSONValue(parsing: text))?.object else { return }
    let old = config.withLock { config -> JSONObject? in
      guard let old = config, old != new else { return nil }
      config = new
      return old
    }
    if let old { await changed(old, new) }
  }
}

/// Passes on what a tap prints to standard error.
final class TapLog: Sendable {
  private let runtime: RuntimeEnvironment
  private let last = Mutex(LogLevel.info)

  init(_ runtime: RuntimeEnvironment) { self.runtime = runtime }

  /// - Parameter highest: the highest level at which the line is logged.
  func take(_ text: String, atMost highest: LogLevel = .fatal) {
    let line = last.withLock { last in
      let line = TapLogLine(text, following: last)
      last = line.level
      return line
    }
    // As a page of an API, where the tap counts its requests.
    if let metric = line.metric, metric.metric.hasPrefix("http_request"), let stream = metric.tags["stream"]?.string {
      runtime.events.note(.pageRead(stream: stream))
    }
    let levels = LogLevel.allCases
    let isAbove = (levels.firstIndex(of: line.level) ?? 0) < (levels.firstIndex(of: highest) ?? 0)
    runtime.log.log(isAbove ? highest : line.level, line.message)
  }
}

/// Who has to act on a tap's failure.
enum TapFailure {
  /// By these words taps say that their config is not as they need it.
  private static let configWords = [
    "Config validation failed", "ConfigValidationError", "missing required keys", "is a required property",
    "Missing required config", "are required in config",
  ]

  /// The failure of a tap that has ended.
  /// - Parameter sentence: without an end.
  static func error(of program: Program, _ end: ProgramEnd, _ sentence: String) -> ConnectorError {
    let words = program.lastWords
    if words.contains(where: { line in configWords.contains { line.contains($0) } }) {
      return program.error(.config, sentence, remedy: "give the tap the config that it needs")
    }
    // What ends a program from outside may not do so the next time.
    return program.error(end.signal == nil ? .system : .transient, sentence)
  }
}
