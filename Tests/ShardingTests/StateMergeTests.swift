import AirbyteProtocol
import ConnectorModel
import JSON
import Secrets
import Testing
import Traffic

@testable import Sharding

@Suite("Outputs of parts are put together")
struct StateMergeTests {
  private static let fingerprints = #""manifest":"m","config":"c","catalog":"k""#
  private static let cursor =
    #"{"field":"day","formats":["%Y-%m-%d"],"unit":{"microseconds":86400000000},"start":"2025-01-01T00:00:00+00:00","bounds":["from","to"]}"#
  private static let index = """
    {"format":"airbyte-lowcode division","version":1,"division":"d","workers":2,\(fingerprints),
     "parts":[{"number":0,"file":"0000.json","slices":2},{"number":1,"file":"0001.json","slices":1,"whole_streams":["all"]}],
     "streams":[{"name":"days","division":"windows","slices":3,"cursor":\(cursor),"time":0,"state":{}},
       {"name":"all","division":"whole","reason":"because"}],
     "states":{"days":{"day":"2024-12-31"},"other":{"x":1}}}
    """

  private static func part(_ number: Int, _ streams: String) -> String {
    """
    {"format":"airbyte-lowcode part","version":1,"division":"d","number":\(number),"of":2,"share":{"number":\(number),"of":2},
     \(fingerprints),"streams":[\(streams)]}
    """
  }

  private static func day(_ number: Int) -> String { "2025-01-\(number < 10 ? "0" : "")\(number)" }

  private static func days(_ places: [Int]) -> String {
    let lines = places.map { #"{"at":\#($0),"window":["\#(day(1 + 9 * $0))","\#(day(9 + 9 * $0))"]}"# }
    return #"{"name":"days","sync_mode":"incremental","bounds":["from","to"],"slices":[\#(lines.joined(separator: ","))]}"#
  }

  private static let parts = [
    part(0, days([0, 2])), part(1, days([1]) + #","# + #"{"name":"all","sync_mode":"full_refresh","whole":true}"#),
  ]

  /// The STATE message of a part that read some windows.
  private static func state(_ number: Int, _ places: [Int], division: String = "d") -> String {
    let slices = places.map {
      let first = 1 + 9 * $0
      return #"{"start":"\#(day(first))","end":"\#(day(first + 8))","most_recent_cursor_value":"\#(day(first + 5))"}"#
    }
    let read = places.map { "[\($0),\($0)]" }.joined(separator: ",")
    let part = #"{"division":"\#(division)","number":\#(number),"read":[\#(read)],"until":5}"#
    return message("days", #"{"state_type":"date-range","slices":[\#(slices.joined(separator: ","))],"part":\#(part)}"#)
  }

  private static func message(_ stream: String, _ state: String) -> String {
    #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"\#(stream)"},"stream_state":\#(state)}}}"#
  }

  private static func status(_ stream: String, _ status: String) -> String {
    #"{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"\#(stream)"},"status":"\#(status)"}}}"#
  }

  private static let whole = [message("all", #"{"__ab_no_cursor_state_message":true}"#), status("all", "COMPLETE")]

  private func merged(_ outputs: [[String]]) throws -> StateMerge.Result {
    let index = try #require(try JSONValue(parsing: Self.index).object)
    var merge = StateMerge(try Division(index, at: "index.json"))
    for output in outputs {
      for line in output { try merge.add(JSONValue(parsing: line), of: "out.jsonl") }
      merge.endOutput()
    }
    let runtime = RuntimeEnvironment(
      now: { 0 }, sleep: { _ in }, random: { 0 }, transport: LateTransport(), log: NoLog(), secrets: NoSecrets())
    return try merge.merged(
      reading: { try ReadPart(#require(try JSONValue(parsing: Self.parts[$0.number]).object), at: $0.file) }, in: runtime)
  }

  private struct NoLog: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
    func report(_ error: ConnectorError) {}
  }

  @Test(
    "The state moves as far as everything was read",
    arguments: [
      // The windows that parts 0 and 1 read; the state; the open parts.
      ([0, 2], [1], "2025-01-24", []), ([0], [1], "2025-01-15", [0]), ([2], [1], "2025-01-01", [0]),
      ([0, 2], [], "2025-01-06", [1]),
    ] as [([Int], [Int], String, [Int])])
  func states(_ first: [Int], _ second: [Int], _ day: String, _ open: [Int]) throws {
    let result = try merged([[Self.state(0, first)], [Self.state(1, second)] + Self.whole])
    #expect(result.gaps.map(\.number) == open)
    #expect(result.states["days"] == ["day": .string(day)])
    #expect(result.states["other"] == ["x": 1])
    #expect(result.states["all"] == ["__ab_no_cursor_state_message": true])
  }

  @Test("Attempts add up, in any order")
  func attempts() throws {
    let attempts = [[Self.state(0, [0])], [Self.state(0, [2])], [Self.state(1, [1])] + Self.whole, [Self.state(0, [0])]]
    let result = try merged(attempts)
    #expect(result.gaps.isEmpty)
    #expect(result.states == (try merged(attempts.reversed())).states)
  }

  @Test("What is missing is named")
  func gaps() throws {
    let result = try merged([[Self.state(0, [0])]])
    #expect(
      result.gaps.map(\.sentence) == [
        "Part 0 (0000.json) was not read completely, and the rest stays open: 1 of 2 slices of stream `days`.",
        "No output has anything of part 1 (0001.json): what it should have read stays open.",
      ])
    #expect(result.states["all"] == nil)
  }

  @Test("The mark of a stream that was not read wholly does not count")
  func marks() throws {
    let result = try merged([
      [Self.message("all", #"{"__ab_no_cursor_state_message":true}"#), Self.status("all", "INCOMPLETE")]
    ])
    #expect(result.states["all"] == nil)
  }

  @Test(
    "Outputs of other reads are refused",
    arguments: [
      (state(0, [0], division: "e"), "out.jsonl is the output of a part of another division"),
      (message("days", #"{"day":"2025-01-01"}"#), "out.jsonl has a state of the whole stream `days`"),
      (message("weeks", #"{"day":"2025-01-01"}"#), "out.jsonl has a state of stream `weeks`, which is not in the parts"),
      (state(0, [1]), "out.jsonl has a state of stream `days` that does not fit 0000.json"),
    ])
  func others(_ line: String, _ beginning: String) throws {
    let error = try #require(throws: ConnectorError.self) { try merged([[line]]) }
    #expect(error.message.hasPrefix(beginning), "\(error.message)")
    #expect(error.failureType == .config)
  }
}
