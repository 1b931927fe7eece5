import JSON
import Testing

@testable import Components

/// States that a cursor cannot start from: the user is shown what stands there, what should, and what to do.
@Suite struct UnreadableStateTests {
  static let format = "%Y-%m-%dT%H:%M:%SZ"

  static let states: [(state: JSONObject, names: [String])] = [
    (["at": "yesterday"], [#""yesterday""#, "`at`", format]),
    (["at": "2024-01-01"], [#""2024-01-01""#, format]),
    (["at": ""], [#""""#, format]),
    (["at": nil], ["null", format]),
    (["at": 5], ["5", format]),
    (["at": 1.5], ["1.5", format]),
    (["at": true], ["true", format]),
    (["at": ["2024-01-01T00:00:00Z"]], ["[", format]),
    (["at": ["at": "2024-01-01T00:00:00Z"]], ["{", format]),
    (["at": .string(String(repeating: "x", count: 5_000))], ["…", format]),
    (["state_type": "date-range", "slices": 5], ["`slices`", "5"]),
    (["state_type": "date-range", "slices": []], ["`slices`"]),
    (["state_type": "date-range", "slices": [5]], ["`start`", "5"]),
    (["state_type": "date-range", "slices": [["start": "2024-01-01T00:00:00Z"]]], ["`end`"]),
    (
      ["state_type": "date-range", "slices": [["start": "soon", "end": "2024-01-01T00:00:00Z"]]], ["`start`", #""soon""#, format]
    ),
    (["state_type": "date-range", "slices": [["start": "2024-01-01T00:00:00Z", "end": nil]]], ["`end`", "null", format]),
    (
      [
        "state_type": "date-range",
        "slices": [["start": "2024-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z", "most_recent_cursor_value": 7]],
      ], ["`most_recent_cursor_value`", "7", format]
    ),
  ]

  static let partitioned: [(state: JSONObject, names: [String])] = [
    (["at": "yesterday"], [#""yesterday""#, "global", format]),
    (["state": ["at": "yesterday"]], [#""yesterday""#, "global", format]),
    (["state": 5], ["`state`", "5"]),
    (["states": 5], ["`states`", "5"]),
    (["states": ["x": 1]], ["`states`", "{"]),
    (["states": [["partition": ["id": 1]]]], ["`cursor`"]),
    (["states": [["cursor": ["at": "2024-01-01T00:00:00Z"]]]], ["`partition`"]),
    (["states": [["partition": ["id": 1], "cursor": ["at": "yesterday"]]]], [#""yesterday""#, "`at`", format]),
    (["states": [], "lookback_window": "long"], ["`lookback_window`", #""long""#]),
    (["states": [], "lookback_window": nil], ["`lookback_window`", "null"]),
  ]

  @Test(arguments: states)
  func theErrorShowsWhatIsWrong(_ state: JSONObject, _ names: [String]) async throws {
    try await Self.expect(names, of: state, router: nil)
  }

  @Test(arguments: partitioned)
  func theErrorShowsWhatIsWrongWithPartitions(_ state: JSONObject, _ names: [String]) async throws {
    try await Self.expect(names, of: state, router: ["type": "ListPartitionRouter", "values": ["a"], "cursor_field": "team"])
  }

  private static func expect(_ names: [String], of state: JSONObject, router: JSONValue?) async throws {
    let context = CursorFixtures.context(state: state)
    let error = await connectorError {
      let sync: any IncrementalSync = try context.build(
        CursorFixtures.node([
          "type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": .string(format),
          "start_datetime": "2024-01-01T00:00:00Z",
        ]))
      let made = try PartitionRouters.make(from: router.map(CursorFixtures.node), in: context)
      _ = try await CursorFixtures.slices(StreamCursor.make(incrementalSync: sync, router: made, in: context))
    }
    #expect(error?.failureType == .config)
    let message = error?.message ?? ""
    for name in names + ["`items`", "reset the stream"] { #expect(message.contains(name), "\(name): \(message)") }
    #expect(message.utf8.count < 700)
  }

  /// What is wrong with the manifest is not the state's fault.
  @Test func aStartThatCannotBeReadIsAnotherError() async throws {
    let error = await connectorError {
      _ = try CursorFixtures.cursor(
        ["type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": .string(Self.format), "start_datetime": "soon"],
        state: [:])
    }
    #expect(error?.failureType == .system)
    #expect(error?.message.contains("state") == false)
  }
}
