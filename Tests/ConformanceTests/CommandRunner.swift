import ConformanceCases
import ConnectorModel
import Engine
import HTTP
import Manifest
import Synchronization
import Traffic

/// What a command is given: the texts of its files, the frozen time, and sleeps that are noted instead of waited.
struct CommandInput: Sendable {
  let command: Command
  let manifest: String
  let config: String
  /// Only for `read`.
  let catalog: String?
  let state: String?
  /// The files that the manifest may name.
  let files: ManifestFiles
  let sleeps: SleepRecorder
  /// What carries its requests.
  var transport = TransportKind.standard
  /// The components that the manifest may name.
  var components = ComponentRegistry.standard
  /// The text of a components.py, for those that are written in Python.
  var pythonComponents: String?
  /// What is done with the traffic; nil for nothing.
  var traffic: TrafficRun.Plan?
  /// What is done with the connector instead of reading its catalog; returns whether all was read.
  var reading: (@Sendable (Connector, MessageWriter) async throws -> Bool)?

  /// Microseconds since 1970.
  var now: Int64 { sleeps.now }
}

/// What a command printed on stdout, and its exit status.
struct CommandOutput: Sendable {
  let text: String
  let exit: Int
}

/// Runs a command on a manifest. It does the requests to the API for real.
protocol CommandRunner: Sendable {
  func run(_ input: CommandInput) async throws -> CommandOutput
}

/// Notes the seconds that were to be slept, and holds the clock, which moves only where waits are to move it.
final class SleepRecorder: Sendable {
  /// With a clock that moves, waits up to this are a way to poll and do not count.
  private static let poll = 0.001

  private let noted = Mutex<[Double]>([])
  private let clock = Mutex<Int64>(1_740_830_400_123_456)  // 2025-03-01T12:00:00.123456Z
  private let movesClock: Bool

  init(movesClock: Bool = false) { self.movesClock = movesClock }

  var seconds: [Double] { noted.withLock { $0 } }

  /// Microseconds since 1970.
  var now: Int64 { clock.withLock { $0 } }

  /// Notes a wait; none of zero seconds.
  func sleep(_ seconds: Double) {
    if movesClock { clock.withLock { $0 += Int64((max(seconds, Self.poll) * 1_000_000).rounded()) } }
    if seconds > (movesClock ? Self.poll : 0) { noted.withLock { $0.append(seconds) } }
  }
}
