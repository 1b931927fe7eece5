import Foundation
import JSON
import Testing

/// The shapes that a catalog and a state may have: those of the protocol, and what the commands print.
@Suite struct GivenMessagesTests {
  private static let inner = #"{"streams": [{"name": "ok", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}]}"#
  private static let configured = #"{"streams": [{"stream": {"name": "ok", "json_schema": {}}, "sync_mode": "full_refresh"}]}"#

  @Test(arguments: [
    configured, inner, #"{"type": "CATALOG", "catalog": \#(inner)}"#, "\n" + #"{"type": "CATALOG", "catalog": \#(inner)}"# + "\n",
    #"{"type": "LOG", "log": {"level": "WARN", "message": "CATALOG"}}"# + "\n" + #"{"type": "CATALOG", "catalog": \#(inner)}"#
      + "\nno message\n{\"type\": \"CATALOG\", ",
    "{\n  \"type\": \"CATALOG\",\n  \"catalog\": \(inner)\n}",
    "a warning of something else\n" + #"{"type": "CATALOG", "catalog": \#(inner)}"# + "\n",
  ])
  func catalogs(text: String) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    try connection.folder.write("catalog.json", text)
    let run = try await connection.run("read", "-c", "config.json", "-C", "catalog.json")
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 0)
  }

  @Test func whatDiscoverPrintsIsRead() async throws {
    let api = try UnrulyAPI(Archive.answer)
    let connection = try Connection(to: api, manifest: Archive.manifest)
    let discovered = try await connection.run("discover", "-c", "config.json")
    try connection.folder.write("catalog.json", discovered.stdout)
    let read = try await connection.run("read", "-c", "config.json", "-C", "catalog.json")
    // Incremental, so that there is a point to go on from.
    #expect(try read.messages("STATE", "state").contains { $0["stream"]?["stream_state"]?["time"] != nil })
    #expect(read.status == 0)
  }

  @Test(arguments: [
    (
      #"{"streams": [{"stream": {"name": "ok"}, "sync_mode": "incremetal"}]}"#,
      "`streams[0].sync_mode` of the catalog is `incremetal`, which is not a mode in which a stream can be read"
    ),
    (
      #"{"streams": [{"stream": {"name": "ok"}, "sync_mode": "S3cret-4b"}]}"#,
      "`streams[0].sync_mode` of the catalog is not a mode in which a stream can be read"
    ),
    (#"{"type": "LOG", "log": {"level": "INFO", "message": "none"}}"#, "has no CATALOG message"),
    ("", "has no CATALOG message"), ("[]", "A catalog is an object with a list `streams`"),
    ("{\n  \"streams\": [}\n", "is not valid JSON"),
  ])
  func catalogsOfNoUse(text: String, message: String) async throws {
    let connection = try Connection()
    try connection.folder.write("catalog.json", text)
    let run = try await connection.run("read", "-c", "config.json", "-C", "catalog.json")
    #expect(try run.errors().first?["message"]?.string?.contains(message) == true, "\(run.stdout)")
    #expect(try run.errors().first?["failure_type"]?.string == "config_error")
    #expect(run.status == 1)
  }

  private static let uselessStates: [(text: String, sentence: String?)] = [
    (
      #"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no"}}}"#,
      "No line of state.json is a whole STATE message"
    ),
    (String(state("days", "2025-01-01").prefix(60)), "is not valid JSON"),
    (
      #"{"type":"LOG","log":{"level":"INFO","message":"a"}}"# + "\n" + state("days", "2025-01-01").prefix(60),
      "No line of state.json is a whole STATE message"
    ),
    (
      state("dasy", "2025-01-01"),
      "The state has an entry for the stream `dasy`, which the manifest does not have: it is ignored. Did you mean `days`?"
    ),
    (state("others", "2025-01-01"), "Stream days: the state does not contain it, so it is read from its beginning."),
    ("", nil), ("[]", nil), (state("days", "2025-01-01"), nil),
  ]

  @Test(arguments: uselessStates)
  func statesOfNoUseAreNamed(text: String, sentence: String?) async throws {
    let api = try UnrulyAPI(Archive.answer)
    let connection = try Connection(to: api, manifest: Archive.manifest)
    try connection.folder.write("catalog.json", try await connection.run("discover", "-c", "config.json").stdout)
    try connection.folder.write("state.json", text)
    let run = try await connection.run("read", "-c", "config.json", "-C", "catalog.json", "-s", "state.json")
    guard let sentence else {
      let notes = ["No line of", "is not used", "Stream days: the state"]
      return #expect(!notes.contains { run.stdout.contains($0) }, "\(run.stdout)")
    }
    #expect(run.stdout.contains(sentence), "\(run.stdout)")
  }

  private static func state(_ stream: String, _ day: String) -> String {
    #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"\#(stream)"},"stream_state":{"time":"\#(day)T00:00:00Z"}}}}"#
  }

  @Test(
    arguments: [
      (state("days", "2024-02-03"), "2024-02-03"),
      (state("days", "2024-02-01") + "\n" + state("days", "2024-02-04") + "\n", "2024-02-04"),
      (
        state("days", "2024-02-02") + "\n" + #"{"type":"RECORD","record":{"stream":"days","data":{"STATE":1}}}"#
          + "\n{\"type\":\"STATE\",\"sta", "2024-02-02"
      ),
      ("[\(state("days", "2024-02-05"))]", "2024-02-05"), ("", nil), (" \n\n", nil), ("[]", nil), ("{}", nil),
      (state("shelves", "2024-02-02"), nil),
      (#"{"type":"LOG","log":{"level":"INFO","message":"no state yet"}}"#, nil),
    ] as [(String, String?)])
  func states(text: String, start: String?) async throws {
    let api = try UnrulyAPI(Archive.answer)
    let connection = try Connection(to: api, manifest: Archive.manifest)
    let arguments = try connection.incrementalReadArguments(["days"])
    try connection.folder.write("state.json", text)
    let whole = try await Tool.run(arguments, in: connection.folder)
    let run = try await Tool.run(arguments + ["-s", "state.json"], in: connection.folder)
    #expect(run.status == 0)
    #expect(try run.errors().isEmpty)
    let count = try run.recordCount(of: "days")
    #expect(start == nil ? count == (try whole.recordCount(of: "days")) : count < (try whole.recordCount(of: "days")))
  }

  /// A shell empties the file that it writes to before anything is read.
  @Test func theOutputIsNoInput() async throws {
    let connection = try Connection(to: try UnrulyAPI(Archive.answer), manifest: Archive.manifest)
    let arguments = try connection.incrementalReadArguments(["days"])
    try connection.folder.write("state.json", Self.state("days", "2024-02-03"))
    let behind = try await Tool.shell(#""$@" -s state.json >>state.json"#, arguments, in: connection.folder)
    #expect(behind.status == 0)
    for input in ["-s state.json >state.json", "-s - <state.json >state.json", "-c config.json >config.json"] {
      let run = try await Tool.shell("\"$@\" \(input)", arguments, in: connection.folder)
      #expect(run.status == 1)
      let file = input.split(separator: ">").last.map(String.init) ?? ""
      #expect(
        try connection.folder.text(file).contains("is the file that the output goes to, which the shell has emptied"), "\(input)")
    }
  }

  @Test func aStreamThatTheManifestLacksIsAStatusOfItsOwn() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let some = try await Connection(to: api).read(["ok", "okay"])
    #expect(some.status == 3)
    #expect(try some.recordCount(of: "ok") == 3)
    #expect(try await Connection(to: api).read(["okay"]).status == 3)
    // What failed counts for more.
    #expect(try await Connection(to: api).read(["refused", "okay"]).status == 1)
  }
}
