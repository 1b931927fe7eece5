import AirbyteProtocol
import Engine
import JSON

/// The streams of a source in the terms of Singer: what `as-tap --discover` prints, and which of them a catalog selects.
package struct SingerCatalog: Sendable {
  /// What is read of a stream.
  package struct Selection: Sendable {
    package var stream: ConfiguredStream
    /// The fields that are left out of its records.
    package var omitted: Set<String> = []
  }

  private let streams: [AirbyteStream]

  package init(_ streams: [AirbyteStream]) { self.streams = streams }

  /// How Singer's messages name a stream.
  package static func identifier(of stream: StreamDescriptor) -> String {
    stream.namespace.map { "\($0)-\(stream.name)" } ?? stream.name
  }

  private static func descriptor(of stream: AirbyteStream) -> StreamDescriptor {
    StreamDescriptor(name: stream.name, namespace: stream.namespace)
  }

  /// The names of the fields that make the primary key; paths into records are not among them.
  package static func keys(of stream: AirbyteStream) -> [String] {
    (stream.sourceDefinedPrimaryKey ?? []).compactMap { $0.count == 1 ? $0[0] : nil }
  }

  private static func cursor(of stream: AirbyteStream) -> String? {
    guard stream.supportedSyncModes.contains(.incremental), let path = stream.defaultCursorField, path.count == 1 else {
      return nil
    }
    return path[0]
  }

  // MARK: What discovery prints

  /// The catalog.
  package var json: JSONValue { ["streams": .array(streams.map { .object(Self.entry(of: $0)) })] }

  private static func entry(of stream: AirbyteStream) -> JSONObject {
    let id = identifier(of: descriptor(of: stream))
    let keys = keys(of: stream)
    let cursor = cursor(of: stream)
    let method: ReplicationMethod = stream.supportedSyncModes.contains(.incremental) ? .incremental : .fullTable
    let keyList = JSONValue.array(keys.map { .string($0) })
    var root: JSONObject = [
      "inclusion": "available", "selected-by-default": true, "table-key-properties": keyList,
      "replication-method": .string(method.rawValue),
    ]
    if method == .fullTable { root["forced-replication-method"] = .string(method.rawValue) }
    if let namespace = stream.namespace { root["schema-name"] = .string(namespace) }
    if let cursor {
      root["replication-key"] = .string(cursor)
      root["valid-replication-keys"] = [.string(cursor)]
    }
    var metadata: [JSONValue] = [["breadcrumb": [], "metadata": .object(root)]]
    let needed = Set(keys + [cursor].compactMap { $0 })
    for (name, _) in stream.jsonSchema["properties"]?.object ?? [:] {
      metadata.append([
        "breadcrumb": ["properties", .string(name)],
        "metadata": ["inclusion": needed.contains(name) ? "automatic" : "available", "selected-by-default": true],
      ])
    }
    var entry: JSONObject = [
      "tap_stream_id": .string(id), "stream": .string(id), "schema": .object(stream.jsonSchema), "key_properties": keyList,
      "replication_method": .string(method.rawValue),
    ]
    if let cursor { entry["replication_key"] = .string(cursor) }
    entry["metadata"] = .array(metadata)
    return entry
  }

  // MARK: What a catalog selects

  /// All streams, each in the best way in which it can be read.
  package var all: [Selection] { streams.map { Selection(stream: ConfiguredStream($0)) } }

  /// What a catalog selects.
  /// - Parameter value: a catalog as ``json``, with its marks.
  /// - Throws: ``TapCatalogError`` where the value is no catalog. Streams that the source does not have are left out.
  package func selections(of value: JSONValue) throws(TapCatalogError) -> [Selection] {
    let known = Dictionary(
      streams.map { (Self.identifier(of: Self.descriptor(of: $0)), $0) }, uniquingKeysWith: { first, _ in first })
    return try TapCatalog(value).streams.compactMap { chosen in
      guard let stream = known[chosen.id] ?? known[chosen.stream], Self.isSelected(chosen) else { return nil }
      var configured = ConfiguredStream(stream)
      let key = chosen.metadata.stream["replication-key"]?.string ?? chosen.entry["replication_key"]?.string
      switch chosen.method {
      case .fullTable?: configured.syncMode = .fullRefresh
      case .incremental?, .logBased?:
        configured.syncMode = stream.supportedSyncModes.contains(.incremental) ? .incremental : .fullRefresh
        if let key, stream.sourceDefinedCursor != true { configured.cursorField = [key] }
      case nil: break
      }
      return Selection(stream: configured, omitted: Self.omitted(by: chosen, of: stream))
    }
  }

  private static func isSelected(_ stream: TapStream) -> Bool {
    let marks = [stream.metadata.stream["selected"], stream.schema["selected"], stream.entry["selected"]]
    if let mark = marks.lazy.compactMap({ $0?.bool }).first { return mark }
    return stream.metadata.inclusion(of: []) == .automatic || stream.metadata.stream["selected-by-default"]?.bool == true
  }

  private static func omitted(by chosen: TapStream, of stream: AirbyteStream) -> Set<String> {
    let kept = Set(keys(of: stream) + [cursor(of: stream)].compactMap { $0 })
    return Set(
      chosen.metadata.entries.compactMap { entry in
        guard entry.breadcrumb.count == 2, entry.breadcrumb[0] == "properties", entry.values["inclusion"]?.string != "automatic",
          (entry.values["selected"] ?? entry.values["selected-by-default"])?.bool == false,
          !kept.contains(entry.breadcrumb[1])
        else { return nil }
        return entry.breadcrumb[1]
      })
  }
}
