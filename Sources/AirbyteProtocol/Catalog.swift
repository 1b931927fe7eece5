import JSON

/// A stream as the user's catalog configures it.
package struct ConfiguredStream: Sendable {
  package var descriptor: StreamDescriptor
  package var syncMode: SyncMode
  /// The cursor field that the user chose, as a path.
  package var cursorField: [String]?
  package var jsonSchema: JSONObject

  package init(descriptor: StreamDescriptor, syncMode: SyncMode, cursorField: [String]? = nil, jsonSchema: JSONObject = [:]) {
    self.descriptor = descriptor
    self.syncMode = syncMode
    self.cursorField = cursorField
    self.jsonSchema = jsonSchema
  }

  /// The streams of a configured catalog.
  /// - Throws: ``InputShapeError`` that says which entry is wrong.
  package static func catalog(_ value: JSONValue) throws(InputShapeError) -> [ConfiguredStream] {
    guard let entries = value["streams"]?.array else {
      throw InputShapeError("A configured catalog is an object with a list `streams`.")
    }
    var streams: [ConfiguredStream] = []
    for (index, entry) in entries.enumerated() {
      guard let stream = entry["stream"], let name = stream["name"]?.string else {
        throw InputShapeError("`streams[\(index)]` of the catalog needs a `stream` with a `name`.")
      }
      let cursorField = entry["cursor_field"]?.array?.compactMap(\.string)
      streams.append(
        ConfiguredStream(
          descriptor: StreamDescriptor(name: name, namespace: stream["namespace"]?.string),
          syncMode: entry["sync_mode"]?.string == SyncMode.incremental.rawValue ? .incremental : .fullRefresh,
          cursorField: cursorField?.isEmpty == false ? cursorField : nil, jsonSchema: stream["json_schema"]?.object ?? [:]))
    }
    return streams
  }
}

/// A catalog or state file that is JSON, but of another shape.
package struct InputShapeError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
