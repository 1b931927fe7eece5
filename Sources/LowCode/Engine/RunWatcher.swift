import AirbyteProtocol

/// What happens in a run besides the messages.
package enum RunEvent: Sendable, Equatable {
  case streamStarted(String)
  /// Records of a stream were written.
  case recordsRead(stream: String, count: Int)
  /// A stream is over, or was not read at all.
  case streamEnded(String, isComplete: Bool)
  /// A page of a stream was read, with or without records.
  case pageRead(stream: String)
  /// A request waits; `stream` is nil if it serves no stream of its own. The reason is a few words: `status 429, Retry-After`.
  case waiting(stream: String?, seconds: Double, reason: String)
}

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
