import AirbyteProtocol
import ConnectorModel
import JSON

/// The log of a run: LOG lines on the output, from INFO on or, where asked for, from DEBUG on.
package struct RunLog: Log, RunEvents {
  private let writer: MessageWriter
  package let isDebugging: Bool

  package init(writer: MessageWriter, isDebugging: Bool) {
    self.writer = writer
    self.isDebugging = isDebugging
  }

  package func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if !isDebugging, level == .debug || level == .trace { return }
    writer.log(level, message())
  }

  package func debug(_ message: @autoclosure () -> String, _ data: @autoclosure () -> JSONObject) {
    if isDebugging { writer.log(.debug, message(), data: data()) }
  }

  /// What it ends with is shown to who watches when it ends.
  package func report(_ error: ConnectorError) { writer.error(error, isNews: false) }

  package func note(_ event: RunEvent) { writer.watcher?.happened(event) }

  package func rateLimited(stream: String) {
    try? writer.status(StreamDescriptor(name: stream), .running, rateLimited: true)
  }
}
