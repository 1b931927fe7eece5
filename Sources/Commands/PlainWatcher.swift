import AirbyteProtocol
import ConnectorModel
import Engine

/// Shows what goes wrong in a run as lines on standard error, where there is neither a terminal nor anybody who reads messages.
struct PlainWatcher: RunWatcher {
  func logged(_ level: LogLevel, _ message: String) {
    switch level {
    case .warn: StandardOutput.tell("warning: \(message)")
    case .debug, .trace: StandardOutput.tell(message)
    case .fatal: StandardOutput.tell("error: \(message)")
    // What ends something is shown as the error that it ends with.
    case .error, .info: break
    }
  }

  func failed(_ message: String, stream: String?) {
    StandardOutput.tell("error: " + (stream.map { "\($0): " } ?? "") + message)
  }

  func checked(succeeded: Bool, _ message: String?) {}

  func listed(streams: Int) {}

  func keptState(of stream: String, isOfCursor: Bool) {}

  func happened(_ event: RunEvent) {}
}
