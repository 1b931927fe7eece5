import AirbyteProtocol
import ConnectorModel
import JSON

/// Tells the platform of a changed config by a CONTROL message, and keeps it in the file that it came from.
package struct ConfigControl: ConfigUpdating {
  private let writer: MessageWriter
  private let file: String?
  private let warn: (@Sendable (String) -> Void)?

  /// - Parameters:
  ///   - file: the path of the config's file; nil if it is to stay as it is.
  ///   - warn: is told of what is lost where no platform reads the message; nil where one does.
  package init(writer: MessageWriter, file: String?, warn: (@Sendable (String) -> Void)? = nil) {
    self.writer = writer
    self.file = file
    if warn == nil, writer.takesData {
      self.warn = { writer.log(.warn, $0) }
    } else {
      self.warn = warn
    }
  }

  /// If the file cannot be written, a warning says so: platforms rely on the message only.
  package func configChanged(_ config: JSONObject) async {
    try? writer.control(config: config)
    guard file != nil || warn != nil else { return }
    await RenewedConfig(file: file, warn: warn ?? { [writer] in writer.log(.warn, $0) }).configChanged(config)
  }
}
