import Foundation
import JSON
import Testing

/// Reads that name no catalog: which streams they read, how much, and where to.
@Suite struct ReadChoiceTests {
  private static let rest = Manifests.streams(["ok", "other"])

  /// `other` has as many pages as anybody wants.
  private static func answer(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    request.path == "/other" ? .json(200, #"{"items": [{"id": 7}, {"id": 8}]}"#) : UnrulyAPI.usual(request)
  }

  private func connection() throws -> Connection { try Connection(to: UnrulyAPI(Self.answer), manifest: Self.rest) }

  private func read(_ connection: Connection, _ more: String...) async throws -> Tool.Outcome {
    try await connection.run(["read", "manifest.yaml", "--config", "config.json"] + more)
  }

  @Test func allStreamsAreRead() async throws {
    let run = try await connection().run(["read", "manifest.yaml", "--config", "config.json", "--exclude", "other"])
    #expect(run.status == 0)
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(try run.statuses(of: "ok") == ["STARTED", "RUNNING", "COMPLETE"])
    #expect(try run.statuses(of: "other").isEmpty)
  }

  @Test func aLimitEndsStreamsThatWouldNotEnd() async throws {
    let run = try await read(connection(), "--limit", "5")
    #expect(run.status == 0)
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(try run.recordCount(of: "other") == 5)
    // There may be more: no state says that the stream was read.
    #expect(try run.statuses(of: "other") == ["STARTED", "RUNNING", "INCOMPLETE"])
    #expect(try run.statuses(of: "ok") == ["STARTED", "RUNNING", "COMPLETE"])
    let states = try run.messages("STATE", "state").compactMap { $0["stream"]?["stream_descriptor"]?["name"]?.string }
    #expect(states == ["ok"])
  }

  @Test func recordsAlone() async throws {
    let run = try await read(connection(), "--streams", "ok", "--records")
    #expect(run.stdout == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
    #expect(run.stderr == "")
    #expect(run.status == 0)
  }

  @Test func errorsOfRecordsAloneAreOnStandardError() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let run = try await read(connection, "--streams", "ok,refused", "--records")
    #expect(run.stdout == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
    #expect(run.stderr.hasPrefix("error: refused: "))
    #expect(run.status == 1)
  }

  @Test func aFolderTakesTheRecords() async throws {
    let connection = try connection()
    let run = try await read(connection, "--streams", "ok", "--output", "data")
    #expect(run.stdout == "")
    #expect(run.stderr == "")
    #expect(run.status == 0)
    #expect(try connection.folder.text("data/ok.jsonl") == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
    #expect(try connection.folder.text("data/state.json").contains("ok.jsonl"))
    let cut = try await read(connection, "--streams", "other", "--limit", "2", "--output", "data", "--output-format", "csv")
    #expect(cut.status == 0)
    #expect(try connection.folder.text("data/other.csv") == "id,_extra\n7,\n8,\n")
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
    let connection = try connection()
    try connection.folder.write("data", "a file")
    let run = try await read(connection, "--output", "data")
    #expect(run.stderr.hasPrefix("error: The folder data cannot be"))
    #expect(run.status == 1)
  }

  @Test(arguments: [
    (["--streams", "okk"], "There is no stream `okk` in the connector: did you mean `ok`?"),
    (["--exclude", "ok,other"], "All streams are excluded, so that there is nothing to read"),
  ]) func wrongChoices(arguments: [String], message: String) async throws {
    let run = try await connection().run(["read", "manifest.yaml", "--config", "config.json"] + arguments)
    #expect(try run.errors().first?["message"]?.string == message)
    #expect(try run.errors().first?["failure_type"] == "config_error")
    #expect(run.status == 1)
  }

  @Test(arguments: [
    (["--limit", "0"], "--limit needs a number of at least 1."),
    (["--output-format", "csv"], "--output-format needs --output with a folder for the files."),
    (["--output", "x", "--records"], "--records prints what --output writes into files: give one of them."),
    (["--output", "x", "--state", "s.json"], "--output keeps the state in its folder, so that there is no place for another"),
  ]) func wrongUsage(arguments: [String], message: String) async throws {
    let run = try await connection().run(["read", "manifest.yaml", "--config", "config.json"] + arguments)
    #expect(run.stderr.contains(message))
    #expect(run.status == 64)
  }

  private static let timed = """
      - type: DeclarativeStream
        name: timed
        $parameters: {name: timed}
        retriever: {$ref: "#/definitions/stream/retriever"}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object}}
        incremental_sync:
          type: DatetimeBasedCursor
          cursor_field: at
          datetime_format: "%Y-%m-%d"
          start_datetime: "2020-01-01"
          start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
          end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}
    """

  @Test func aRangeOfTimeIsReadWithoutAState() async throws {
    let api = try UnrulyAPI { request in
      .json(200, #"{"items": [{"asked": "\#(request.target)", "at": "2025-01-05"}]}"#)
    }
    let connection = try Connection(to: api, manifest: Manifests.streams(["ok"], more: Self.timed))
    let run = try await read(connection, "--window", "2025-01-01..2025-02-01")
    let asked = try run.messages("RECORD", "record").compactMap { $0["data"]?["asked"]?.string }
    #expect(asked == ["/timed?from=2025-01-01&to=2025-02-01"])
    #expect(try run.messages("STATE", "state").isEmpty)
    #expect(try run.logs("WARN") == ["Without a `DatetimeBasedCursor`, these streams are left out: `ok`."])
    #expect(run.status == 0)
    let refused = try await read(connection, "--window", "2025-01-01..", "--streams", "ok")
    #expect(try refused.errors().first?["message"]?.string?.contains("cannot be read in a range of time: `ok`") == true)
    #expect(try await read(connection, "--output", "data", "--streams", "timed").status == 0)
    let beside = try await read(connection, "--output", "data", "--window", "2025-01-01..2025-02-01")
    #expect(beside.stderr.contains("The folder data has a state, which a range of time must not touch"))
    #expect(try await read(connection, "--window", "2025-02-01..2025-01-01").status == 64)
  }

  @Test func aCatalogIsWritten() async throws {
    let connection = try connection()
    let run = try await connection.run("catalog", "manifest.yaml", "--config", "config.json", "--streams", "other,ok")
    let catalog = try JSONValue(parsing: Array(run.stdout.utf8))
    #expect(catalog["streams"]?.array?.compactMap { $0["stream"]?["name"]?.string } == ["other", "ok"])
    #expect(catalog["streams"]?[0]?["sync_mode"] == "full_refresh")
    #expect(catalog["streams"]?[0]?["destination_sync_mode"] == "overwrite")
    try connection.folder.write("catalog.json", run.stdout)
    let read = try await read(connection, "--catalog", "catalog.json", "--streams", "ok")
    #expect(try read.recordCount(of: "ok") == 3)
    #expect(try read.statuses(of: "other").isEmpty)
  }

  @Test func statesAreExtractedAndChanged() async throws {
    let connection = try connection()
    let state =
      #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"x":"\#("%")"}}}}"#
    try connection.folder.write(
      "out.jsonl", ["1", "2"].map { state.replacing("%", with: $0) }.joined(separator: "\n") + "\n{\"type\":\"RECO")
    let extracted = try await connection.run("state", "extract", "out.jsonl")
    #expect(
      extracted.stdout
        == "[\n{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"s\"},\"stream_state\":{\"x\":\"2\"}}}\n]\n")
    try connection.folder.write("state.json", extracted.stdout)
    let set = try await connection.run("state", "set", "state.json", "--stream", "s", "--cursor", "2025-01-01")
    try connection.folder.write("later.json", set.stdout)
    #expect(try await connection.run("state", "show", "later.json").stdout.hasPrefix("s  x 2025-01-01 ("))
    let difference = try await connection.run("state", "diff", "state.json", "later.json")
    #expect(difference.stdout == "  s  2 → 2025-01-01\n")
    #expect(difference.status == 1)
    #expect(try await connection.run("state", "diff", "state.json", "state.json").status == 0)
    #expect(try await connection.run("state", "merge", "later.json", "state.json").stdout == extracted.stdout)
    let absent = try await connection.run("state", "show", "nothing.json")
    #expect(absent.stderr == "error: The state nothing.json does not exist\n")
    #expect(absent.status == 1)
  }
}
