import JSON
import OrderedCollections

/// A stream as the user's catalog configures it.
public struct ConfiguredStream: Sendable {
  /// The stream.
  public var descriptor: StreamDescriptor
  /// How it is read.
  public var syncMode: SyncMode
  /// The cursor field that the user chose, as a path.
  public var cursorField: [String]?
  /// The JSON schema of its records, as `discover` gave it.
  public var jsonSchema: JSONObject

  /// A stream of a catalog.
  public init(descriptor: StreamDescriptor, syncMode: SyncMode, cursorField: [String]? = nil, jsonSchema: JSONObject = [:]) {
    self.descriptor = descriptor
    self.syncMode = syncMode
    self.cursorField = cursorField
    self.jsonSchema = jsonSchema
  }

  /// The streams of a configured catalog, of a CATALOG message, or of the catalog in one. Streams that `discover` lists are configured
  /// to be read incrementally if they can be.
  /// - Throws: ``InputShapeError`` that says which entry is wrong.
  public static func catalog(_ value: JSONValue) throws(InputShapeError) -> [ConfiguredStream] {
    let catalog = value["type"]?.string == "CATALOG" ? value["catalog"] ?? .null : value
    guard let entries = catalog["streams"]?.array else {
      throw InputShapeError("A catalog is an object with a list `streams`, as `discover` prints it")
    }
    var streams: [ConfiguredStream] = []
    for (index, entry) in entries.enumerated() {
      if entry["stream"] == nil, let name = entry["name"]?.string {
        streams.append(discovered(entry, name))
      } else {
        streams.append(try configured(entry, "streams[\(index)]"))
      }
    }
    return streams
  }

  private static func configured(_ entry: JSONValue, _ place: String) throws(InputShapeError) -> ConfiguredStream {
    guard let stream = entry["stream"], let name = stream["name"]?.string else {
      throw InputShapeError("`\(place)` of the catalog needs a `stream` with a `name`")
    }
    var mode = SyncMode.fullRefresh
    if let given = entry["sync_mode"], given != .null {
      guard let known = given.string.flatMap({ SyncMode(rawValue: $0) }) else {
        // A file that is given as a catalog can hold anything: only what looks like a mode is shown.
        let word = given.string.flatMap { word in
          word.utf8.count <= 16 && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
            ? " is `\(word)`, which" : nil
        }
        throw InputShapeError(
          "`\(place).sync_mode` of the catalog\(word ?? "") is not a mode in which a stream can be read: `full_refresh` or "
            + "`incremental`")
      }
      mode = known
    }
    let cursorField = entry["cursor_field"]?.array?.compactMap(\.string)
    return ConfiguredStream(
      descriptor: StreamDescriptor(name: name, namespace: stream["namespace"]?.string), syncMode: mode,
      cursorField: cursorField?.isEmpty == false ? cursorField : nil, jsonSchema: stream["json_schema"]?.object ?? [:])
  }

  private static func discovered(_ stream: JSONValue, _ name: String) -> ConfiguredStream {
    let modes = stream["supported_sync_modes"]?.array?.compactMap(\.string) ?? []
    return ConfiguredStream(
      descriptor: StreamDescriptor(name: name, namespace: stream["namespace"]?.string),
      syncMode: modes.contains(SyncMode.incremental.rawValue) ? .incremental : .fullRefresh,
      jsonSchema: stream["json_schema"]?.object ?? [:])
  }
}

/// A catalog or state file that is JSON, but of another shape.
public struct InputShapeError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String
  init(_ description: String) { self.description = description }
}
