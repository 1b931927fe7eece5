import Foundation
import JSON
import Testing

/// `read --report`, by the program.
@Suite(.timeLimit(.minutes(15))) struct ReportTests {
  /// A stream with a cursor; each window asks for a day.
  private static let manifest = Manifests.streams(
    ["ok"],
    more: """
        - type: DeclarativeStream
          name: events
          primary_key: [shop, id]
          retriever:
            type: SimpleRetriever
            requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: /events}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
          incremental_sync:
            type: DatetimeBasedCursor
            cursor_field: at
            datetime_format: "%Y-%m-%dT%H:%M:%SZ"
            cursor_datetime_formats: ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%fZ"]
            start_datetime: "2025-01-01T00:00:00Z"
            end_datetime: "2025-03-01T00:00:00Z"
            lookback_window: P2D
          schema_loader:
            type: InlineSchemaLoader
            schema: {type: object, properties: {id: {type: integer}, shop: {type: string}, at: {type: string}, gone: {type: string}}}
      """)

  private static func events(_ times: [String]) -> String {
    let items = times.enumerated().map { #"{"id": \#($0.offset), "shop": "s", "at": "\#($0.element)", "note": {"by": null}}"# }
    return "{\"items\": [\(items.joined(separator: ", "))]}"
  }

  private static func report(
    _ body: String, _ more: [String] = [], state: String? = nil
  ) async throws -> (report: JSONValue, run: Tool.Outcome) {
    let api = try UnrulyAPI { $0.path == "/events" ? .json(200, body) : UnrulyAPI.usual($0) }
    let connection = try Connection(to: api, manifest: manifest)
    var arguments = ["read", "manifest.yaml", "--config", "config.json", "--report", "report.json"] + more
    if let state {
      try connection.folder.write("state.json", state)
      arguments += ["--state", "state.json"]
    }
    let run = try await connection.run(arguments)
    return (try JSONValue(parsing: Array(connection.folder.text("report.json").utf8)), run)
  }

  private static func stream(_ name: String, of report: JSONValue) -> JSONValue {
    report["streams"]?.array?.first { $0["name"]?.string == name } ?? .null
  }

  @Test func aReportSaysWhatCame() async throws {
    let times = ["2025-01-01T00:00:00Z", "2025-01-03T00:00:00Z", "2025-01-02T00:00:00Z", "2025-01-04T00:00:00Z"]
    let (report, run) = try await Self.report(Self.events(times))
    #expect(run.status == 0, "\(run.stdout)")
    #expect(report["outcome"] == "complete")
    #expect(report["records"] == 7)
    #expect(report["requests"]?["total"] == 3)
    #expect(report["requests"]?["statuses"] == ["200": 3])
    let events = Self.stream("events", of: report)
    #expect(events["fields"]?.array?.map { $0["path"]?.string } == ["id", "shop", "at", "note", "note.by"])
    #expect(events["undeclared_fields"] == ["note"])
    #expect(events["never_seen_fields"] == ["gone"])
    #expect(events["primary_key"]?["keys_remembered"] == 4)
    #expect(events["cursor"]?["order"] == "ascending")
    #expect(events["cursor"]?["order_violations"] == 1)
    #expect(events["cursor"]?["greatest"] == "2025-01-04T00:00:00Z")
    #expect(events["cursor"]?["lookback_seconds"] == 172_800.0)
    #expect(events["cursor"]?["late"] == nil)
    let ok = Self.stream("ok", of: report)
    #expect(ok["records"] == 3)
    #expect(ok["cursor"] == nil)
    #expect(ok["requests"]?["total"] == 2)
  }

  /// Each way of writing times is put in order, whether it is that of the texts or not.
  @Test(
    arguments: [
      (["2025-01-03T00:00:00Z", "2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z"], "descending", 0, 0),
      (["2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"], nil, 0, 0),
      (["2025-01-01T00:00:00+05:00", "2025-01-01T00:00:00+01:00", "2025-01-01T00:00:00-05:00"], "ascending", 0, 0),
      (["2025-01-01T00:00:00Z", "no time", "2025-01-02T00:00:00Z"], "ascending", 0, 1),
      (["2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00.25Z", "2025-01-01T00:00:01Z", "2025-01-01T00:00:02Z"], "ascending", 1, 0),
      (["2025-01-01T00:00:00Z", "2024-12-01T00:00:00Z", "2025-06-01T00:00:00Z"], "ascending", 1, 0),
    ] as [([String], String?, Int, Int)])
  func cursorsAreFollowed(times: [String], order: String?, violations: Int, unreadable: Int) async throws {
    let (report, _) = try await Self.report(Self.events(times), ["--streams", "events"])
    let cursor = Self.stream("events", of: report)["cursor"]
    #expect(cursor?["order"]?.string == order)
    #expect(cursor?["order_violations"]?.int == violations)
    #expect(cursor?["unreadable"]?.int == unreadable)
    #expect(
      (cursor?["before_window"]?.int ?? 0) + (cursor?["after_window"]?.int ?? 0)
        == (times.contains { $0.contains("-06-") } ? 2 : 0))
  }

  @Test func lateRecordsAreComparedWithTheLookback() async throws {
    let state =
      #"[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "events"}, "stream_state": {"at": "2025-02-10T00:00:00Z"}}}]"#
    let times = ["2025-02-07T00:00:00Z", "2025-02-09T00:00:00Z", "2025-02-11T00:00:00Z"]
    let (report, run) = try await Self.report(Self.events(times), ["--streams", "events"], state: state)
    #expect(run.status == 0)
    let cursor = Self.stream("events", of: report)["cursor"]
    #expect(cursor?["state"] == "2025-02-10T00:00:00Z")
    #expect(cursor?["late"] == 2)
    #expect(cursor?["late_beyond_lookback"] == 1)
    #expect(cursor?["greatest_lateness_seconds"] == 259_200.0)
  }

  @Test func keysThatComeTwiceAreShown() async throws {
    let items = [(1, #""a""#), (2, #""a""#), (1, #""\u0061""#), (1, #""b""#), (3, "null"), (1, #""a""#)].map {
      #"{"id": \#($0.0), "shop": \#($0.1), "at": "2025-01-01T00:00:00Z"}"#
    }
    let (report, _) = try await Self.report("{\"items\": [\(items.joined(separator: ","))]}", ["--streams", "events"])
    let key = Self.stream("events", of: report)["primary_key"]
    #expect(key?["duplicates"] == 2)
    #expect(key?["missing"] == 1)
    #expect(key?["examples"] == [#"shop="a", id=1"#, #"shop="a", id=1"#])
    #expect(key?["all_keys_remembered"] == true)
  }

  @Test func aReadThatFailsHasAReport() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let run = try await connection.run(
      "read", "manifest.yaml", "--config", "config.json", "--streams", "ok,refused", "--report", "report.json")
    #expect(run.status == 1)
    let report = try JSONValue(parsing: Array(connection.folder.text("report.json").utf8))
    #expect(report["outcome"] == "incomplete")
    #expect(report["streams"]?.array?.map { $0["outcome"]?.string } == ["complete", "incomplete"])
    #expect(report["requests"]?["statuses"]?["404"] == 1)

    try connection.folder.write("config.json", "{}")
    let failed = try await connection.run("read", "manifest.yaml", "--config", "config.json", "--report", "report.json")
    #expect(failed.status == 1)
    let other = try JSONValue(parsing: Array(connection.folder.text("report.json").utf8))
    #expect(other["outcome"] == "failed")
    #expect(other["failure"]?.string?.contains("base_url") == true)
  }

  @Test func aReadThatIsInterruptedHasAReport() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let run = try await Tool.shell(
      """
      "$@" > messages & reader=$!
      until [ "$(grep -c RECORD messages)" -gt 10 ]; do kill -0 $reader 2> /dev/null || exit 9; done
      kill -TERM $reader
      wait $reader
      printf 'status %s' $?
      """, ["read", "manifest.yaml", "--config", "config.json", "--streams", "endless", "--report", "report.json"],
      in: connection.folder)
    #expect(run.stdout == "status 143")
    let report = try JSONValue(parsing: Array(connection.folder.text("report.json").utf8))
    #expect(report["outcome"] == "interrupted")
    #expect(report["records"]?.int ?? 0 > 10)
  }

  @Test func aReportIsThereWhereTheReaderLeaves() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    _ = try await Tool.shell(
      #""$@" | head -3 > /dev/null"#,
      ["read", "manifest.yaml", "--config", "config.json", "--streams", "endless", "--report", "report.json"],
      in: connection.folder)
    let report = try JSONValue(parsing: Array(connection.folder.text("report.json").utf8))
    #expect(report["outcome"] == "interrupted")
  }

  @Test(arguments: ["report.txt", "report"])
  func aReportHasAForm(name: String) async throws {
    let run = try await Tool.run(["read", "m.yaml", "--config", "c.json", "--report", name], in: Folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains("--report"))
  }

  @Test func aReportReplacesNoInputAndNeedsAPlace() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let own = try await connection.run("read", "manifest.yaml", "--config", "config.json", "--report", "config.json")
    #expect(own.status == 1)
    #expect(own.stderr.contains("would replace an input"))
    #expect(try connection.folder.text("config.json").contains("t0ken"))
    let nowhere = try await connection.run("read", "manifest.yaml", "--config", "config.json", "--report", "no/report.json")
    #expect(nowhere.status == 1)
    #expect(try nowhere.errors().first?["message"]?.string?.hasPrefix("The report no/report.json cannot be written: ") == true)
    #expect(try nowhere.recordCount(of: "ok") == 0)
  }

  /// What a read prints is the same with a report.
  @Test func messagesStayAsTheyAre() async throws {
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual))
    let arguments = ["read", "manifest.yaml", "--config", "config.json", "--streams", "ok", "--records"]
    let plain = try await connection.run(arguments)
    let reported = try await connection.run(arguments + ["--report", "report.html"])
    #expect(plain.stdout == reported.stdout)
    #expect(plain.stderr == reported.stderr)
    let page = try connection.folder.text("report.html")
    #expect(page.contains("<code>ok</code>"))
    #expect(!page.contains("t0ken"))
  }
}
