import AirbyteProtocol
import Authoring
import ConnectorModel
import Essentials

/// What a path that is to be tested names.
struct TestPlace {
  /// The connector's folder.
  let folder: String
  let manifest: String
  /// The file of tests; nil if there is none, or another one was named.
  let tests: String?
  /// The acceptance tests; nil if there are none, or another file was named.
  let acceptance: String?
  /// Whether one file of tests was named.
  let isOneFile: Bool

  /// - Throws: ``ConnectorError`` if there is no manifest.
  init(_ path: String) throws {
    guard let isFolder = FileManager.default.isFolder(atPath: path) else {
      throw ConnectorError(.config, "There is no \(path)")
    }
    let name = String(path.split(separator: "/").last ?? "")
    var folder = path
    if !isFolder { folder.removeLast(name.count) }
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    if folder.isEmpty { folder = "." }
    self.folder = folder
    let isManifest = !isFolder && name == ManifestOptions.usualName
    isOneFile = !isFolder && !isManifest
    func inside(_ name: String) -> String? {
      let path = folder == "." ? name : "\(folder)/\(name)"
      return InputFile.exists(path) ? path : nil
    }
    guard let manifest = inside(ManifestOptions.usualName) ?? Self.nested(folder) else {
      throw ConnectorError(
        .config,
        "There is no \(ManifestOptions.usualName) in \(folder == "." ? "this folder" : folder): name the connector's folder")
    }
    self.manifest = manifest
    let isAcceptance = isOneFile && name == AcceptanceConfig.usualName
    tests = isOneFile ? (isAcceptance ? nil : path) : inside(TestFile.usualName)
    acceptance = isOneFile ? (isAcceptance ? path : nil) : inside(AcceptanceConfig.usualName)
  }

  /// The manifest of a connector whose code is in a package of the folder, as in source_shop/manifest.yaml.
  private static func nested(_ folder: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let found = names.sorted().map { (folder == "." ? $0 : "\(folder)/\($0)") + "/\(ManifestOptions.usualName)" }
      .filter(InputFile.exists)
    return found.count == 1 ? found[0] : nil
  }
}
