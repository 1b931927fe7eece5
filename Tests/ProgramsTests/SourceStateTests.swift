import AirbyteProtocol
import Engine
import JSON
import Testing

@testable import Programs

/// States in all of their forms, names of parts, and levels of lines.
@Suite struct SourceStateTests {
  private func state(_ text: String) throws -> SourceState { try SourceState(parsing: JSONValue(parsing: text)) }

  @Test func allFormsAreRead() throws {
    let orders = StreamDescriptor(name: "orders", namespace: "shop")
    let stream = #"{"stream_descriptor":{"name":"orders","namespace":"shop"},"stream_state":{"id":1}}"#
    #expect(try state("null").isEmpty)
    #expect(try state("[]").isEmpty)
    #expect(try state(#"[{"type":"STREAM","stream":\#(stream)}]"#).streams == [orders: ["id": 1]])
    #expect(try state(#"{"type":"STATE","state":{"type":"STREAM","stream":\#(stream)}}"#).streams == [orders: ["id": 1]])
    let global = try state(#"[{"type":"GLOBAL","global":{"shared_state":{"lsn":5},"stream_states":[\#(stream)]}}]"#)
    #expect(global.shared == ["lsn": 5])
    #expect(global.streams == [orders: ["id": 1]])
    #expect(try state(#"{"bookmarks":{"orders":{}}}"#).foreign == ["bookmarks": ["orders": [:]]])
    #expect(try state(#"[{"type":"LEGACY","data":{"at":1}}]"#).foreign == ["at": 1])
    #expect(try state(#"[{"data":{"at":1}}]"#).foreign == ["at": 1])
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var state = SourceState(["a": ["x": 1]])
    #expect(try SourceState(parsing: .array(state.entries)) == state)
    state.shared = ["lsn": 1]
    #expect(try SourceState(parsing: .array(state.entries)) == state)
    #expect(state.entries.count == 1)
    state.foreign = ["old": 1]
    #expect(try SourceState(parsing: .array(state.entries)) == state)
  }

  @Test(arguments: [
    ("7", "A state is what STATE messages hold"), ("[{}]", "has neither a `stream` nor a `global` state"),
    (#"[{"type":"OTHER"}]"#, "should be STREAM, GLOBAL or LEGACY"),
    (#"[{"type":"STREAM","stream":{}}]"#, "needs a `stream` with a `stream_descriptor`"),
    (#"[{"type":"GLOBAL"}]"#, "needs a `global`"),
  ])
  func whatIsWrongIsExplained(text: String, part: String) throws {
    let error = #expect(throws: InputShapeError.self) { _ = try self.state(text) }
    #expect(error?.description.contains(part) == true)
  }

  @Test func partsHaveOtherNamesOutside() {
    let part = SourcePart(key: "shop", prefix: "shop_", renames: ["orders": "sales"])
    #expect(part.outer("orders") == "sales")
    #expect(part.outer("books") == "shop_books")
    #expect(part.inner("sales") == "orders")
    #expect(part.inner("shop_books") == "books")
    // It has another name.
    #expect(part.inner("shop_orders") == nil)
    #expect(part.inner("books") == nil)
  }

  @Test(arguments: [
    ("INFO Starting", "INFO"), ("2024-01-01 10:00:00,123 - root - ERROR - no", "ERROR"), ("WARNING: careful", "WARN"),
    ("[critical] lowercase is no level", "INFO"), ("Traceback (most recent call last):", "ERROR"), ("CRITICAL boom", "FATAL"),
    ("time=1 name=tap level=DEBUG message=x", "DEBUG"), ("plain", "INFO"), ("An Error that is a word", "INFO"),
  ])
  func levelsOfLines(line: String, level: String) { #expect(ProgramLog.level(of: line).rawValue == level) }
}
