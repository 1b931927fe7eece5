import JSON
import Testing

@testable import Components

/// The last windows of a read whose end is the edge of a window.
@Suite struct LastWindowTests {
  struct Windows: Sendable {
    var format = "%Y-%m-%d"
    var step: String
    var granularity: String
    var start: String
    var end: String
    var more: JSONObject = [:]
    var last: [String]
  }

  private static let seconds = "%Y-%m-%dT%H:%M:%SZ"

  @Test(arguments: [
    Windows(step: "P1D", granularity: "P1D", start: "2024-01-01", end: "2024-01-04", last: ["03..03", "04..04"]),
    Windows(step: "P1D", granularity: "P1D", start: "2024-01-03", end: "2024-01-04", last: ["03..03", "04..04"]),
    Windows(step: "P1D", granularity: "P1D", start: "2024-01-04", end: "2024-01-04", last: ["04..04"]),
    Windows(
      step: "P1D", granularity: "P1D", start: "2024-01-01", end: "2024-01-04", more: ["clamping": ["target": "DAY"]],
      last: ["02..02", "03..03"]),
    Windows(step: "P2D", granularity: "P1D", start: "2024-01-01", end: "2024-01-04", last: ["01..02", "03..04"]),
    Windows(step: "P1W", granularity: "P1D", start: "2024-01-01", end: "2024-01-15", last: ["08..14", "15..15"]),
    Windows(step: "P1M", granularity: "P1D", start: "2024-01-01", end: "2024-02-01", last: ["01..31", "01..01"]),
    Windows(step: "P1M", granularity: "P1D", start: "2024-01-01", end: "2024-02-10", last: ["01..31", "01..10"]),
    Windows(step: "P1M", granularity: "P1M", start: "2024-01-01", end: "2024-03-01", last: ["01..01", "01..01"]),
    // The format tells days, whatever the granularity.
    Windows(step: "P1D", granularity: "PT1S", start: "2024-01-01", end: "2024-01-04", last: ["03..03", "04..04"]),
    Windows(step: "P1M", granularity: "PT1S", start: "2024-01-01", end: "2024-02-01", last: ["01..01"]),
    Windows(step: "P0D", granularity: "P1D", start: "2024-01-01", end: "2024-01-04", last: ["01..04"]),
    Windows(
      step: "P1D", granularity: "P1D", start: "2024-01-01", end: "2024-01-04", more: ["is_compare_strictly": true],
      last: ["02..02", "03..04"]),
    Windows(
      format: "%H:00 %Y-%m-%d", step: "PT1H", granularity: "PT1H", start: "07:00 2024-01-01", end: "09:00 2024-01-01",
      last: ["01..01", "01..01"]),
    // Seconds are no days: a window that begins and ends with the same one may be refused.
    Windows(
      format: seconds, step: "P1D", granularity: "PT1S", start: "2024-01-01T00:00:00Z", end: "2024-01-03T00:00:00Z",
      last: ["01T00:00:00Z..01T23:59:59Z", "02T00:00:00Z..03T00:00:00Z"]),
  ])
  func noWindowIsLongerThanTheStep(_ windows: Windows) async throws {
    let definition: JSONObject = [
      "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": .string(windows.format),
      "start_datetime": .string(windows.start), "end_datetime": .string(windows.end), "step": .string(windows.step),
      "cursor_granularity": .string(windows.granularity),
      "end_time_option": ["type": "RequestOption", "inject_into": "request_parameter", "field_name": "until"],
    ]
    let cursor = try CursorFixtures.cursor(.object(definition.merging(windows.more) { $1 }), state: [:])
    let slices = try await CursorFixtures.slices(cursor)
    let texts = slices.suffix(2).map { slice in
      ["start_time", "end_time"].map { String((slice.cursorSlice[$0]?.string ?? "").split(separator: "-", maxSplits: 2)[2]) }
        .joined(separator: "..")
    }
    #expect(texts == windows.last)
  }

  /// An API that is not given the end cannot find a window too long, and the records of its last day may be cut off.
  @Test func withoutAnOptionForTheEndTheReferencesWindowsStay() async throws {
    let cursor = try CursorFixtures.cursor(
      [
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%d",
        "start_datetime": "2024-01-01", "end_datetime": "2024-01-03", "step": "P1D", "cursor_granularity": "P1D",
      ], state: [:])
    let slices = try await CursorFixtures.slices(cursor)
    #expect(slices.map { $0.cursorSlice["end_time"]?.string } == ["2024-01-01", "2024-01-03"])
  }
}
