import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Manifest

/// Configs and states that tests give, or name files of.
enum TestInput {
  /// - Throws: ``ConnectorError`` if a file that is named is no config.
  static func config(_ node: ManifestNode, in connector: TestedConnector) throws -> JSONObject {
    guard let name = node.string else { return node.value.object ?? [:] }
    return try config(at: connector.path(name), named: node)
  }

  /// The config in a file.
  /// - Throws: ``ConnectorError`` if there is none.
  static func config(at path: String, named node: ManifestNode) throws -> JSONObject {
    let bytes = try self.bytes(path, "config", node)
    do {
      guard let config = try JSONValue(parsing: bytes).object else {
        throw ConnectorError(.config, "The config \(path) should hold a JSON object", at: node)
      }
      return config
    } catch let error as JSONError {
      throw ConnectorError(.config, "The config \(path) is not valid JSON: \(error.message) (line \(error.line))", at: node)
    }
  }

  /// - Throws: ``ConnectorError`` if a file that is named holds no states, or what is given is none.
  static func states(_ node: ManifestNode, in connector: TestedConnector) throws -> ByName<JSONObject> {
    guard let name = node.string else { return try states(node.value, node) }
    return try states(at: connector.path(name), named: node)
  }

  /// The states in a file: JSON, or the output of a read.
  static func states(at path: String, named node: ManifestNode) throws -> ByName<JSONObject> {
    let bytes = try self.bytes(path, "state", node)
    if let value = try? JSONValue(parsing: bytes), value["type"]?.string != "STATE" { return try states(value, node) }
    var latest = LatestStates()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if let message = try? JSONValue(parsing: Array(line)) { latest.add(message) }
    }
    return try states(latest.list, node)
  }

  private static func states(_ value: JSONValue, _ node: ManifestNode) throws -> ByName<JSONObject> {
    if let object = value.object, object["type"]?.string == nil {
      return ByName(object.compactMap { name, state in state.object.map { (name, $0) } }, uniquingKeysWith: { $1 })
    }
    do throws(InputShapeError) { return try InputState.streams(value) } catch {
      throw ConnectorError(.config, "The state cannot be used: \(error)", at: node)
    }
  }

  /// The content of a file of tests.
  /// - Throws: ``ConnectorError`` that says why it cannot be read.
  static func bytes(of path: String) throws -> [UInt8] {
    if let bytes = FileManager.default.contents(atPath: path) { return Array(bytes) }
    let reason =
      if Folders.isFolder(path) { "it is a folder" } else {
        String(cString: strerror(access(path, R_OK) == 0 ? EIO : errno))
      }
    throw ConnectorError(.config, "The file \(path) cannot be read: \(reason)")
  }

  static func bytes(_ path: String, _ what: String, _ node: ManifestNode) throws -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConnectorError(.config, "There is no \(what) \(path), or it cannot be read", at: node)
    }
    return Array(bytes)
  }
}
