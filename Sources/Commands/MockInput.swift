import AirbyteProtocol
import ConnectorModel
import Engine
import Manifest
import Traffic

/// A manifest that an API is made up from, and the config that it is read with.
struct MockInput {
  let source: ManifestSource
  let input: ConnectorInput

  /// - Parameter config: the path of the config; nil for one that is made up, too.
  /// - Throws: ``ConnectorError`` if a file cannot be read.
  init(manifest: String, config: String?, now: Int64) async throws {
    let path = ManifestOptions.file(of: manifest)
    // It is read more than once.
    guard path != "-" else {
      throw ConnectorError(.config, "The manifest cannot come from standard input here: name its file, or its folder")
    }
    try InputFile.open(path, "manifest")
    source = ManifestSource.file(path: path)
    var input = ConnectorInput()
    input.files = .beside(path)
    input.components = CommandProgram.components
    if let config {
      input.config = try InputFile.object(config, "config")
    } else {
      input.config = try await ManifestMock.config(for: source, input, now: now)
    }
    self.input = input
  }
}
