import AirbyteProtocol
import Engine
import JSON
import Synchronization
import Testing

@testable import Singer

/// Sources as taps.
@Suite struct AsTapTests {
  private final class Lines: LineOutput {
    let text = Mutex("")
    func write(_ bytes: UnsafeRawBufferPointer) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
  }

  private static let orders: AirbyteStream = {
    var stream = AirbyteStream(
      name: "orders",
      jsonSchema: ["type": "object", "properties": ["id": [:], "at": [:], "note": [:]], "required": ["id", "note"]],
      supportedSyncModes: [.fullRefresh, .incremental])
    stream.sourceDefinedPrimaryKey = [["id"]]
    stream.sourceDefinedCursor = true
    stream.defaultCursorField = ["at"]
    return stream
  }()
  private static let pages: AirbyteStream = {
    var stream = AirbyteStream(name: "pages", jsonSchema: ["type": "object"], supportedSyncModes: [.fullRefresh])
    stream.namespace = "web"
    return stream
  }()
  private static let catalog = SingerCatalog([orders, pages])

  @Test func theCatalogHasKeysAndMethods() throws {
    let streams = try TapCatalog(Self.catalog.json).streams
    #expect(streams.map(\.id) == ["orders", "web-pages"])
    #expect(streams[0].keyProperties == ["id"])
    #expect(streams[0].replicationKeys == ["at"])
    #expect(streams[0].metadata.inclusion(of: ["properties", "id"]) == .automatic)
    #expect(streams[0].metadata.inclusion(of: ["properties", "note"]) == .available)
    #expect(streams[1].forcedMethod == .fullTable)
    #expect(streams[1].schemaName == "web")
    // What discovery printed selects everything, each stream in its best way.
    let all = try Self.catalog.selections(of: Self.catalog.json)
    #expect(all.map(\.stream.descriptor.name) == ["orders", "pages"])
    #expect(all.map(\.stream.syncMode) == [.incremental, .fullRefresh])
    #expect(all.allSatisfy { $0.omitted.isEmpty })
  }

  @Test func streamsAndFieldsAreSelected() throws {
    var entry = try #require(Self.catalog.json["streams"]?[0]?.object)
    entry["metadata"] = [
      ["breadcrumb": [], "metadata": ["selected": true, "replication-method": "FULL_TABLE"]],
      ["breadcrumb": ["properties", "note"], "metadata": ["selected": false]],
      ["breadcrumb": ["properties", "id"], "metadata": ["selected": false, "inclusion": "automatic"]],
      ["breadcrumb": ["properties", "at"], "metadata": ["selected": false]],
    ]
    var other = try #require(Self.catalog.json["streams"]?[1]?.object)
    other["metadata"] = [["breadcrumb": [], "metadata": ["selected": false]]]
    let selections = try Self.catalog.selections(of: ["streams": [.object(entry), .object(other)]])
    #expect(selections.map(\.stream.descriptor.name) == ["orders"])
    #expect(selections[0].stream.syncMode == .fullRefresh)
    // The key and the cursor are needed.
    #expect(selections[0].omitted == ["note"])
  }

  @Test func messagesAreThoseOfATap() throws {
    let lines = Lines()
    let output = SingerOutput(lines, now: { 1_704_164_645_678_901 })
    let stream = StreamDescriptor(name: "orders")
    output.prepare(
      [.init(stream: ConfiguredStream(Self.orders), omitted: ["note"])], among: [Self.orders],
      continuing: ["bookmarks": ["other": ["x": 1]]])
    try output.begin(stream, schema: Self.orders.jsonSchema)
    try Array("{\"id\":1,\"note\":\"x\"}\n{\"note\":2,\"id\":2}\n".utf8).withUnsafeBytes { try output.put($0, of: stream) }
    try output.keep(["at": "2024"], of: stream)
    try output.keep(shared: ["lsn": 5])
    try output.keep(["__ab_no_cursor_state_message": true], of: StreamDescriptor(name: "pages", namespace: "web"))
    #expect(
      lines.text.withLock { $0 } == """
        {"type":"SCHEMA","stream":"orders","schema":{"type":"object","properties":{"id":{},"at":{}},"required":["id"]},"key_properties":["id"],"bookmark_properties":["at"]}
        {"type":"RECORD","stream":"orders","record":{"id":1},"time_extracted":"2024-01-02T03:04:05.678901Z"}
        {"type":"RECORD","stream":"orders","record":{"id":2},"time_extracted":"2024-01-02T03:04:05.678901Z"}
        {"type":"STATE","value":{"bookmarks":{"other":{"x":1},"orders":{"at":"2024"}}}}
        {"type":"STATE","value":{"bookmarks":{"other":{"x":1},"orders":{"at":"2024"}},"airbyte_shared_state":{"lsn":5}}}
        {"type":"STATE","value":{"bookmarks":{"other":{"x":1},"orders":{"at":"2024"}},"airbyte_shared_state":{"lsn":5}}}

        """)
  }

  @Test func statesComeBack() {
    let state = SingerOutput.sourceState(
      of: ["bookmarks": ["orders": ["at": "2024"], "web-pages": ["x": 1]], "airbyte_shared_state": ["lsn": 5]],
      for: [ConfiguredStream(Self.orders), ConfiguredStream(Self.pages)])
    #expect(state.streams == [StreamDescriptor(name: "orders"): ["at": "2024"]])
    #expect(state.shared == ["lsn": 5])
  }

  @Test func theTapDescribesItself() {
    let tap = TapDescription(
      name: "tap-shop", version: "1",
      specification: [
        "type": "object", "required": ["key"],
        "properties": ["key": ["type": "string", "title": "Key", "airbyte_secret": true, "order": 0]],
      ])
    #expect(tap.json["settings"]?["properties"]?["key"] == ["type": "string", "title": "Key", "secret": true, "writeOnly": true])
    #expect(TapAbout(tap.json)?.capabilities == ["about", "catalog", "discover", "state", "test"])
    #expect(tap.text.contains("  key (required, secret): Key"))
  }
}
