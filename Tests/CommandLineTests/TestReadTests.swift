import Foundation
import JSON
import Synchronization
import Testing

/// `test-read`, by the program.
@Suite(.timeLimit(.minutes(15))) struct TestReadTests {
  /// `ok` has three records on two pages, `other` has no last page and says more than the schema has, `refused` is not there.
  private static func answer(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    request.path == "/other"
      ? .json(
        200,
        #"{"items": [{"id": 7, "at": "2024-01-01"}, {"id": 8, "at": "2024-01-02", "who": {"name": "Ada"}}], "key": "t0ken-of-the-shelves"}"#
      )
      : UnrulyAPI.usual(request)
  }

  private static func connection(_ streams: [String] = ["ok", "other", "refused"]) throws -> Connection {
    try Connection(
      to: UnrulyAPI(answer), manifest: Manifests.streams(streams), config: ["token": "t0ken-of-the-shelves"])
  }

  private static func read(_ connection: Connection, _ more: String...) async throws -> Tool.Outcome {
    try await connection.run(["test-read", "manifest.yaml", "--config", "config.json"] + more)
  }

  private static func data(_ run: Tool.Outcome) throws -> JSONValue {
    let messages = try run.messages()
    #expect(messages.count == 1)
    #expect(messages.first?["type"] == "RECORD")
    return try #require(messages.first?["record"]?["data"])
  }

  // MARK: JSON

  @Test func theMessageHasSlicesAndPages() async throws {
    let run = try await Self.read(Self.connection(), "--stream", "ok")
    let data = try Self.data(run)
    let slices = try #require(data["slices"]?.array)
    #expect(slices.count == 1)
    #expect(slices[0]["slice_descriptor"] == "{}")
    #expect(slices[0]["state"]?[0]?["stream"]?["stream_state"] == ["__ab_no_cursor_state_message": true])
    let pages = try #require(slices[0]["pages"]?.array)
    #expect(pages.map { $0["records"] } == [[["id": 1], ["id": 2]], [["id": 3]]])
    #expect(pages[0]["request"]?["http_method"] == "GET")
    #expect(pages[0]["request"]?["url"]?.string?.hasSuffix("/ok") == true)
    #expect(pages[0]["request"]?["headers"]?["Authorization"] == "Bearer ****")
    #expect(pages[0]["request"]?["body"] == .null)
    #expect(pages[1]["request"]?["url"]?.string?.hasSuffix("/ok?page=2") == true)
    #expect(pages[1]["response"]?["status"] == 200)
    #expect(pages[1]["response"]?["body"] == #"{"items": [{"id": 3}]}"#)
    #expect(data["inferred_schema"]?["properties"]?["id"]?["type"] == ["number", "null"])
    #expect(data["test_read_limit_reached"] == false)
    #expect(data["auxiliary_requests"] == [])
    #expect(data["latest_config_update"] == nil)
    #expect(run.status == 0)
    #expect(run.stderr == "")
  }

  @Test(arguments: [("--pages", "2", 2, 2), ("--pages", "7", 7, 7)])
  func pagesAreLimited(option: String, number: String, pages: Int, requests: Int) async throws {
    let run = try await Self.read(Self.connection(), "--stream", "other", option, number)
    let data = try Self.data(run)
    #expect(data["slices"]?[0]?["pages"]?.array?.count == pages)
    #expect(data["test_read_limit_reached"] == true)
    #expect(run.status == 0)
  }

  @Test func aFailureIsShownOnce() async throws {
    let run = try await Self.read(Self.connection(), "--stream", "refused")
    let data = try Self.data(run)
    #expect(data["slices"]?[0]?["pages"]?[0]?["response"]?["status"] == 404)
    #expect(data["slices"]?[0]?["pages"]?[0]?["records"] == [])
    #expect(data["inferred_schema"] == nil)
    let errors = data["logs"]?.array?.filter { $0["level"] == "ERROR" && $0["internal_message"] != .null } ?? []
    #expect(errors.count == 1)
    #expect(errors.first?["message"]?.string?.contains("404") == true)
    #expect(run.status == 1)
  }

  @Test func nothingIsSentAgain() async throws {
    let log = Requests()
    let api = try UnrulyAPI { request in
      log.add(request.target)
      return .json(503, "{}")
    }
    let manifest = Manifests.streams(["ok"]).replacing("max_retries: 0", with: "max_retries: 5")
    let run = try await Self.read(Connection(to: api, manifest: manifest))
    #expect(log.all == ["/ok"])
    #expect(run.status == 1)
  }

  @Test func secretsAreMaskedInAllButRecords() async throws {
    let connection = try Self.connection()
    for format in ["json", "text"] {
      let run = try await Self.read(connection, "--stream", "other", "--format", format, "--details")
      #expect(!run.stdout.contains("t0ken-of-the-shelves"))
      #expect(run.stdout.contains("****"))
    }
  }

  @Test func aRecordingShowsTheSame() async throws {
    let connection = try Self.connection()
    let recorded = try await Self.read(connection, "--stream", "other", "--record", "run.har")
    let replayed = try await Self.read(connection, "--stream", "other", "--replay", "run.har")
    let masked = recorded.stdout
    #expect(replayed.stdout.replacing(/\*{4}[0-9a-f]{8}/, with: "****") == masked)
    #expect(replayed.status == 0)
  }

  @Test func aMockNeedsNeitherConfigNorAPI() async throws {
    let folder = try Folder()
    try folder.write("manifest.yaml", Manifests.streams(["ok"]))
    let run = try await Tool.run(["test-read", "--mock"], in: folder)
    #expect(try Self.data(run)["slices"]?[0]?["pages"]?.array?.count == 2)
    #expect(run.status == 0)
  }

  // MARK: Which stream

  @Test(arguments: [
    (["--stream", "okk"], "There is no stream `okk` in the manifest: did you mean `ok`?"),
    ([], "The manifest has 3 streams: choose one with --stream. They are `ok`, `other`, `refused`"),
  ])
  func aStreamHasToBeChosen(arguments: [String], message: String) async throws {
    let connection = try Self.connection()
    let json = try await connection.run(["test-read", "manifest.yaml", "--config", "config.json"] + arguments)
    #expect(try json.errors().map { $0["message"]?.string } == [message])
    #expect(json.status == 1)
    let text = try await connection.run(
      ["test-read", "manifest.yaml", "--config", "config.json", "--format", "text"] + arguments)
    #expect(text.stderr == "error: \(message)\n")
    #expect(text.stdout == "")
    #expect(text.status == 1)
  }

  @Test func theOnlyStreamNeedsNoName() async throws {
    let run = try await Self.read(Self.connection(["ok"]))
    #expect(try run.messages().first?["record"]?["stream"] == "ok")
  }

  @Test(arguments: [
    (["--slices", "0"], "--slices should be a number from 1 to 10000."),
    (["--pages", "0"], "--pages should be a number from 1 to 10000."),
    (["--records", "10001"], "--records should be a number from 1 to 10000."),
  ])
  func wrongUsage(arguments: [String], sentence: String) async throws {
    let run = try await Self.connection().run(["test-read", "manifest.yaml", "--config", "config.json"] + arguments)
    #expect(run.stderr.contains(sentence))
    #expect(run.status == 64)
  }

  @Test func aManifestThatIsWrongIsShownWithItsLine() async throws {
    let connection = try Connection(manifest: Manifests.streams(["ok"]).replacing("PageIncrement", with: "PageIncremnt"))
    let text = try await Self.read(connection, "--format", "text")
    #expect(text.stderr.contains("unknown type `PageIncremnt`"))
    #expect(text.stdout == "")
    let json = try await Self.read(connection)
    #expect(try json.errors().count == 1)
    #expect(json.status == 1)
  }

  // MARK: Text

  @Test func theTextIsForPeople() async throws {
    let run = try await Self.read(Self.connection(), "--stream", "other", "--format", "text", "--pages", "1")
    let lines = run.stdout.components(separatedBy: "\n")
    #expect(lines.first == "other  2 records, 1 page, 1 slice")
    #expect(lines.contains { $0.hasPrefix("  page 1  GET http://") && $0.hasSuffix("  2 records") })
    #expect(lines.contains(#"    {"id":7,"at":"2024-01-01"}"#))
    #expect(lines.contains("  id      number"))
    #expect(lines.contains("  at      string  %Y-%m-%d"))
    #expect(lines.contains("    name  string"))
    #expect(lines.contains("A limit was reached, so there may be more: 1 page of a slice (--pages)."))
    #expect(!run.stdout.contains("\u{1B}"))
    let colored = try await Self.read(Self.connection(), "--stream", "other", "--format", "text", "--color", "always")
    #expect(colored.stdout.contains("\u{1B}[1mother\u{1B}[0m"))
  }

  @Test func detailsAreHeadersAndBodies() async throws {
    let run = try await Self.read(Self.connection(), "--stream", "ok", "--format", "text", "--details")
    let lines = run.stdout.components(separatedBy: "\n")
    #expect(lines.contains("    > Authorization: Bearer ****"))
    #expect(lines.contains("    < Content-Type: application/json"))
    #expect(lines.contains(#"    < {"items":[{"id":1},{"id":2}]}"#))
  }

  @Test func curlGetsTheSameAnswer() async throws {
    let connection = try Self.connection()
    let text = try await Self.read(connection, "--stream", "ok", "--format", "text")
    let line = try #require(text.stdout.components(separatedBy: "\n").first { $0.hasPrefix("    curl ") })
    let run = try await Tool.shell("\(line) -s", [], in: connection.folder)
    #expect(run.stdout == #"{"items": [{"id": 1}, {"id": 2}]}"#)
  }

  // MARK: The schema

  @Test func theSchemaIsWrittenIntoTheManifest() async throws {
    let connection = try Self.connection()
    let first = try await Self.read(connection, "--stream", "other", "--merge-schema")
    #expect(first.status == 0)
    #expect(
      first.stderr == """
        2 fields were added to the schema of `other` in manifest.yaml: at, who.
        The same schema is that of `ok`, `refused`.

        """)
    #expect(
      try connection.folder.text("manifest.yaml").contains(
        #"properties: {id: {type: integer}, at: {type: [string, "null"]}, who: {type: [object, "null"], properties: {name: {type: [string, "null"]}}}}}"#
      ))
    let second = try await Self.read(connection, "--stream", "other", "--merge-schema")
    #expect(second.stderr == "manifest.yaml has all fields of `other` already.\n")
    #expect(second.status == 0)
    #expect(try connection.folder.names().filter { $0.contains("manifest") } == ["manifest.yaml"])
  }

  @Test func aStreamWithoutRecordsHasNoSchema() async throws {
    let connection = try Self.connection()
    let run = try await Self.read(connection, "--stream", "refused", "--merge-schema", "--format", "text")
    #expect(run.stderr == "error: The stream `refused` has no records, so there is no schema to write into manifest.yaml\n")
    #expect(run.status == 1)
    #expect(try connection.folder.text("manifest.yaml") == Manifests.streams(["ok", "other", "refused"]))
    let json = try await Self.read(connection, "--stream", "refused", "--merge-schema")
    #expect(try json.messages().count == 1)
    #expect(json.stderr == run.stderr)
  }
}

/// What was asked of an API, in order.
private final class Requests: Sendable {
  private let targets = Mutex<[String]>([])

  func add(_ target: String) { targets.withLock { $0.append(target) } }
  var all: [String] { targets.withLock { $0 } }
}
