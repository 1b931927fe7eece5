import AirbyteProtocol
import JSON
import Jinja
import PythonTime
import Secrets

/// What the outside world gives to a run: the time, sleep, chance, the network, the place for log lines and what keeps secrets out of
/// them. Tests inject their own.
public struct RuntimeEnvironment: Sendable {
  /// The current time in microseconds since 1970-01-01T00:00:00Z.
  public var now: @Sendable () -> Int64
  /// Waits for a number of seconds, unless the task is cancelled.
  public var sleep: @Sendable (Double) async throws -> Void
  /// A random number in 0..<1.
  public var random: @Sendable () -> Double
  /// The one way to the network.
  public var transport: any Transport
  /// Takes lines of the log.
  public var log: any Log
  /// Whoever follows the run.
  package var events: any RunEvents
  package var secrets: any Secrets
  /// The time and chance that templates see.
  package var templates: TemplateRuntime
  /// Learns what of the manifest is made use of; nil for most runs.
  package var coverage: (any RunCoverage)?
  /// The process's environment variables.
  public var environment: [String: String]
  /// How little is read, where a stream is only tried.
  package var trial: Trial?
  /// Whether streams, slices and pages are read one after the other, so that two reads of some records read the same ones.
  package var readsInOrder = false
  /// How much of call rates, concurrency and tokens is taken, where other runs take the rest.
  package var share = RunShare.all
  /// Whether requests keep what they are made from and what became of them, for recordings and plans.
  package var explainsRequests = false
  /// Whether partitions carry the parent's record that they are of, for those who show requests.
  package var keepsParentRecords = false
  /// What cannot be read and is left out.
  package let omissions = Omissions()
  /// What selectors found and dropped.
  package let tallies = SelectionTallies()
  /// What was said of the streams.
  package let warnings = StreamWarnings()

  package init(
    now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Double) async throws -> Void,
    random: @escaping @Sendable () -> Double, transport: any Transport, log: any Log & RunEvents,
    secrets: any Secrets = NoSecrets(),
    environment: [String: String] = [:], templates: TemplateRuntime? = nil
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
    self.transport = secrets.showsEverything ? transport : WatchedTransport(transport: transport, secrets: secrets)
    self.log = log
    events = log
    self.secrets = secrets
    self.environment = environment
    self.templates = templates ?? TemplateRuntime(now: now, random: random)
  }
}

/// Takes the log lines of components; secrets are masked behind it, where lines are written.
public protocol Log: Sendable {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String)
  /// Whether lines of the level DEBUG are needed: what only they show need not be made otherwise.
  var isDebugging: Bool { get }
  /// Logs a step of the run at the level DEBUG, with its values for machines.
  func debug(_ message: @autoclosure () -> String, _ data: @autoclosure () -> JSONObject)
}

/// Learns how a run goes, besides its log.
package protocol RunEvents: Sendable {
  /// Says that `stream` is being throttled by the API.
  func rateLimited(stream: String)
  /// Reports an error that does not end anything yet.
  func report(_ error: ConnectorError)
  /// Tells who watches the run what happens.
  func note(_ event: RunEvent)
}

extension Log {
  public var isDebugging: Bool { false }
  public func debug(_ message: @autoclosure () -> String, _ data: @autoclosure () -> JSONObject) {
    if isDebugging { log(.debug, message()) }
  }
}

extension RunEvents {
  package func rateLimited(stream: String) {}
  package func note(_ event: RunEvent) {}
}

extension RunEvents where Self: Log {
  package func report(_ error: ConnectorError) { log(.error, error.description) }
}

extension RuntimeEnvironment {
  /// Says what a stream left out, and why it has no records.
  /// - Parameter stream: the stream that is over; nil if all of them are.
  package func reportWhatIsMissing(of stream: String? = nil) {
    omissions.report(of: stream, to: log)
    tallies.report(of: stream, to: log, hiding: secrets)
    warnings.report(of: stream, to: log)
  }

  /// Warns of a stream, unless the same kind of warning was given for it before.
  package func warnOnce(_ kind: StreamWarnings.Kind, of stream: String, _ message: () -> String) {
    if warnings.isNew(kind, of: stream) { log.log(.warn, "Stream \(stream): \(message())") }
  }

  /// Waits, and says so.
  /// - Parameters:
  ///   - reason: a few words for who watches.
  ///   - message: the sentence of the log.
  package func wait(_ seconds: Double, stream: String? = nil, reason: String, _ message: String) async throws {
    log.log(.info, message)
    events.note(.waiting(stream: stream, seconds: seconds, reason: secrets.masked(reason)))
    try await sleep(seconds)
  }
}
