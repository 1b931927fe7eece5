import AirbyteProtocol
import ConnectorModel
import Secrets
import Synchronization

/// Surroundings without a network, in which nothing is waited for or logged: for what a manifest and a config say by themselves.
package final class OfflineRuntime: Sendable {
  private let isAsked = Mutex(false)
  private let now: @Sendable () -> Int64
  private let secrets: any Secrets
  private let environment: [String: String]

  /// - Parameter now: the current time in microseconds since the epoch.
  package init(
    now: @escaping @Sendable () -> Int64, secrets: any Secrets, environment: [String: String]
  ) {
    self.now = now
    self.secrets = secrets
    self.environment = environment
  }

  /// Whether something wanted to send a request.
  package var wasAsked: Bool { isAsked.withLock { $0 } }

  package var runtime: RuntimeEnvironment {
    RuntimeEnvironment(
      now: now, sleep: { _ in }, random: { Double.random(in: 0..<1) }, transport: Nowhere(runtime: self), log: Silence(),
      secrets: secrets, environment: environment)
  }

  private struct Silence: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  }

  private struct Nowhere: Transport {
    let runtime: OfflineRuntime

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      runtime.isAsked.withLock { $0 = true }
      throw TransportError(.connectFailed, "nothing is requested here")
    }
  }
}
