import AirbyteProtocol
import JSON

/// Writes the catalog that says to a tap what to read: its own one, with marks at the streams and fields that were chosen.
enum TapSelection {
  /// - Parameters:
  ///   - streams: all streams of the tap.
  ///   - configured: the chosen ones, by the tap's identifiers of them.
  static func catalog(_ streams: [StreamDescription], selecting configured: [String: ConfiguredStream]) -> JSONValue {
    ["streams": .array(streams.map { .object(entry(of: $0, configured[$0.tap.id])) })]
  }

  /// How a chosen stream is read. One that is to be read incrementally, and of which nobody knows by which field, is read as a whole.
  static func method(of stream: StreamDescription, _ configured: ConfiguredStream) -> ReplicationMethod {
    guard configured.syncMode == .incremental else { return .fullTable }
    if stream.tap.forcedMethod == .logBased || stream.tap.method == .logBased { return .logBased }
    let needsKey = stream.tap.metadata.isOfTable && stream.tap.forcedMethod == nil
    return needsKey && key(of: stream, configured) == nil ? .fullTable : .incremental
  }

  private static func key(of stream: StreamDescription, _ configured: ConfiguredStream) -> String? {
    stream.own?.cursorField ?? configured.cursorField?.first ?? stream.cursorField
  }

  private static func entry(of stream: StreamDescription, _ configured: ConfiguredStream?) -> JSONObject {
    var entry = stream.tap.entry
    var metadata = stream.tap.metadata
    let isSelected = configured != nil
    // Taps of the first days look into the schema.
    entry["schema"]?["selected"] = .bool(isSelected)
    entry["selected"] = .bool(isSelected)
    var root = metadata.stream
    root["selected"] = .bool(isSelected)
    guard let configured else {
      metadata[[]] = root
      entry["metadata"] = metadata.json
      return entry
    }
    let method = method(of: stream, configured)
    root["replication-method"] = .string(method.rawValue)
    root["forced-replication-method"] = .string(method.rawValue)
    entry["replication_method"] = .string(method.rawValue)
    if method == .incremental, let key = key(of: stream, configured) {
      root["replication-key"] = .string(key)
      entry["replication_key"] = .string(key)
    }
    if let keys = stream.own?.primaryKey {
      let list = JSONValue.array(keys.map { .string($0) })
      root[stream.tap.isView ? "view-key-properties" : "table-key-properties"] = list
      entry["key_properties"] = list
    }
    metadata[[]] = root
    let needed = Set(stream.primaryKey + [key(of: stream, configured)].compactMap { $0 })
    select(fields: configured.jsonSchema, of: stream.tap, needed: needed, in: &metadata)
    entry["metadata"] = metadata.json
    return entry
  }

  /// The fields that the configured schema leaves out, but for those that are needed.
  static func omitted(from stream: StreamDescription, _ configured: ConfiguredStream) -> Set<String> {
    guard let wanted = configured.jsonSchema["properties"]?.object, !wanted.isEmpty else { return [] }
    let needed = Set(stream.primaryKey + [key(of: stream, configured)].compactMap { $0 })
    return Set(
      (stream.tap.schema["properties"]?.object ?? [:]).keys.filter { name in
        wanted[name] == nil && !needed.contains(name) && stream.tap.metadata.inclusion(of: ["properties", name]) != .automatic
      })
  }

  /// Marks the fields: those that the configured schema has, those that the tap reads in any case, and those that it cannot do without.
  private static func select(
    fields schema: JSONObject, of stream: TapStream, needed: Set<String>, in metadata: inout StreamMetadata
  ) {
    let wanted = schema["properties"]?.object
    for (name, _) in stream.schema["properties"]?.object ?? [:] where metadata[["properties", name]].isEmpty {
      // A catalog without words on a field is given some.
      metadata[["properties", name]] = ["inclusion": "available"]
    }
    for entry in metadata.entries where !entry.breadcrumb.isEmpty {
      let isSelected: Bool =
        switch metadata.inclusion(of: entry.breadcrumb) {
        case .unsupported: false
        case .automatic: true
        case .available:
          entry.breadcrumb.count == 2 && needed.contains(entry.breadcrumb[1]) || contains(wanted, entry.breadcrumb)
        }
      metadata[entry.breadcrumb]["selected"] = .bool(isSelected)
    }
  }

  /// Whether a schema has the place that a breadcrumb leads to. One that lists no properties has every one.
  private static func contains(_ properties: JSONObject?, _ breadcrumb: [String]) -> Bool {
    guard let properties, !properties.isEmpty else { return true }
    guard breadcrumb.count > 1, breadcrumb[0] == "properties" else { return true }
    guard let inner = properties[breadcrumb[1]] else { return false }
    return contains(inner["properties"]?.object, Array(breadcrumb.dropFirst(2)))
  }
}
