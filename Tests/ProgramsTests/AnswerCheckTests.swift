import JSON
import Testing

@testable import Programs

/// What the messages of `spec`, `check` and `discover` may lack.
@Suite struct AnswerCheckTests {
  private func parsed(_ text: String) throws -> JSONValue? {
    if text.isEmpty { return Optional.none }
    return try JSONValue(parsing: text)
  }

  @Test(
    arguments: [
      (#"{"spec":{"connectionSpecification":{"type":"object","properties":{"a":{}}}}}"#, []),
      ("", ["no-spec"]),
      (#"{"spec":{}}"#, ["no-specification"]),
      (#"{"spec":{"connectionSpecification":{"type":"wrong"}}}"#, ["invalid-specification"]),
      (#"{"spec":{"connectionSpecification":{}}}"#, ["specification-type", "no-properties"]),
    ] as [(String, [String])])
  func specifications(text: String, rules: [String]) throws {
    var list = ViolationList()
    _ = AnswerCheck.spec(try parsed(text), &list)
    #expect(list.all.map(\.rule) == rules)
  }

  @Test(
    arguments: [
      (#"{"connectionStatus":{"status":"SUCCEEDED"}}"#, []),
      ("", ["no-status"]),
      (#"{"connectionStatus":{"status":"FAILED","message":"no"}}"#, ["connection-failed"]),
      (#"{"connectionStatus":{"status":"FAILED"}}"#, ["no-reason", "connection-failed"]),
      (#"{"connectionStatus":{"status":"OK"}}"#, ["status"]),
    ] as [(String, [String])])
  func statuses(text: String, rules: [String]) throws {
    var list = ViolationList()
    AnswerCheck.status(try parsed(text), &list)
    #expect(list.all.map(\.rule) == rules)
  }

  @Test(
    arguments: [
      ("", ["no-catalog"]),
      (#"{"catalog":{"streams":[]}}"#, ["no-streams"]),
      (
        #"{"catalog":{"streams":[{"json_schema":{"properties":{"id":{}}},"supported_sync_modes":["full_refresh"]}]}}"#,
        ["no-name"]
      ),
      (
        #"{"catalog":{"streams":[{"name":"a","json_schema":{"properties":{"id":{}}},"supported_sync_modes":["full_refresh"]}]}}"#,
        []
      ),
      (#"{"catalog":{"streams":[{"name":"a"}]}}"#, ["no-schema", "no-sync-mode"]),
      (
        #"{"catalog":{"streams":[{"name":"a","json_schema":{},"supported_sync_modes":["full"]}]}}"#,
        ["no-properties", "sync-mode"]
      ),
      (
        #"{"catalog":{"streams":[{"name":"a","json_schema":{"properties":{"id":{}}},"supported_sync_modes":["incremental"],"#
          + #""source_defined_cursor":true,"source_defined_primary_key":[["key"]]}]}}"#, ["no-cursor", "primary-key"]
      ),
      (
        #"{"catalog":{"streams":[{"name":"a","json_schema":{"properties":{"id":{}}},"supported_sync_modes":["full_refresh"]},"#
          + #"{"name":"a","json_schema":{"properties":{"id":{}}},"supported_sync_modes":["full_refresh"]}]}}"#,
        ["duplicate-stream"]
      ),
    ] as [(String, [String])])
  func catalogs(text: String, rules: [String]) throws {
    var list = ViolationList()
    _ = AnswerCheck.catalog(try parsed(text), &list)
    #expect(list.all.map(\.rule) == rules)
  }
}
