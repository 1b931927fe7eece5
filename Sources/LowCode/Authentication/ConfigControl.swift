import AirbyteProtocol
import Foundation
import JSON

/// Tells the platform of a changed config by a CONTROL message, and keeps it in the file that it came from.
package struct ConfigControl: ConfigUpdating {
  private let writer: MessageWriter
  private let file: String?

  /// - Parameter file: the path of the config's file; nil where there is none that can be written.
  package init(writer: MessageWriter, file: String?) {
    self.writer = writer
    self.file = file
  }

  /// A file that cannot be written is told in a warning: the message alone is what platforms rely on.
  package func configChanged(_ config: JSONObject) async {
    try? writer.control(config: config)
    guard let file else { return }
    do {
      try Data((JSONValue.object(config).jsonText + "\n").utf8).write(to: URL(filePath: file))
    } catch {
      writer.log(
        .warn,
        "The changed config could not be written to \(file); new tokens in it are lost to a run that begins with this file: "
          + error.localizedDescription)
    }
  }
}
