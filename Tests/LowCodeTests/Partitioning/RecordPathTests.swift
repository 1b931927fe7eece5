import JSON
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct RecordPathTests {
  private static let record: JSONObject = [
    "id": 7, "a": ["b": ["c": "deep"], "list": [10, ["x": 1]]], "a.b": "dotted", "null": nil,
  ]

  @Test(
    arguments: [
      ("id", 7), ("/id", 7), ("a/b/c", "deep"), ("a/list/0", 10), ("a/list/-1/x", 1), ("a.b", "dotted"), ("a/b/*", "deep"),
      ("a/b/[a-c]", "deep"), ("**/x", 1), ("null", nil), ("a/list/01", ["x": 1]),
    ] as [(String, JSONValue)])
  func findsTheValue(path: String, expected: JSONValue) throws {
    for record in try Self.forms() { #expect(try RecordPath(joined: path).value(in: record) == expected) }
  }

  @Test(arguments: ["missing", "id/x", "a/list/2", "a/list/x", "a/b/[!c]", "a/b/c/d"])
  func findsNothing(path: String) throws {
    for record in try Self.forms() { #expect(try RecordPath(joined: path).value(in: record) == nil) }
  }

  @Test func refusesAGlobOfSeveralPlaces() throws {
    for record in try Self.forms() {
      #expect(throws: ConnectorError.self) { try RecordPath(joined: "a/*").value(in: record) }
    }
  }

  @Test(arguments: ["", "/"])
  func takesTheWholeRecordForNoPath(path: String) throws {
    for record in try Self.forms() { #expect(try RecordPath(joined: path).value(in: record) == .object(Self.record)) }
  }

  private static func forms() throws -> [Record] {
    [Record(record), Record(try JSONDocument(parsing: JSONValue.object(record).jsonText).root)]
  }
}
