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
  /// The entry of the catalog as it was given, with all that it has beside these; nil if the stream is of no catalog.
  package var given: JSONObject?

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
    var configured = ConfiguredStream(
      descriptor: StreamDescriptor(name: name, namespace: stream["namespace"]?.string), syncMode: mode,
      cursorField: cursorField?.isEmpty == false ? cursorField : nil, jsonSchema: stream["json_schema"]?.object ?? [:])
    configured.given = entry.object
    return configured
  }

  private static func discovered(_ stream: JSONValue, _ name: String) -> ConfiguredStream {
    let modes = stream["supported_sync_modes"]?.array?.compactMap(\.string) ?? []
    var configured = ConfiguredStream(
      descriptor: StreamDescriptor(name: name, namespace: stream["namespace"]?.string),
      syncMode: modes.contains(SyncMode.incremental.rawValue) ? .incremental : .fullRefresh,
      jsonSchema: stream["json_schema"]?.object ?? [:])
    configured.given = ["stream": stream]
    return configured
  }
}

extension ConfiguredStream {
  /// The same stream under another name.
  package func renamed(_ name: String) -> ConfiguredStream {
    var stream = self
    stream.descriptor.name = name
    return stream
  }

  /// The entry of a configured catalog, with all that the protocol requires: what was given, else what is known.
  package var json: JSONValue {
    var stream = given?["stream"]?.object ?? [:]
    stream["name"] = .string(descriptor.name)
    if stream["json_schema"] == nil { stream["json_schema"] = .object(jsonSchema) }
    if stream["supported_sync_modes"] == nil {
      stream["supported_sync_modes"] = syncMode == .incremental ? ["full_refresh", "incremental"] : ["full_refresh"]
    }
    if let namespace = descriptor.namespace { stream["namespace"] = .string(namespace) }
    var entry: JSONObject = ["stream": .object(stream), "sync_mode": .string(syncMode.rawValue)]
    entry["destination_sync_mode"] = syncMode == .incremental ? "append" : "overwrite"
    let cursor: JSONValue? = cursorField.map { .array($0.map { .string($0) }) }
    if let cursor = cursor ?? (syncMode == .incremental ? stream["default_cursor_field"] : nil), cursor != .null {
      entry["cursor_field"] = cursor
    }
    if let key = stream["source_defined_primary_key"], key != .null { entry["primary_key"] = key }
    for (name, value) in given ?? [:] where name != "stream" && name != "sync_mode" { entry[name] = value }
    return .object(entry)
  }
}

/// A catalog or state file that is JSON, but of another shape.
public struct InputShapeError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String
  package init(_ description: String) { self.description = description }
}
