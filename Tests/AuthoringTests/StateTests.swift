import ConnectorModel
import JSON
import Testing

@testable import Authoring

/// How states are shown, compared and changed.
@Suite struct StateTests {
  /// 2025-03-01T00:00:00Z
  private let report = StateReport(now: 1_740_787_200_000_000)

  private static func partitions(_ cursors: [(Int, String)], global: String? = nil) -> JSONObject {
    var state: JSONObject = [
      "use_global_cursor": false,
      "states": .array(
        cursors.map { ["partition": ["id": .int($0.0), "parent_slice": [:]], "cursor": ["updated": .string($0.1)]] }),
    ]
    if let global { state["state"] = ["updated": .string(global)] }
    return state
  }

  @Test func aTreeShowsCursorsAgainstNow() {
    let windows: JSONObject = [
      "state_type": "date-range", "legacy": [:],
      "slices": [["start": "2025-01-01", "end": "2025-01-31"], ["start": "2025-02-10", "end": "2025-02-28"]],
    ]
    var child = Self.partitions([(1, "2025-02-28T22:00:00Z"), (2, "2024-12-01T00:00:00Z")], global: "2025-02-28T22:00:00Z")
    child["parent_state"] = ["authors": ["seen": "2025-02-27T00:00:00Z"]]
    let lines = report.tree([
      "authors": ["__ab_no_cursor_state_message": true], "books": child, "counts": ["page": 17],
      "orders": ["created": 1_740_700_800], "visits": windows,
    ])
    #expect(
      lines.joined(separator: "\n") == """
        authors  was read; it has no cursor, so that it is read from its beginning each time
        books  2 partitions, updated 2025-02-28T22:00:00Z (2 hours ago)
        ├─ id=1  updated 2025-02-28T22:00:00Z (2 hours ago)
        ├─ id=2  updated 2024-12-01T00:00:00Z (3 months ago)
        └─ parent authors  seen 2025-02-27T00:00:00Z (2 days ago)
        counts  page 17
        orders  created 1740700800 (24 hours ago)
        visits  2025-02-28 (24 hours ago)
        ├─ window 2025-01-01 – 2025-01-31
        └─ window 2025-02-10 – 2025-02-28
        """)
    #expect(report.tree([:]) == ["The state is empty: every stream is read from its beginning."])
  }

  @Test func manyPartitionsAreListedWhereThatIsAskedFor() {
    let state: ByName<JSONObject> = ["books": Self.partitions((1...30).map { ($0, "2025-01-01") })]
    #expect(report.tree(state).count == 12)
    #expect(report.tree(state).last == "└─ … and 20 more partitions (--all lists them)")
    #expect(StateReport(now: 0, showsAll: true).tree(state).count == 31)
  }

  @Test func differencesAreByStreamAndPartition() {
    let old: ByName<JSONObject> = [
      "books": Self.partitions([(1, "a"), (2, "a")], global: "a"), "gone": ["x": 1], "same": ["x": 1],
    ]
    let new: ByName<JSONObject> = [
      "books": Self.partitions([(2, "b"), (3, "c")], global: "c"), "fresh": ["x": 2], "same": ["x": 1],
    ]
    #expect(
      report.difference(old, new).joined(separator: "\n") == """
          books  a → c
          - id=1  a
            id=2  a → b
          + id=3  c
        + fresh  x 2
        - gone  x 1
        """)
    #expect(report.difference(old, old).isEmpty)
  }

  @Test func theLastOfSeveralStatesCounts() {
    let merged = StateChange.merged([
      ["books": Self.partitions([(1, "a"), (2, "a")], global: "a"), "orders": ["x": 1]],
      ["books": Self.partitions([(2, "b"), (3, "b")], global: "b")], ["orders": ["x": 2]],
    ])
    #expect(merged["orders"] == ["x": 2])
    #expect(merged["books"] == Self.partitions([(1, "a"), (2, "b"), (3, "b")], global: "b"))
  }

  @Test(
    arguments: [
      (["x": 1], nil, nil, ["x": 9]),
      (["x": 1], "y", nil, ["x": 1, "y": 9]),
      (partitions([(1, "a"), (2, "a")], global: "a"), nil, nil, partitions([(1, "z"), (2, "z")], global: "z")),
      (partitions([(1, "a"), (2, "a")], global: "a"), nil, ["id": 2], partitions([(1, "a"), (2, "z")], global: "a")),
      (
        ["slices": [["start": 1, "end": 2], ["start": 5, "end": 6]], "legacy": [:]], nil, nil,
        ["slices": [["start": 1, "end": 9]], "legacy": [:]]
      ),
    ] as [(JSONObject, String?, JSONObject?, JSONObject)])
  func aCursorIsSet(state: JSONObject, field: String?, partition: JSONObject?, expected: JSONObject) throws {
    let value: JSONValue = state["states"] == nil ? 9 : "z"
    let states = try StateChange.setting(
      cursor: value, field: field, partition: partition, of: "s", in: ["s": state, "t": ["x": 1]])
    #expect(states == ["s": expected, "t": ["x": 1]])
  }

  @Test(
    arguments: [
      ("orders", nil, nil, "The state has no stream `orders`: did you mean `order`?"),
      ("other", nil, nil, "The state has no stream `other`. To add it, name its cursor field with --field"),
      ("order", nil, ["id": 1], "The state of `order` is not kept by partition, so that it has no partition {\"id\":1}"),
      ("books", nil, ["id": 7], "The state of `books` has no partition {\"id\":7}: `state show --all` lists them"),
      ("mark", nil, nil, "The stream `mark` has no cursor that could be set: it is read from its beginning each time"),
      ("empty", nil, nil, "The state of `empty` does not name its cursor field: name it with --field"),
    ] as [(String, String?, JSONObject?, String)])
  func whatCannotBeSetIsSaid(stream: String, field: String?, partition: JSONObject?, message: String) throws {
    let states: ByName<JSONObject> = [
      "order": ["x": 1], "books": Self.partitions([(1, "a")]), "mark": ["__ab_no_cursor_state_message": true], "empty": [:],
    ]
    let error = try #require(throws: ConnectorError.self) {
      try StateChange.setting(cursor: 9, field: field, partition: partition, of: stream, in: states)
    }
    #expect(error.message == message)
    #expect(error.failureType == .config)
  }

  @Test func aStreamIsAddedByItsField() throws {
    #expect(try StateChange.setting(cursor: "a", field: "x", partition: nil, of: "s", in: [:]) == ["s": ["x": "a"]])
  }
}
