import AirbyteProtocol
import JSON

extension AirbyteStream {
  /// A stream as the protocol writes it; nil if it has no name.
  package init?(_ value: JSONValue) {
    guard let name = value["name"]?.string else { return nil }
    self.init(
      name: name, jsonSchema: value["json_schema"]?.object ?? [:],
      supportedSyncModes: (value["supported_sync_modes"]?.array ?? []).compactMap { $0.string.flatMap(SyncMode.init) })
    namespace = value["namespace"]?.string
    sourceDefinedCursor = value["source_defined_cursor"]?.bool
    defaultCursorField = Self.path(value["default_cursor_field"])
    sourceDefinedPrimaryKey = value["source_defined_primary_key"]?.array?.compactMap(Self.path)
    isResumable = value["is_resumable"]?.bool
    isFileBased = value["is_file_based"]?.bool
  }

  private static func path(_ value: JSONValue?) -> [String]? { value?.array?.compactMap(\.string) }
}
