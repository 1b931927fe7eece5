import AirbyteProtocol

/// The log of a run: LOG lines on the output, from INFO on or, where asked for, from DEBUG on.
package struct RunLog: LogSink {
  private let writer: MessageWriter
  private let mask: SecretMask
  private let isDebugging: Bool

  package init(writer: MessageWriter, mask: SecretMask, isDebugging: Bool) {
    self.writer = writer
    self.mask = mask
    self.isDebugging = isDebugging
  }

  package func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if !isDebugging, level == .debug || level == .trace { return }
    writer.log(level, message())
  }

  package func addSecret(_ value: String) { mask.add(value) }

  package func report(_ error: ConnectorError) { writer.error(error) }

  package func addPassingSecret(_ value: String) { mask.addPassing(value) }

  package func rateLimited(stream: String) {
    try? writer.status(StreamDescriptor(name: stream), .running, rateLimited: true)
  }
}
