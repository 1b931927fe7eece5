import ConnectorModel
import Foundation
import Manifest
import Secrets
import Traffic

/// What answers the requests of acceptance tests.
package enum AcceptanceTraffic: Sendable {
  case network(@Sendable (_ hiding: SecretMask) -> TrafficRun.Surroundings)
  /// An API that is made up from the manifest.
  case mock
  /// A recording, or a folder with a recording for each config.
  case replay(String)

  /// Whether no config is needed, because one can be made up.
  var makesConfigsUp: Bool { if case .network = self { false } else { true } }
  var isMock: Bool { if case .mock = self { true } else { false } }

  /// What answers the requests that a config is used for.
  /// - Throws: ``ConnectorError`` if a folder has no recording for the config.
  func traffic(for entry: AcceptanceConfig.Entry) throws -> TestTraffic {
    switch self {
    case .network(let surroundings): return .network(surroundings)
    case .mock: return .mock(ManifestAPIOptions())
    case .replay(let path):
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return .recordings([path])
      }
      let name = (entry.configPath ?? "config.json").split(separator: "/").last ?? ""
      let stem = name.hasSuffix(".json") ? name.dropLast(5) : name
      for kind in ["har", "har.gz"] {
        let file = "\(path)/\(stem).\(kind)"
        if FileManager.default.fileExists(atPath: file) { return .recordings([file]) }
      }
      throw ConnectorError(
        .config, "The folder \(path) has no recording \(stem).har for the config \(name)", at: entry.node)
    }
  }
}
