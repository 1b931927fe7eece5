import Components
import ConnectorModel
import JSON

/// Keeps a config in which the API renewed a token: in its file, or at least its user learns of it. A refresh token may be good for one
/// use only, so that the old one is of no more use.
package struct RenewedConfig: ConfigUpdating {
  private let file: ConfigFile?
  private let warn: @Sendable (String) -> Void

  /// - Parameters:
  ///   - file: the path of the config's file; nil if it is to stay as it is.
  ///   - warn: is told what is lost.
  package init(file: String?, warn: @escaping @Sendable (String) -> Void) {
    self.file = file.map(ConfigFile.init)
    self.warn = warn
  }

  package func configChanged(_ config: JSONObject) async {
    guard let file else {
      return warn(
        "The API has renewed a token, which is kept nowhere: add --update-config, so that the next run begins with the new one.")
    }
    do {
      try file.replace(with: JSONValue.object(config).jsonText + "\n")
    } catch {
      warn(
        "The changed config could not be written to \(file.path), which is unchanged: \(error). New values, such as tokens, "
          + "are only in the CONTROL message: the API may refuse a run that starts with this file.")
    }
  }
}
