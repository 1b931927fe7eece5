import JSON
import Jinja
import PythonTime
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Templating

/// Moments with an offset from UTC that meet a format without one: the instant counts, not what the clock showed.
@Suite struct OffsetTests {
  private static func definition(
    _ format: String, reading inputs: [String] = ["%Y-%m-%dT%H:%M:%S%z"], start: JSONValue? = nil, _ more: JSONObject = [:]
  ) -> JSONValue {
    let first: JSONValue = [
      "type": "MinMaxDatetime", "datetime": "2023-01-01T00:00:00Z", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
    ]
    let definition: JSONObject = [
      "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": .string(format),
      "cursor_datetime_formats": .array(inputs.map { .string($0) }), "start_datetime": start ?? first,
    ]
    return .object(definition.merging(more) { $1 })
  }

  /// A moment of the manifest in a format of its own.
  private static func moment(_ text: String, _ more: JSONObject = [:]) -> JSONValue {
    let moment: JSONObject = [
      "type": "MinMaxDatetime", "datetime": .string(text), "datetime_format": "%Y-%m-%dT%H:%M:%S%z",
    ]
    return .object(moment.merging(more) { $1 })
  }

  private static let plain = "%Y-%m-%dT%H:%M:%SZ"

  /// The state after records with these values.
  private static func state(_ definition: JSONValue, after values: [String]) async throws -> JSONValue? {
    let cursor = try CursorFixtures.cursor(definition, state: [:])
    for slice in try await CursorFixtures.slices(cursor, limit: 1) {
      let observer = cursor.observer(for: slice)
      for value in values { try observer.observe(CursorFixtures.record(["updated_at": .string(value)])) }
      _ = try cursor.close(slice, after: observer.finish())
    }
    return try cursor.state["updated_at"]
  }

  @Test(arguments: [
    ("%Y-%m-%dT%H:%M:%SZ", "2026-07-23T16:29:38Z"), ("%Y-%m-%d %H:%M:%S", "2026-07-23 16:29:38"), ("%Y-%m-%d", "2026-07-23"),
    ("%Y-%m-%dT%H:%M:%S.%fZ", "2026-07-23T16:29:38.000000Z"), ("%Y-%m-%dT%H:%M:%S.%_msZ", "2026-07-23T16:29:38.000Z"),
    ("%Y-%m-%dT%H:%M:%S+00:00", "2026-07-23T16:29:38+00:00"), ("%d.%m.%Y %I:%M %p", "23.07.2026 04:29 PM"),
    ("%Y-%m-%dT%H:%M:%S %Z", "2026-07-23T16:29:38 UTC"), ("%Y-%m-%dT%H:%M:%S%z", "2026-07-23T21:59:38+0530"),
    ("%s", "1784824178"), ("%s_as_float", "1784824178.0"), ("%ms", "1784824178000"), ("%epoch_microseconds", "1784824178000000"),
  ])
  func statesAreWrittenInUTCWhereTheirFormatHasNoOffset(_ format: String, _ state: String) async throws {
    for value in ["2026-07-23T21:59:38+05:30", "2026-07-23T21:59:38+0530"] {
      #expect(try await Self.state(Self.definition(format), after: [value]) == .string(state), "\(value)")
    }
  }

  /// The greatest of them is the last but one by its text.
  @Test func theLatestInstantCounts() async throws {
    let values = ["2024-05-01T23:00:00+12:00", "2024-05-01T20:00:00-08:00", "2024-05-02T01:00:00Z"]
    #expect(try await Self.state(Self.definition(Self.plain), after: values) == "2024-05-02T04:00:00Z")
    #expect(
      try await Self.state(Self.definition("%Y-%m-%dT%H:%M:%S%z"), after: values) == "2024-05-01T20:00:00-0800")
  }

  @Test(arguments: [
    ("2023-04-27T06:29:50+0700", "2023-04-27T22:00:00-0500", "2023-04-26T23:29:50Z", "2023-04-28T03:00:00Z"),
    ("2023-04-27T06:29:50+07:00", "2023-04-27T22:00:00Z", "2023-04-26T23:29:50Z", "2023-04-27T22:00:00Z"),
    ("2023-04-27T00:00:00-11:30", "2023-04-28T00:00:00+11:30", "2023-04-27T11:30:00Z", "2023-04-27T12:30:00Z"),
  ])
  func startAndEndAreSentInUTC(_ start: String, _ end: String, _ from: String, _ to: String) async throws {
    let definition = Self.definition(Self.plain, start: Self.moment(start), ["end_datetime": Self.moment(end)])
    let slices = try await CursorFixtures.slices(CursorFixtures.cursor(definition, state: [:]))
    #expect(slices.map(\.cursorSlice) == [["start_time": .string(from), "end_time": .string(to)]])
  }

  private static let bounded: [(String, JSONObject, String)] = [
    ("2024-01-01T00:00:00+02:00", ["min_datetime": "2024-01-01T00:00:00-02:00"], "2024-01-01T02:00:00Z"),
    ("2024-01-01T00:00:00-02:00", ["max_datetime": "2024-01-01T00:00:00+02:00"], "2023-12-31T22:00:00Z"),
    ("2024-01-01T00:00:00-02:00", ["min_datetime": "2024-01-01T00:00:00+02:00"], "2024-01-01T02:00:00Z"),
  ]

  @Test(arguments: bounded)
  func boundsOfAMomentAreInstants(_ start: String, _ bounds: JSONObject, _ from: String) async throws {
    let definition = Self.definition(Self.plain, start: Self.moment(start, bounds))
    let slices = try await CursorFixtures.slices(CursorFixtures.cursor(definition, state: [:]))
    #expect(slices.first?.cursorSlice["start_time"] == .string(from))
  }

  private static let stored: [(String, JSONObject, String)] = [
    ("2024-02-01T05:00:00+05:30", [:], "2024-01-31T23:30:00Z"),
    ("2024-02-01T05:00:00+00:00", [:], "2024-02-01T05:00:00Z"),
    ("2024-02-01T05:00:00Z", [:], "2024-02-01T05:00:00Z"),
    ("2024-02-01T05:00:00+05:30", ["lookback_window": "PT1H"], "2024-01-31T22:30:00Z"),
    (
      "2024-02-01T05:00:00+05:30", ["step": "P1D", "cursor_granularity": "PT1S", "clamping": ["target": "DAY"]],
      "2024-02-01T00:00:00Z"
    ),
  ]

  /// A state with an offset is converted; one without is UTC, whoever wrote it.
  @Test(arguments: stored)
  func storedStatesAreInstants(_ state: String, _ more: JSONObject, _ from: String) async throws {
    let definition = Self.definition(Self.plain, more)
    for stored: JSONObject in [
      ["updated_at": .string(state)],
      ["state_type": "date-range", "slices": [["start": "2023-01-01T00:00:00Z", "end": .string(state)]]],
    ] {
      let slices = try await CursorFixtures.slices(CursorFixtures.cursor(definition, state: stored), limit: 1)
      #expect(slices.first?.cursorSlice["start_time"] == .string(from), "\(stored)")
    }
  }

  @Test(arguments: [
    ("2024-02-01T05:00:00+05:30", true), ("2024-02-01T04:59:59+05:30", false), ("2024-01-31T23:30:00Z", true),
    ("2024-02-01T00:00:00+01:00", false),
  ])
  func recordsAreFilteredByTheirInstants(_ value: String, _ isNew: Bool) throws {
    let definition = Self.definition(Self.plain, ["is_client_side_incremental": true])
    let cursor = try CursorFixtures.cursor(definition, state: ["updated_at": "2024-02-01T05:00:00+05:30"])
    #expect(cursor.isNew(try CursorFixtures.record(["updated_at": .string(value)]), in: .whole) == isNew)
  }

  @Test func theAgeOfAStateIsThatOfItsInstant() throws {
    let cursor = try CursorFixtures.cursor(Self.definition(Self.plain), state: [:])
    let moment = cursor.moment(of: ["updated_at": "2024-02-01T05:00:00+05:30"], now: .unixEpoch)
    #expect(moment?.epochMicroseconds == 1_706_743_800_000_000)
  }

  @Test(arguments: [
    ("%Y-%m-%dT%H:%M:%SZ", "2024-05-02T04:00:00Z"), ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T20:00:00-0800"),
    ("%d/%m/%Y %H:%M", "02/05/2024 04:00"), ("%s", "1714622400"),
  ])
  func theGlobalCursorIsTheLatestInstant(_ format: String, _ latest: String) async throws {
    let sync = Self.definition(format, ["global_substream_cursor": true])
    let context = CursorFixtures.context(state: [:])
    let router = try PartitionRouters.make(
      from: CursorFixtures.node(["type": "ListPartitionRouter", "values": ["a", "b", "c"], "cursor_field": "team"]), in: context)
    let built: any IncrementalSync = try context.build(CursorFixtures.node(sync))
    let cursor = try StreamCursor.make(incrementalSync: built, router: router, in: context)
    let values = ["2024-05-01T23:00:00+12:00", "2024-05-01T20:00:00-08:00", "2024-05-02T01:00:00Z"]
    for (slice, value) in zip(try await CursorFixtures.slices(cursor), values) {
      let observer = cursor.observer(for: slice)
      try observer.observe(CursorFixtures.record(["updated_at": .string(value)]))
      _ = try cursor.close(slice, after: observer.finish())
    }
    #expect(try cursor.finish()["state"] == ["updated_at": .string(latest)])
  }

  @Test(arguments: [
    ("%Y-%m-%dT%H:%M:%SZ", "2024-05-02T04:00:00Z"), ("%Y-%m-%d", "2024-05-02"), ("%H:%M %Z", "04:00 UTC"),
    ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T20:00:00-0800"), ("%s", "1714622400"),
  ])
  func formatDatetimeConvertsWhatItReads(_ format: String, _ text: String) throws {
    let template = "{{ format_datetime('2024-05-01T20:00:00-08:00', '\(format)', '%Y-%m-%dT%H:%M:%S%z') }}|"
    let value = try InterpolatedString(template).string(EvaluationContext(config: .none))
    #expect(value == text + "|")
  }
}
