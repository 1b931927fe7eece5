import AirbyteProtocol
import Foundation
import JSON
import Testing
import Validation

@testable import Authoring

/// What versions of a connector differ in, and what that means.
@Suite struct VersionComparisonTests {
  // MARK: Specifications

  struct Pair: Sendable, CustomStringConvertible {
    let name: String
    let old: JSONObject
    let new: JSONObject
    let isCompatible: Bool
    var description: String { name }
  }

  /// What the reference says, as `Fixtures/record_spec_compatibility.py` records it.
  private static let pairs: [Pair] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/spec-compatibility.json")
    let cases = (try? JSONValue(parsing: Data(contentsOf: file)))?.array ?? []
    return cases.compactMap { pair in
      guard let name = pair["name"]?.string, let old = pair["old"]?.object, let new = pair["new"]?.object else { return nil }
      return Pair(name: name, old: old, new: new, isCompatible: pair["compatible"] == true)
    }
  }()

  @Test(arguments: pairs)
  func specificationsBreakWhereTheReferenceSaysSo(pair: Pair) {
    let changes = SpecComparison(old: pair.old, new: pair.new).changes
    #expect(((changes.map(\.level).max() ?? .patch) < .major) == pair.isCompatible, "\(changes)")
  }

  @Test func thereAreRecordedPairs() { #expect(Self.pairs.count > 70) }

  @Test(arguments: [
    (#"{"title": "x"}"#, #"{"title": "y"}"#, "patch"), (#"{"default": 1}"#, #"{"default": 2}"#, "patch"),
    (#"{"enum": [1]}"#, #"{"enum": [1, 2]}"#, "minor"), (#"{"maximum": 1}"#, #"{}"#, "minor"),
    (#"{"type": "string"}"#, #"{"type": "string", "airbyte_secret": true}"#, "minor"),
    (#"{"type": "string"}"#, #"{"type": "integer"}"#, "major"),
  ])
  func changesOfSpecificationsHaveLevels(old: String, new: String, level: String) throws {
    func spec(_ text: String) throws -> JSONObject {
      ["connectionSpecification": ["properties": ["a": try JSONValue(parsing: Array(text.utf8))]]]
    }
    let changes = SpecComparison(old: try spec(old), new: try spec(new)).changes
    #expect(changes.map(\.level).max()?.rawValue == level, "\(changes)")
  }

  // MARK: Catalogs

  private static func stream(
    _ schema: String, key: [[String]]? = [["id"]], cursor: [String]? = ["at"], modes: [SyncMode] = [.fullRefresh, .incremental],
    name: String = "s"
  ) throws -> AirbyteStream {
    var stream = AirbyteStream(
      name: name, jsonSchema: try JSONValue(parsing: Array(schema.utf8)).object ?? [:], supportedSyncModes: modes)
    stream.sourceDefinedPrimaryKey = key
    stream.defaultCursorField = cursor
    return stream
  }

  private static func schema(_ properties: String) -> String { #"{"type": "object", "properties": {\#(properties)}}"# }

  @Test(arguments: [
    (#""a": {"type": "string"}"#, #""a": {"type": "string"}"#, []),
    (#""a": {"type": "string"}"#, #""a": {"type": ["string", "null"]}"#, ["minor `a` may be null"]),
    (#""a": {"type": ["string", "null"]}"#, #""a": {"type": "string"}"#, ["minor `a` is never null"]),
    (#""a": {"type": "string"}"#, #""a": {"type": "integer"}"#, ["major The type of `a` changed from string to integer"]),
    (#""a": {"type": "integer"}"#, #""a": {"type": "number"}"#, ["major The type of `a` changed from integer to number"]),
    (
      #""a": {"type": "string"}"#, #""b": {"type": "string"}"#,
      ["major The field `a` was removed", "minor The field `b` was added"]
    ),
    (
      #""a": {"type": "string"}"#, #""a": {"type": "string", "format": "date"}"#,
      [
        "major The format of `a` changed from any to format=date"
      ]
    ),
    (
      #""a": {"type": "string", "description": "x"}"#, #""a": {"type": "string"}"#, ["patch The schema is written in another way"]
    ),
    (
      #""o": {"type": "object", "properties": {"x": {"type": "string"}, "l": {"type": "array", "items": {"type": "string"}}}}"#,
      #""o": {"type": "object", "properties": {"l": {"type": "array", "items": {"type": "integer"}}}}"#,
      ["major The field `o.x` was removed", "major The type of `o.l[]` changed from string to integer"]
    ),
    (
      #""a": {"anyOf": [{"type": "string"}, {"type": "null"}]}"#, #""a": {"type": ["null", "string"]}"#,
      [
        "patch The schema is written in another way"
      ]
    ),
  ])
  func schemas(old: String, new: String, changes: [String]) throws {
    let comparison = CatalogComparison(old: [try Self.stream(Self.schema(old))], new: [try Self.stream(Self.schema(new))])
    #expect(comparison.changes.map { "\($0.level.rawValue) \($0.message)" } == changes)
  }

  @Test func streamsKeysCursorsAndModes() throws {
    let old = [try Self.stream("{}"), try Self.stream("{}", name: "gone")]
    let new = [
      try Self.stream("{}", key: [["id"], ["shop"]], cursor: ["updated"], modes: [.fullRefresh]),
      try Self.stream("{}", name: "new"),
    ]
    #expect(
      CatalogComparison(old: old, new: new).changes.map { "\($0.level.rawValue) \($0.stream ?? ""): \($0.message)" } == [
        "major s: The stream can no longer be read in the mode incremental",
        "major s: The primary key changed from `id` to `id`, `shop`", "major s: The cursor changed from `at` to `updated`",
        "major gone: The stream was removed", "minor new: The stream was added",
      ])
  }

  // MARK: Reads

  private static func fields(_ texts: String...) throws -> FieldCounts {
    var tally = FieldTally()
    for text in texts { tally.add(try JSONDocument(parsing: text).root, patches: []) }
    return tally.fields
  }

  private static func read(_ change: (inout ObservedRead.Stream) -> Void) throws -> ObservedRead {
    var stream = ObservedRead.Stream()
    stream.records = 2
    stream.prints = [1: 1, 2: 1]
    stream.isComplete = true
    stream.requests = ["GET /s": 1]
    stream.statuses = [200: 1]
    stream.state = ["at": "2025-01-01"]
    stream.fields = try fields(#"{"id": 1, "a": "x"}"#, #"{"id": 2}"#)
    stream.bodies = try fields(#"{"data": [{"id": 1, "a": "x"}, {"id": 2}], "next": "p2"}"#)
    change(&stream)
    var read = ObservedRead()
    read.catalog = [try Self.stream("{}")]
    read.streams = ["s": stream]
    return read
  }

  @Test(arguments: [
    ("same", []), ("request", ["patch requests: `GET /s` is not made any more", "patch requests: `GET /t` is made now"]),
    ("failed", ["major records: The stream cannot be read any more: no"]),
    ("empty", ["major records: The stream has no records any more, and had 2"]),
    ("less", ["major records: Records lack `a`"]), ("values", ["minor records: 1 of 2 records have other values"]),
    ("count", ["minor records: There are 3 records, and were 2"]), ("cursor", ["minor state: The last state has other values"]),
    ("state", ["major state: The state has the keys `to`, and had `at`: saved states may not be understood"]),
  ])
  func reads(what: String, changes: [String]) throws {
    let new = try Self.read { stream in
      switch what {
      case "request": stream.requests = ["GET /t": 1]
      case "failed": (stream.isComplete, stream.failure) = (false, "no")
      case "empty": (stream.records, stream.prints, stream.fields) = (0, [:], FieldCounts())
      case "less": stream.fields = (try? Self.fields(#"{"id": 1}"#)) ?? FieldCounts()
      case "values": stream.prints = [1: 1, 3: 1]
      case "count": (stream.records, stream.prints) = (3, [1: 1, 2: 1, 3: 1])
      case "cursor": stream.state = ["at": "2025-01-02"]
      case "state": stream.state = ["to": "2025-01-01"]
      default: break
      }
    }
    let found = ReadComparison(old: try Self.read { _ in }, new: new).changes
    #expect(found.map { "\($0.level.rawValue) \($0.area.rawValue): \($0.message)" } == changes)
  }

  @Test func theEntryForBreakingChangesNamesTheStreams() throws {
    let old = try Self.read { _ in }
    var new = old
    new.catalog = [try Self.stream("{}", key: [["x"]])]
    let comparison = VersionComparison(old: old, new: new, comparesReads: false)
    #expect(
      comparison.breakingChanges(version: "2.0.0", now: 1_740_787_200_000_000) == """
        releases:
          breakingChanges:
            "2.0.0":
              upgradeDeadline: "2025-03-31"
              message: >-
                s: The primary key changed from `id` to `x`.
              scopedImpact:
                - scopeType: stream
                  impactedScopes: ["s"]
        """)
    #expect(VersionComparison(old: old, new: old, comparesReads: true).breakingChanges(version: "2.0.0", now: 0) == nil)
  }

  // MARK: Drift

  @Test(arguments: [
    ("same", []), ("added", ["warning drift-field-added: `data[].new` is new"]),
    ("removed", ["error drift-field-removed: `data[].id` does not come any more"]),
    ("seldom", ["note drift-field-removed: `data[].a` does not come any more"]),
    ("retyped", ["error drift-field-retyped: `data[].id` is string, and was integer"]),
    ("number", ["warning drift-field-retyped: `data[].id` is number, and was integer"]),
    ("null", ["warning drift-field-nullable: `data[].id` is null in some answers, and never was"]),
    ("status", ["error drift-status: The API answers with status 404, and the recording has 200"]),
    ("limit", ["warning drift-status: The API answers with status 429, and the recording has 200"]),
    ("failed", ["error drift-unreadable: It cannot be read today: no"]),
    ("long", ["warning drift-paging: The first page has 50 elements, and had 2"]),
    ("last", ["error drift-paging: A full first page is the only one, and more pages followed in the recording"]),
    ("asked", ["warning drift-paging: The parameters that differ from page to page are others: `page` no longer differ"]),
  ])
  func drift(what: String, findings: [String]) throws {
    let recorded = try Self.read { ($0.pages, $0.varying) = ([2, 2], ["page"]) }
    let bodies = [
      "added": #"{"data": [{"id": 1, "a": "x", "new": 1}, {"id": 2}], "next": "p2"}"#,
      "removed": #"{"data": [{"a": "x"}], "next": "p2"}"#, "seldom": #"{"data": [{"id": 1}], "next": "p2"}"#,
      "retyped": #"{"data": [{"id": "1", "a": "x"}], "next": "p2"}"#,
      "number": #"{"data": [{"id": 1.5, "a": "x"}], "next": "p2"}"#,
      "null": #"{"data": [{"id": 1, "a": "x"}, {"id": null}], "next": "p2"}"#,
    ]
    let today = try Self.read { stream in
      (stream.pages, stream.varying) = ([2, 2], ["page"])
      if let body = bodies[what] { stream.bodies = (try? Self.fields(body)) ?? FieldCounts() }
      switch what {
      case "status": stream.statuses[404] = 1
      case "limit": stream.statuses[429] = 1
      case "failed": stream.failure = "no"
      case "long": stream.pages = [50, 2]
      case "last": stream.pages = [2]
      case "asked": stream.varying = ["offset"]
      default: break
      }
    }
    let drift = Drift(recorded: recorded, today: today)
    #expect(drift.findings.map { "\($0.severity.rawValue) \($0.rule): \($0.message)" } == findings)
    #expect(drift.hasErrors == findings.contains { $0.hasPrefix("error") })
    #expect(drift.streams == 1)
    // The other forms have as many findings.
    let sarif = try JSONValue(parsing: Array(drift.rendered(.sarif, manifest: "m.yaml").utf8))
    #expect(sarif["runs"]?[0]?["results"]?.array?.count == findings.count)
    let json = try JSONValue(parsing: Array(drift.rendered(.json, manifest: "m.yaml").utf8))
    #expect(json["manifests"]?[0]?["findings"]?.array?.count == findings.count)
    #expect(drift.rendered(.junit, manifest: "m.yaml").contains("failures=\"\(findings.count { $0.hasPrefix("error") })\""))
  }

  @Test func whatIsInNoObjectIsNotMissing() throws {
    let old = try Self.fields(#"{"data": [{"id": 1}]}"#)
    #expect(FieldChanges(old: old, new: try Self.fields(#"{"data": []}"#)).list.isEmpty)
    #expect(FieldChanges(old: old, new: try Self.fields(#"{"data": null}"#)).list.map(\.kind) == [.nullable])
  }
}
