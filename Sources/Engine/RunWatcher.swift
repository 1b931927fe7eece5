import AirbyteProtocol
import ConnectorModel

/// People who watch a run beside its messages. Texts have no secrets any more. Called from several tasks.
package protocol RunWatcher: Sendable {
  /// A LOG message was written.
  func logged(_ level: LogLevel, _ message: String)
  /// An error was written.
  func failed(_ message: String, stream: String?)
  /// The result of a check was written.
  func checked(succeeded: Bool, _ message: String?)
  /// The catalog was written.
  func listed(streams: Int)
  /// A STATE message was written; `isOfCursor` says whether a later read continues from it, or it only says that a stream has none.
  func keptState(of stream: String, isOfCursor: Bool)
  /// What happened beside messages.
  func happened(_ event: RunEvent)
}
