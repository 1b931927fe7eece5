import ConnectorModel
import Essentials

/// What a connector takes from its surroundings. Tests give their own.
///
/// ```swift
/// var runtime = Runtime.system
/// runtime.log = { print($0.level.rawValue, $0.text) }
/// ```
public struct Runtime: Sendable {
  /// The current time in microseconds since 1970-01-01T00:00:00Z.
  public var now: @Sendable () -> Int64
  /// Waits for a number of seconds; throws `CancellationError` when the task is cancelled.
  public var sleep: @Sendable (Double) async throws -> Void
  /// A random number in 0..<1.
  public var random: @Sendable () -> Double
  /// What sends requests; nil for the network, with the proxies, certificates and credentials that ``environment`` names.
  public var transport: (any Transport)?
  /// Environment variables: settings of the network and limits, and what templates may read.
  public var environment: [String: String]
  /// Takes the log, whose lines have no secrets, of every command. Called from several tasks. A read gives the same lines as messages.
  public var log: (@Sendable (LogMessage) -> Void)?
  /// Whether lines of the level DEBUG are logged too.
  public var isDebugging: Bool

  /// Surroundings that are the system's where nothing else is given.
  public init(
    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) },
    sleep: @escaping @Sendable (Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) },
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }, transport: (any Transport)? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment, log: (@Sendable (LogMessage) -> Void)? = nil,
    isDebugging: Bool = false
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
    self.transport = transport
    self.environment = environment
    self.log = log
    self.isDebugging = isDebugging
  }

  /// The system's clock, network and environment, without a log.
  public static let system = Runtime()
}
