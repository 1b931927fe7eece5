import Foundation
import Synchronization

/// A command of a connector.
enum Command: String, Sendable {
  case spec, check, discover, read
}

/// What a command is given: the texts of its files, the frozen time, and sleeps that are noted instead of waited.
struct CommandInput: Sendable {
  let command: Command
  let manifest: String
  let config: String
  /// Only for `read`.
  let catalog: String?
  let state: String?
  /// Where relative paths in the manifest begin.
  let folder: URL
  /// Microseconds since 1970: 2025-03-01T12:00:00.123456Z.
  let now: Int64 = 1_740_830_400_123_456
  let sleeps = SleepRecorder()
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

/// Notes the seconds that were to be slept.
final class SleepRecorder: Sendable {
  private let noted = Mutex<[Double]>([])

  var seconds: [Double] { noted.withLock { $0 } }

  /// Notes a wait; none of zero seconds.
  func sleep(_ seconds: Double) {
    if seconds > 0 { noted.withLock { $0.append(seconds) } }
  }
}
