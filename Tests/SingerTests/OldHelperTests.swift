import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Testing

@testable import Singer

/// What the helper for taps of early versions of airbyte-cdk made of the same catalogs and the same output, as `old_helper.py` in
/// `Tests/Singer` recorded it. Where something else is meant, the recording says `ours` and `why`, and docs/singer.md gives the reason.
@Suite(.timeLimit(.minutes(15))) struct OldHelperTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let recordings: JSONValue =
    (try? JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: "Fixtures/old-helper.json"))))) ?? .null

  private static func cases(_ name: String) -> [JSONValue] { recordings[name]?.array ?? [] }

  /// What is expected here: what the helper said, but for what is meant to differ.
  private static func expected(_ recording: JSONValue) -> JSONObject {
    (recording["theirs"]?.object ?? [:]).merging(recording["ours"]?.object ?? [:]) { $1 }
  }

  @Test func thereAreRecordings() {
    #expect(Self.cases("catalogs").count >= 20)
    #expect(Self.cases("selections").count >= 5)
    #expect(Self.cases("reads").count >= 10)
  }

  /// Each reason for a difference is one of the page, and each of the page occurs.
  @Test func differencesAreExplained() throws {
    let page = Self.folder.appending(path: "../../docs/singer.md")
    let text = try String(decoding: Data(contentsOf: page), as: UTF8.self)
    let reasons = Set(["catalogs", "selections", "reads"].flatMap(Self.cases).compactMap { $0["why"]?.string })
    for reason in reasons { #expect(text.contains("| `\(reason)` |"), "\(reason)") }
    #expect(text.components(separatedBy: "\n").filter { $0.hasPrefix("| `") && $0.contains("the helper") }.count == reasons.count)
  }

  private static func catalog(_ recording: JSONValue) throws -> String {
    JSONValue.object(["streams": try #require(recording["streams"])]).jsonText
  }

  /// The manifest of a connector that says what the helper's connector says.
  private static func manifest(_ recording: JSONValue) -> String {
    var manifest: JSONObject = ["version": "1.0.0", "type": "SingerSource", "tap": ["command": ["tap-fake"]]]
    var own: JSONObject = ["name": "orders"]
    if let key = recording["primary_key"] { own["primary_key"] = key }
    if let cursor = recording["cursor"] { own["cursor_field"] = cursor }
    if own.count > 1 { manifest["streams"] = [.object(own)] }
    if let excluded = recording["exclude"] { manifest["exclude"] = excluded }
    return JSONValue.object(manifest).jsonText
  }

  @Test(arguments: cases("catalogs").indices) func catalogs(index: Int) async throws {
    let recording = Self.cases("catalogs")[index]
    let folder = try TapFolder()
    try folder.tap(catalog: try Self.catalog(recording), read: ":")
    let found = try await TapRun(folder).source(Self.manifest(recording)).discover()
    if recording["ours"] == "left out" {
      #expect(found.isEmpty)
      return
    }
    let stream = try #require(found.first?.json.object)
    #expect(found.count == 1)
    let expected = Self.expected(recording)
    for fact in ["name", "json_schema", "default_cursor_field", "source_defined_primary_key"] {
      #expect(stream[fact] ?? .null == expected[fact] ?? .null, "\(fact)")
    }
    // Everywhere, as docs/singer.md says: a stream that can be read incrementally can be read as a whole too, and nothing said is that.
    let modes = expected["supported_sync_modes"]?.array ?? []
    #expect(
      stream["supported_sync_modes"] == (modes.contains("incremental") ? ["full_refresh", "incremental"] : ["full_refresh"]))
    #expect((stream["source_defined_cursor"] == true) == (expected["source_defined_cursor"] == true))
  }

  @Test(arguments: cases("selections").indices) func selections(index: Int) async throws {
    let recording = Self.cases("selections")[index]
    let folder = try TapFolder()
    try folder.tap(catalog: try Self.catalog(recording), read: ":")
    _ = try await TapRun(folder).read(fakeTap, streams: ["orders"]) { streams in
      for place in streams.indices {
        let stream = streams[place]
        streams[place] = ConfiguredStream(
          descriptor: stream.descriptor, syncMode: recording["sync_mode"] == "incremental" ? .incremental : .fullRefresh,
          cursorField: recording["cursor_field"]?.array?.compactMap(\.string), jsonSchema: stream.jsonSchema)
      }
    }
    let given = try TapCatalog(try #require(folder.given("catalog"))).streams
    let expected = Self.expected(recording)
    let selected = given.filter { $0.metadata.stream["selected"] == true }.map { JSONValue.string($0.stream) }
    #expect(.array(selected) == expected["selected"])
    let orders = try #require(given.first { $0.stream == "orders" })
    for fact in ["replication-method", "replication-key"] {
      #expect(orders.metadata.stream[fact] ?? .null == expected[fact] ?? .null, "\(fact)")
    }
    for (field, isSelected) in expected["fields"]?.object ?? [:] {
      #expect(orders.metadata[["properties", field]]["selected"] == isSelected, "\(field)")
    }
  }

  @Test(arguments: cases("reads").indices) func reads(index: Int) async throws {
    let recording = Self.cases("reads")[index]
    let folder = try TapFolder()
    let lines = (recording["lines"]?.array ?? []).compactMap(\.string).map { $0 + "\n" }.joined()
    try Data(lines.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/lines.txt"))
    try folder.tap(read: "cat \"\(folder.path)/lines.txt\"; exit \(recording["status"]?.int ?? 0)")
    let run = TapRun(folder)
    let (outcome, error) = try await run.read(fakeTap, streams: ["orders"])
    let expected = Self.expected(recording)
    let messages = try run.messages()
    let records = messages.compactMap { $0["record"]?["data"] }
    #expect(records.map(\.jsonText) == (expected["records"]?.array ?? []).map(\.jsonText))
    #expect((error == nil && outcome?.isComplete == true) == (expected["succeeds"] == true), "\(error?.sentence ?? "")")
    // Theirs are legacy states, each with all that the tap said: ours are put together again to it, as for the tap itself.
    let states = messages.compactMap { $0["state"] }.compactMap { state -> JSONObject? in
      guard let value = try? SourceState(parsing: .array([state])) else { return nil }
      if value.streams.values.first?[SingerState.noCursor] != nil { return nil }
      return SingerState.incoming(value, identify: { $0.name }, isFresh: { _ in false })
    }
    let wanted = (expected["states"]?.array ?? []).compactMap(\.object)
    #expect(states.last == wanted.last)
  }
}
