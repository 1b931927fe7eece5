import AirbyteProtocol
import JSON
import Testing

@testable import Singer

/// States of taps as states of streams, and back.
@Suite struct SingerStateTests {
  @Test(
    arguments: [
      (["bookmarks": ["a": ["id": 1], "b": [:]]], ["a": ["id": 1], "b": [:]], nil),
      (["bookmarks": ["a": ["id": 1]], "currently_syncing": "a"], ["a": ["id": 1]], ["currently_syncing": "a"]),
      (["a": "2024-01-01"], [:], ["a": "2024-01-01"]), ([:], [:], nil), (["bookmarks": [:]], [:], nil),
      (["bookmarks": ["a": "2024", "b": ["id": 1]]], ["b": ["id": 1]], ["bookmarks": ["a": "2024"]]),
      (["bookmarks": [1], "x": true], [:], ["bookmarks": [1], "x": true]),
    ] as [(JSONObject, JSONObject, JSONObject?)])
  func partsAndBack(value: JSONObject, streams: JSONObject, shared: JSONObject?) {
    let parts = SingerState.parts(of: value)
    #expect(parts.streams == streams)
    #expect(parts.shared == shared)
    let again = SingerState.value(of: parts)
    // An empty state and one without bookmarks are the same.
    #expect(JSONValue.object(again).equals(.object(value)) || value.isEmpty && again == ["bookmarks": [:]])
  }

  @Test(
    arguments: [
      (["bookmarks": ["a": [:]]], ["bookmarks": ["a": [:]]]), (["singer_state": ["x": 1]], ["x": 1]),
      (
        [
          "completed": ["singer_state": ["bookmarks": ["a": ["id": 1], "b": ["id": 2]]]],
          "partial": ["singer_state": ["bookmarks": ["b": ["id": 3]]]],
        ],
        ["bookmarks": ["a": ["id": 1], "b": ["id": 3]]]
      ),
      (["completed": [:], "partial": ["singer_state": ["bookmarks": ["b": ["id": 3]]]]], ["bookmarks": ["b": ["id": 3]]]),
    ] as [(JSONObject, JSONObject)])
  func statesOfMeltanoAreUnwrapped(given: JSONObject, value: JSONObject) { #expect(SingerState.unwrapped(given) == value) }

  private static func incoming(_ text: String, fresh: Set<String> = []) throws -> JSONObject? {
    let state = try SourceState(parsing: try JSONValue(parsing: text))
    return SingerState.incoming(state) {
      $0.name
    } isFresh: {
      fresh.contains($0)
    }
  }

  @Test(
    arguments: [
      ("[]", nil), (#"{"bookmarks":{"a":{"id":1}},"x":2}"#, ["bookmarks": ["a": ["id": 1]], "x": 2]),
      (
        #"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"id":1}}}]"#,
        ["bookmarks": ["a": ["id": 1]]]
      ),
      (
        #"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"__ab_no_cursor_state_message":true}}}]"#,
        nil
      ),
      (
        #"{"type":"GLOBAL","global":{"shared_state":{"currently_syncing":"a"},"stream_states":[{"stream_descriptor":{"name":"a"},"stream_state":{"id":1}}]}}"#,
        ["currently_syncing": "a", "bookmarks": ["a": ["id": 1]]]
      ),
      (#"{"type":"LEGACY","data":{"bookmarks":{"a":{"id":1}}}}"#, ["bookmarks": ["a": ["id": 1]]]),
      (#"{"type":"GLOBAL","global":{"shared_state":{"a":"2024"},"stream_states":[]}}"#, ["a": "2024"]),
    ] as [(String, JSONObject?)])
  func whatATapContinuesFrom(given: String, value: JSONObject?) throws {
    let found = try Self.incoming(given).map { JSONValue.object($0) } ?? .null
    #expect(found.equals(value.map { .object($0) } ?? .null), "\(found.jsonText)")
  }

  @Test func streamsThatBeginAnewHaveNoBookmark() throws {
    #expect(try Self.incoming(#"{"bookmarks":{"a":{"id":1},"b":{"id":2}}}"#, fresh: ["a"]) == ["bookmarks": ["b": ["id": 2]]])
  }

  @Test func bookmarksAloneAreStatesOfStreams() {
    var tracker = StateTracker(form: nil, continuing: SourceState())
    let wanted: (String) -> Bool = { $0 != "c" }
    #expect(tracker.take(["bookmarks": ["a": ["id": 1], "c": ["id": 1]]], isWanted: wanted) == .streams(["a": ["id": 1]]))
    // Only what changed is written.
    #expect(tracker.take(["bookmarks": ["a": ["id": 1], "b": [:]]], isWanted: wanted) == .streams(["b": [:]]))
    #expect(
      tracker.take(["bookmarks": ["a": ["id": 2], "b": [:]], "currently_syncing": "a"], isWanted: wanted)
        == .streams(["a": ["id": 2]]))
    #expect(!tracker.isCut)
    _ = tracker.take(["bookmarks": ["a": ["id": 2]], "lsn": 5], isWanted: wanted)
    #expect(tracker.isCut)
  }

  @Test func whatStreamsShareMakesAStateOfAll() {
    var tracker = StateTracker(form: nil, continuing: SourceState())
    let update = tracker.take(["bookmarks": ["a": ["id": 1]], "currently_syncing": "a"], isWanted: { _ in true })
    #expect(update == .all(shared: ["currently_syncing": "a"], streams: ["a": ["id": 1]]))
    #expect(
      tracker.take(["bookmarks": ["a": ["id": 1]]], isWanted: { _ in true }) == .all(shared: [:], streams: ["a": ["id": 1]]))
  }

  @Test func theFormOfTheLastReadIsKept() {
    var earlier = SourceState()
    earlier.shared = ["lsn": 1]
    var tracker = StateTracker(form: nil, continuing: earlier)
    #expect(tracker.take(["bookmarks": ["a": [:]]], isWanted: { _ in true }) == .all(shared: [:], streams: ["a": [:]]))
    tracker = StateTracker(form: .perStream, continuing: earlier)
    #expect(tracker.take(["bookmarks": ["a": [:]], "lsn": 2], isWanted: { _ in true }) == .streams(["a": [:]]))
  }
}
