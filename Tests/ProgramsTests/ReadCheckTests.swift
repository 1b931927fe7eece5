import AirbyteProtocol
import JSON
import Testing

@testable import Programs

/// What a read may not do, message by message.
@Suite struct ReadCheckTests {
  private static let schema: JSONObject = [
    "type": "object", "properties": ["id": ["type": "integer"], "name": ["type": ["null", "string"]]],
  ]
  private static let catalog: [ConfiguredStream] = {
    var orders = ConfiguredStream(descriptor: StreamDescriptor(name: "orders"), syncMode: .incremental, jsonSchema: schema)
    orders.given = ["stream": ["source_defined_primary_key": [["id"]]]]
    return [orders]
  }()

  private static let started = status("STARTED")
  private static let running = status("RUNNING")
  private static let complete = status("COMPLETE")
  private static let record = #"{"type":"RECORD","record":{"stream":"orders","data":{"id":1},"emitted_at":1700000000000}}"#

  private static func status(_ word: String, of stream: String = "orders") -> String {
    #"{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"\#(stream)"},"status":"\#(word)"}}}"#
  }

  private static func state(_ count: Int?, of stream: String = "orders") -> String {
    let stats = count.map { #","sourceStats":{"recordCount":\#($0)}"# } ?? ""
    return
      #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"\#(stream)"},"stream_state":{"at":1}}\#(stats)}}"#
  }

  private static func record(_ data: String, at time: String = "1700000000000") -> String {
    #"{"type":"RECORD","record":{"stream":"orders","data":\#(data),"emitted_at":\#(time)}}"#
  }

  private func rules(_ messages: [String], isSuccess: Bool = true, catalog: [ConfiguredStream] = catalog) throws -> [String] {
    var check = ReadCheck(catalog)
    for (index, message) in messages.enumerated() { check.take(try JSONDocument(parsing: message).root, line: index + 1) }
    check.finish(isSuccess: isSuccess)
    return check.list.all.map { "\($0.severity == .warning ? "warning " : "")\($0.rule)\($0.line.map { " \($0)" } ?? "")" }
  }

  @Test func nothingIsWrongWithAnOrderlyRead() throws {
    #expect(try rules([Self.started, Self.running, Self.record, Self.state(1), Self.complete, Self.state(0)]) == [])
    #expect(try rules([Self.started, Self.running, Self.record, Self.complete, Self.state(1)]) == [])
    // A stream without records needs no RUNNING.
    #expect(try rules([Self.started, Self.complete, Self.state(0)]) == [])
  }

  @Test(
    arguments: [
      ("records before their status", [record, started, running, state(1), complete], ["record-before-start 1"]),
      ("a second STARTED", [started, running, started, record, state(1), complete], ["status-order 3"]),
      ("RUNNING first", [running, record, state(1), complete], ["status-order 1"]),
      ("two ends", [started, running, record, state(1), complete, status("INCOMPLETE")], ["status-order 6", "exit-status"]),
      ("records after the end", [started, running, record, state(1), complete, record, state(1)], ["record-after-end 6"]),
      ("no end", [started, running, record, state(1)], ["no-last-status"]),
      ("nothing at all", [], ["no-statuses"]),
      ("no RUNNING", [started, record, state(1), complete], ["warning no-running 4"]),
      ("not a status", [started, status("DONE"), complete, state(0)], ["status 2"]),
      ("a state ahead of its records", [started, running, state(1), record, complete, state(1)], ["state-before-records 3"]),
      ("a state that counts too few", [started, running, record, record, state(1), complete], ["record-count 5"]),
      ("a state that counts nothing", [started, running, record, state(nil), complete], ["warning no-record-count 4"]),
      ("a state before the stream", [state(0), started, running, record, state(1), complete], ["state-before-start 1"]),
      ("no state", [started, running, record, complete], ["no-state"]),
      ("records behind the last state", [started, running, record, state(1), record, complete], ["no-last-state"]),
      (
        "an unknown stream",
        [started, running, record, state(1), status("STARTED", of: "ordres"), state(0, of: "ordres"), complete],
        ["unknown-stream 5", "unknown-stream 6"]
      ),
      ("a wrong type", [started, running, record(#"{"id":"1"}"#), state(1), complete], ["schema 3"]),
      (
        "an undeclared field", [started, running, record(#"{"id":1,"nmae":"x"}"#), state(1), complete],
        ["warning undeclared-field 3"]
      ),
      ("no key", [started, running, record(#"{"name":"x"}"#), state(1), complete], ["key-missing 3"]),
      ("seconds", [started, running, record(#"{"id":1}"#, at: "1700000000"), state(1), complete], ["emitted-at 3"]),
      ("no time", [started, running, record(#"{"id":1}"#, at: "null"), state(1), complete], ["emitted-at 3"]),
      ("data that is no object", [started, running, record("[1]"), state(1), complete], ["record 3"]),
      (
        "the oldest states", [started, running, record, #"{"type":"STATE","state":{"data":{"at":1}}}"#, complete],
        ["warning legacy-state 4"]
      ),
      (
        "states of two types",
        [
          started, running, record, state(1),
          #"{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]},"sourceStats":{"recordCount":0}}}"#, complete,
        ], ["mixed-states 5"]
      ),
      (
        "a message of another command", [started, running, record, state(1), complete, #"{"type":"SPEC","spec":{}}"#],
        ["unexpected-message 6"]
      ),
      ("no type", [started, complete, state(0), #"{"hello":1}"#], ["no-type 4"]),
      ("a log without level", [started, complete, state(0), #"{"type":"LOG","log":{"message":"x"}}"#], ["log 4"]),
      (
        "an error without a type",
        [started, status("INCOMPLETE"), #"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"x"}}}"#],
        ["warning error 3", "exit-status"]
      ),
    ] as [(String, [String], [String])])
  func theRuleIsFound(what: String, messages: [String], expected: [String]) throws {
    #expect(try rules(messages).sorted() == expected.sorted(), "\(what)")
  }

  @Test func whatIsRepeatedIsCounted() throws {
    var check = ReadCheck(Self.catalog)
    for (index, message) in [Self.started, Self.running, Self.record(#"{"id":"1"}"#), Self.record(#"{"id":"2"}"#)].enumerated() {
      check.take(try JSONDocument(parsing: message).root, line: index + 1)
    }
    let violation = try #require(check.list.all.first)
    #expect((violation.count, violation.line, violation.stream) == (2, 3, "orders"))
    #expect(violation.message == "A record does not fit `json_schema` at `id`: expected an integer, found a string")
  }
}
