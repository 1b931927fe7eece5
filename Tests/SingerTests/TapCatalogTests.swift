import AirbyteProtocol
import JSON
import JSONSchema
import Testing

@testable import Singer

/// Catalogs of taps as Airbyte's streams, and back.
@Suite struct TapCatalogTests {
  private static func description(
    _ metadata: JSONObject, entry: JSONObject = [:], own: SingerStream? = nil, namespaces: Bool = false
  ) throws -> StreamDescription {
    let whole: JSONObject = [
      "tap_stream_id": "public-orders", "stream": "orders", "schema": ["properties": ["id": ["type": "integer"]]],
      "metadata": [["breadcrumb": [], "metadata": .object(metadata)]],
    ]
    return StreamDescription(
      try TapStream(.object(whole.merging(entry) { $1 }), at: 0), own, usesNamespaces: namespaces)
  }

  private static let both: [SyncMode] = [.fullRefresh, .incremental]

  @Test(
    arguments: [
      ([:], [SyncMode.fullRefresh], nil as Bool?, nil as String?),
      (["valid-replication-keys": ["at", "id"]], both, true, "at"), (["valid-replication-keys": "at"], both, true, "at"),
      (["valid-replication-keys": ["at", "id"], "replication-key": "id"], both, true, "id"),
      (["forced-replication-method": "FULL_TABLE", "valid-replication-keys": ["at"]], [.fullRefresh], nil, nil),
      (["forced-replication-method": ["replication-method": "INCREMENTAL"]], both, true, nil),
      (["forced-replication-method": "LOG_BASED", "schema-name": "public"], both, true, nil),
      (["forced-replication-method": "", "schema-name": "public"], both, false, nil),
      (["replication-method": "log_based"], both, true, nil),
    ] as [(JSONObject, [SyncMode], Bool?, String?)])
  func syncModes(metadata: JSONObject, modes: [SyncMode], isDefined: Bool?, cursor: String?) throws {
    let stream = try Self.description(metadata).airbyteStream
    #expect(stream.supportedSyncModes == modes)
    #expect(stream.sourceDefinedCursor == isDefined)
    #expect(stream.defaultCursorField == cursor.map { [$0] })
  }

  @Test(
    arguments: [
      (["table-key-properties": ["id"]], [:], ["id"]), (["view-key-properties": ["a", "b"]], [:], ["a", "b"]),
      (["table-key-properties": ["id"]], ["key_properties": ["k"]], ["k"]),
      (["table-key-properties": []], ["key_properties": []], []),
    ] as [(JSONObject, JSONObject, [String])])
  func keys(metadata: JSONObject, entry: JSONObject, keys: [String]) throws {
    #expect(try Self.description(metadata, entry: entry).primaryKey == keys)
  }

  @Test func whatTheManifestSaysCounts() throws {
    let own = SingerStream(name: "public-orders", primaryKey: ["no"], cursorField: "changed")
    let stream = try Self.description(["table-key-properties": ["id"]], own: own).airbyteStream
    #expect(stream.sourceDefinedPrimaryKey == [["no"]])
    #expect(stream.defaultCursorField == ["changed"])
    #expect(stream.supportedSyncModes == Self.both)
    #expect(stream.sourceDefinedCursor == true)
  }

  @Test(
    arguments: [
      (["schema-name": "public"], ["table_name": "orders"], "orders", "public"),
      (["schema-name": "public"], ["stream": "public-orders"], "orders", "public"), ([:], [:], "public-orders", nil),
    ] as [(JSONObject, JSONObject, String, String?)])
  func namespaces(metadata: JSONObject, entry: JSONObject, name: String, namespace: String?) throws {
    let stream = try Self.description(metadata, entry: entry, namespaces: true)
    #expect(stream.descriptor == StreamDescriptor(name: name, namespace: namespace))
    #expect(try Self.description(metadata, entry: entry).descriptor == StreamDescriptor(name: "public-orders"))
  }

  @Test(
    arguments: [
      (
        ["type": ["null", "string"], "format": "date-time"],
        ["type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"]
      ),
      (["type": "string", "format": "time"], ["type": "string", "format": "time", "airbyte_type": "time_without_timezone"]),
      (["type": ["null", "number"], "multipleOf": 0.01], ["type": ["null", "number"], "multipleOf": 0.01]),
      (["type": ["null", "string"], "format": "singer.decimal"], ["type": ["null", "string"], "format": "singer.decimal"]),
      (
        ["anyOf": [["type": "string", "format": "date-time"], ["type": "null"]]],
        ["format": "date-time", "type": ["null", "string"], "airbyte_type": "timestamp_with_timezone"]
      ),
      (
        ["anyOf": [["type": "string", "format": "date-time"], ["type": ["string", "null"]]]],
        [
          "anyOf": [
            ["type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"], ["type": ["string", "null"]],
          ]
        ]
      ),
      (
        ["type": "number", "maximum": 5, "exclusiveMaximum": true, "minimum": 1, "exclusiveMinimum": false],
        ["type": "number", "exclusiveMaximum": 5, "minimum": 1]
      ),
      (
        ["type": "array", "items": ["type": "string", "format": "date-time"]],
        ["type": "array", "items": ["type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"]]
      ),
      (
        ["type": "object", "properties": ["format": ["type": "string"], "selected": ["type": "boolean"]]],
        ["type": "object", "properties": ["format": ["type": "string"], "selected": ["type": "boolean"]]]
      ),
    ] as [(JSONValue, JSONValue)])
  func schemas(given: JSONValue, expected: JSONValue) { #expect(RecordSchema.converted(given).equals(expected)) }

  @Test func fieldsThatCannotBeReadAreLeftOut() throws {
    let stream = try TapStream(
      [
        "stream": "a", "schema": ["selected": true, "properties": ["id": [:], "blob": [:]]],
        "metadata": [["breadcrumb": ["properties", "blob"], "metadata": ["inclusion": "unsupported"]]],
      ], at: 0)
    #expect(RecordSchema.ofRecords(stream) == ["properties": ["id": [:]], "type": "object"])
  }

  @Test(
    arguments: [
      (.array([]), "it is not an object with a list `streams`"),
      (["streams": [["schema": [:]]]], "`streams[0]` has no `tap_stream_id`"),
    ] as [(JSONValue, String)])
  func otherValuesAreNoCatalogs(value: JSONValue, sentence: String) {
    do throws(TapCatalogError) {
      _ = try TapCatalog(value)
      Issue.record("It was taken as a catalog")
    } catch { #expect(error.description == sentence) }
  }

  // MARK: What a tap is asked for

  private static func selection(
    _ stream: StreamDescription, _ configured: ConfiguredStream?
  ) throws -> (entry: JSONValue, metadata: StreamMetadata) {
    let catalog = TapSelection.catalog([stream], selecting: configured.map { [stream.tap.id: $0] } ?? [:])
    let entry = try #require(catalog["streams"]?[0])
    return (entry, StreamMetadata(entry["metadata"]))
  }

  private static let table =
    (try? JSONValue(
      parsing: #"""
        {"tap_stream_id": "t", "stream": "t", "key_properties": ["id"], "is_view": true,
         "schema": {"properties": {"id": {}, "name": {}, "blob": {}, "o": {"properties": {"a": {}, "b": {}}}, "plain": {}}},
         "metadata": [{"breadcrumb": [], "metadata": {"schema-name": "public", "forced-replication-method": ""}},
           {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
           {"breadcrumb": ["properties", "name"], "metadata": {"inclusion": "available"}},
           {"breadcrumb": ["properties", "blob"], "metadata": {"inclusion": "unsupported"}},
           {"breadcrumb": ["properties", "o"], "metadata": {"inclusion": "available"}},
           {"breadcrumb": ["properties", "o", "properties", "a"], "metadata": {}},
           {"breadcrumb": ["properties", "o", "properties", "b"], "metadata": {}}]}
        """#)) ?? [:]

  @Test func fieldsAreSelectedByTheConfiguredSchema() throws {
    let stream = StreamDescription(try TapStream(Self.table, at: 0), nil, usesNamespaces: false)
    let configured = ConfiguredStream(
      descriptor: StreamDescriptor(name: "t"), syncMode: .fullRefresh,
      jsonSchema: ["properties": ["o": ["properties": ["a": [:]]]]])
    let (entry, metadata) = try Self.selection(stream, configured)
    #expect(entry["schema"]?["selected"] == true)
    let selected = metadata.entries.filter { $0.values["selected"] == true }.map(\.breadcrumb)
    #expect(selected == [[], ["properties", "id"], ["properties", "o"], ["properties", "o", "properties", "a"]])
    #expect(metadata.stream["replication-method"] == "FULL_TABLE")
    #expect(metadata[["properties", "plain"]] == ["inclusion": "available", "selected": false])
  }

  @Test(
    arguments: [
      (SyncMode.incremental, ["name"] as [String]?, "INCREMENTAL", "name"), (.incremental, nil, "FULL_TABLE", nil),
      (.fullRefresh, ["name"], "FULL_TABLE", nil),
    ] as [(SyncMode, [String]?, String, String?)])
  func replication(mode: SyncMode, cursor: [String]?, method: String, key: String?) throws {
    let stream = StreamDescription(try TapStream(Self.table, at: 0), nil, usesNamespaces: false)
    let configured = ConfiguredStream(descriptor: StreamDescriptor(name: "t"), syncMode: mode, cursorField: cursor)
    let (entry, metadata) = try Self.selection(stream, configured)
    #expect(metadata.stream["replication-method"]?.string == method)
    #expect(metadata.stream["forced-replication-method"]?.string == method)
    #expect(metadata.stream["replication-key"]?.string == key)
    #expect(entry["replication_method"]?.string == method)
    #expect(entry["replication_key"]?.string == key)
  }

  @Test func keysOfTheManifestGoToTheTap() throws {
    let own = SingerStream(name: "t", primaryKey: ["name"])
    let stream = StreamDescription(try TapStream(Self.table, at: 0), own, usesNamespaces: false)
    let (entry, metadata) = try Self.selection(
      stream,
      ConfiguredStream(descriptor: StreamDescriptor(name: "t"), syncMode: .fullRefresh, jsonSchema: ["properties": ["o": [:]]]))
    #expect(metadata.stream["view-key-properties"] == ["name"])
    #expect(entry["key_properties"] == ["name"])
    #expect(metadata[["properties", "name"]]["selected"] == true)
  }

  @Test func otherStreamsAreNotSelected() throws {
    let stream = StreamDescription(try TapStream(Self.table, at: 0), nil, usesNamespaces: false)
    let (entry, metadata) = try Self.selection(stream, nil)
    #expect(metadata.stream["selected"] == false)
    #expect(entry["schema"]?["selected"] == false)
  }
}
