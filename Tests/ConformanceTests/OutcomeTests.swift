import JSON
import Testing

@Suite("What the suite compares")
struct OutcomeTests {
  private static let first = #"{"type":"RECORD","record":{"stream":"s","data":{"id":1,"p":"a"},"emitted_at":1}}"#
  private static let second = #"{"type":"RECORD","record":{"stream":"s","data":{"id":2,"p":"a"},"emitted_at":2}}"#
  private static let other = #"{"type":"RECORD","record":{"stream":"s","data":{"id":3,"p":"b"},"emitted_at":3}}"#
  private static let state =
    #"{"type":"STATE","state":{"stream":{"stream_descriptor":{"name":"s"},"stream_state":{"states":[1,2],"lookback_window":7}},"sourceStats":{"recordCount":3.0}}}"#
  private static let failure =
    #"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1.0,"error":{"failure_type":"system_error","message":"m"}}}"#
  private static let read = [first, second, other, state, failure]

  @Test(
    "Runs that count as the same",
    arguments: [
      ([first, other, second, state, failure], "partitions side by side"),
      ([second, first, other, state, failure].map { $0.replacing("\"id\":2", with: "\"id\":1") }, "times"),
      (read.map { $0.replacing("[1,2]", with: "[2,1]") }, "partitions in a state"),
      (read.map { $0.replacing(":7", with: ":8") }, "a measured duration"),
      (read.map { $0.replacing("\"m\"", with: "\"n\"") }, "a sentence"),
      (read + [#"{"type":"LOG","log":{"level":"INFO","message":"x"}}"#], "log lines"),
    ])
  func same(lines: [String], what: String) {
    let expected = what == "times" ? lines.map { $0.replacing("emitted_at\":1", with: "emitted_at\":9") } : Self.read
    #expect(Self.differences(lines, expected) == [])
  }

  @Test(
    "Runs that count as different",
    arguments: [
      ([second, first, other, state, failure], "the order within a partition"),
      ([first, second, state, failure], "a record"),
      ([first, second, state, other, failure], "a state that counts a record printed after it"),
      (read.map { $0.replacing("[1,2]", with: "[1]") }, "a state"),
      (read.map { $0.replacing("\"id\":1", with: "\"id\":1.0") }, "a whole number and a decimal"),
      (read.map { $0.replacing("system_error", with: "config_error") }, "a failure type"),
      ([first, second, other, state], "an error"),
      (read + ["Traceback"], "a line that is no message"),
      (read + [#"{"type":"SPEC","spec":{}}"#], "a message of another kind"),
    ])
  func different(lines: [String], what: String) {
    #expect(Self.differences(lines, Self.read) != [], "\(what)")
  }

  @Test("Requests count, except where the number is free")
  func requests() {
    let get: JSONValue = ["method": "GET", "path": "/"]
    let any: JSONValue = ["method": "GET", "path": "/", "times": "any"]
    func facts(_ requests: [JSONValue], _ uncounted: Set<String>) -> JSONValue {
      Outcome(lines: [], requests: requests, exit: 0, sleeps: []).facts(partitions: [:], uncounted: uncounted)
    }
    let free = Outcome(lines: [], requests: [any], exit: 0, sleeps: []).uncountedRequests
    #expect(facts([get, get], free) == facts([any], free))
    #expect(facts([], free) != facts([any], free))
    #expect(facts([get, get], []) != facts([get], []))
    #expect(facts([get, get], []) == facts([["method": "GET", "path": "/", "times": .int(2)]], []))
  }

  @Test("Records are counted by the states behind them, all together")
  func counts() {
    func uncounted(_ lines: [String]) -> [String: Double] {
      Outcome(lines: lines, requests: [], exit: 0, sleeps: []).uncountedRecords
    }
    #expect(uncounted(Self.read) == [:])
    #expect(uncounted([Self.first] + Self.read + [Self.other]) == ["s": 2])
    #expect(uncounted([Self.first, Self.state]) == ["s": -2])
  }

  private static func differences(_ actual: [String], _ expected: [String]) -> [String] {
    func facts(_ lines: [String]) -> JSONValue {
      Outcome(lines: lines, requests: [], exit: 0, sleeps: []).facts(partitions: ["s": ["p"]], uncounted: [])
    }
    return facts(actual).differences(from: facts(expected))
  }
}
