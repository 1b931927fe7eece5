import AirbyteProtocol
import Components
import ConnectorModel
import JSON

/// Tells the platform of a changed config by a CONTROL message, and keeps it in the file that it came from.
package struct ConfigControl: ConfigUpdating {
  private let writer: MessageWriter
  private let file: ConfigFile?

  /// - Parameter file: the path of the config's file; nil if it is to stay as it is.
  package init(writer: MessageWriter, file: String?) {
    self.writer = writer
    self.file = file.map(ConfigFile.init)
  }

  /// If the file cannot be written, a warning says so: platforms rely on the message only.
  package func configChanged(_ config: JSONObject) async {
    try? writer.control(config: config)
    guard let file else {
      if writer.takesData {
        writer.log(
          .warn,
          "The API has renewed a token, which is kept nowhere: add --update-config, so that the next run begins with the new one."
        )
      }
      return
    }
    do {
      try file.replace(with: JSONValue.object(config).jsonText + "\n")
    } catch {
      writer.log(
        .warn,
        "The changed config could not be written to \(file.path), which is unchanged: \(error). New values, such as tokens, "
          + "are only in the CONTROL message: the API may refuse a run that starts with this file.")
    }
  }
}
