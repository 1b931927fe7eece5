import AirbyteProtocol
import ConnectorModel
import Secrets

/// The log of a command that prints no messages of the protocol: lines on standard error, for people.
struct PlainLog: Log, RunEvents {
  let mask: SecretMask
  let isDebugging: Bool
  /// Whether only what is wrong is shown.
  var isBrief = false

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if level == .debug || level == .trace || level == .info && isBrief, !isDebugging { return }
    let prefix =
      switch level {
      case .fatal, .error: "error: "
      case .warn: "warning: "
      case .info, .debug, .trace: ""
      }
    StandardOutput.tell(prefix + mask.masked(message()))
  }
}
