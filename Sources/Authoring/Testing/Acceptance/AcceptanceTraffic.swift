import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Manifest
import Secrets
import Synchronization
import Traffic

/// What answers the requests of acceptance tests.
package enum AcceptanceTraffic: Sendable {
  package typealias Network = @Sendable (_ hiding: SecretMask) -> TrafficRun.Surroundings

  /// What keeps a config in which the API renewed a token, by the path of its file.
  package typealias Renewal = @Sendable (_ config: String) -> any ConfigUpdating

  /// The API itself; what it answers may be recorded in a folder.
  case network(Network, recordings: String?, Renewal)
  /// An API that is made up from the manifest.
  case mock
  /// A recording, or a folder of recordings.
  case replay(String)

  /// Whether no config is needed, because one can be made up.
  var makesConfigsUp: Bool { if case .network = self { false } else { true } }
  /// What keeps a config that the API changes; nil where there is no API.
  var renewal: Renewal? { if case .network(_, _, let renewal) = self { renewal } else { nil } }
  var isMock: Bool { if case .mock = self { true } else { false } }

  /// What answers the requests of a run.
  /// - Parameter number: which run of its section and config it is, from 1.
  /// - Throws: ``ConnectorError`` if there is no recording, or none can be written.
  func traffic(for entry: AcceptanceConfig.Entry, number: Int) throws -> TestTraffic {
    let stem = Self.stem(of: entry)
    let own = "\(stem)-\(entry.section.rawValue)-\(number)"
    switch self {
    case .network(let network, nil, _): return .network(network)
    case .network(let network, let folder?, _):
      do { try Folders.make(folder) } catch {
        throw ConnectorError(.config, "The folder \(folder) for recordings cannot be made: \(error)")
      }
      return .recorded(to: "\(folder)/\(own).har", network)
    case .mock: return .mock(ManifestAPIOptions())
    case .replay(let path):
      guard Folders.isFolder(path) else { return .recordings([path]) }
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
      func isOf(_ name: String, _ stem: String) -> Bool { name == "\(stem).har" || name == "\(stem).har.gz" }
      // Its own first, whose time it has.
      let found =
        names.filter { isOf($0, own) } + names.filter { isOf($0, stem) }
        + names.filter { name in
          name.hasPrefix("\(stem)-") && !isOf(name, own) && (name.hasSuffix(".har") || name.hasSuffix(".har.gz"))
        }
      guard !found.isEmpty else {
        throw ConnectorError(.config, "The folder \(path) has no recording \(stem).har for the config \(stem)", at: entry.node)
      }
      return .recordings(found.map { "\(path)/\($0)" })
    }
  }

  /// The config that recordings were made with, without its secrets; nil if there is none.
  func recordedConfig(for entry: AcceptanceConfig.Entry) -> JSONObject? {
    guard case .replay(let path) = self,
      let bytes = FileManager.default.contents(atPath: "\(path)/\(Self.stem(of: entry)).json")
    else { return nil }
    return (try? JSONValue(parsing: Array(bytes)))?.object
  }

  /// Keeps a config, without its secrets, beside the recordings that are made with it.
  func keep(_ config: JSONObject, of entry: AcceptanceConfig.Entry, specification: JSONValue?) throws {
    guard case .network(_, let folder?, _) = self else { return }
    let concealed = ConcealedConfig(config, specification: specification).values
    let path = "\(folder)/\(Self.stem(of: entry)).json"
    guard FileManager.default.createFile(atPath: path, contents: Data((JSONValue.object(concealed).jsonText + "\n").utf8)) else {
      throw ConnectorError(.config, "The file \(path) cannot be written")
    }
  }

  /// The name of a config's file without its ending.
  private static func stem(of entry: AcceptanceConfig.Entry) -> String {
    let name = (entry.configPath ?? "config.json").split(separator: "/").last ?? ""
    return String(name.hasSuffix(".json") ? name.dropLast(5) : name)
  }
}

/// Counts the runs of each section and config.
final class RunNumbers: Sendable {
  private let numbers = Mutex<[String: Int]>([:])

  /// The number of the next run, from 1.
  func next(of entry: AcceptanceConfig.Entry) -> Int {
    numbers.withLock { numbers in
      let key = "\(entry.section.rawValue) \(entry.configPath ?? "")"
      numbers[key, default: 0] += 1
      return numbers[key, default: 1]
    }
  }
}
