/// What happens in a run besides the messages.
package enum RunEvent: Sendable, Equatable {
  case streamStarted(String)
  /// Records of a stream were written.
  case recordsRead(stream: String, count: Int)
  /// A stream is over, or was not read at all.
  case streamEnded(String, isComplete: Bool)
  /// A page of a stream was read, with or without records.
  case pageRead(stream: String)
  /// A request waits; `stream` is nil where it serves no stream of its own. The reason is a few words: `status 429, Retry-After`.
  case waiting(stream: String?, seconds: Double, reason: String)
}
