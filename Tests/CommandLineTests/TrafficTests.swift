import ConnectorModel
import Foundation
import JSON
import Testing
import Traffic

/// Runs that are recorded and replayed by the program.
@Suite(.timeLimit(.minutes(15))) struct TrafficTests {
  private static let secret = "s3cr3t-of-the-shelves"

  /// Pages of authors for the README's manifest; the API echoes the credentials.
  private static func authors(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    guard request.text.contains("Bearer \(secret)") else { return .json(401, #"{"message": "no"}"#) }
    let rows =
      switch request.target.split(separator: "page=").dropFirst().first?.first {
      case nil: #"{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}"#
      case "2": #"{"id": 3, "name": "Nuala"}"#
      default: ""
      }
    return .json(200, #"{"authors": [\#(rows)], "echo": "\#(secret)"}"#)
  }

  private static func bookshop(_ api: UnrulyAPI) throws -> Folder {
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    try folder.write("config.json", #"{"base_url": "http://\#(api.address)", "token": "\#(secret)"}"#)
    try folder.write("other.json", #"{"base_url": "http://\#(api.address)", "token": "made-up-by-somebody"}"#)
    try folder.write(
      "catalog.json",
      #"{"streams": [{"stream": {"name": "authors", "json_schema": {}}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}"#
    )
    return folder
  }

  private static let read = ["read", "manifest.yaml", "--catalog", "catalog.json", "--config"]

  @Test("What was recorded is replayed with other secrets, byte for byte", arguments: ["run.har", "run.har.gz"])
  func replays(_ file: String) async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    let recorded = try await Tool.run(Self.read + ["config.json", "--record", file], in: folder)
    #expect(try recorded.recordCount(of: "authors") == 3)
    #expect(recorded.status == 0)
    for config in ["config.json", "other.json"] {
      let replayed = try await Tool.run(Self.read + [config, "--replay", file], in: folder)
      #expect(replayed.stdout == recorded.stdout)
      #expect(replayed.status == 0)
    }
    for command in ["check", "discover"] {
      let arguments = [command, "manifest.yaml", "--config", "config.json"]
      let recorded = try await Tool.run(arguments + ["--record", file], in: folder)
      #expect(try await Tool.run(arguments + ["--replay", file], in: folder).stdout == recorded.stdout)
    }
  }

  @Test("A recording is HAR 1.2 without secrets, in which equal ones are equal")
  func isMasked() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    // Whoever could read a file of that name before cannot read the recording.
    try folder.write("run.har", "")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.url(of: "run.har").path)
    _ = try await Tool.run(Self.read + ["config.json", "--record", "run.har"], in: folder)
    let text = try folder.text("run.har")
    #expect(!text.contains(Self.secret))
    let log = try #require(try JSONValue(parsing: Array(text.utf8))["log"])
    #expect(log["version"] == "1.2")
    let entries = try #require(log["entries"]?.array)
    #expect(entries.count == 2)
    let echoes = entries.compactMap { $0["response"]?["content"]?["text"]?.string?.firstMatch(of: /\*{4}[0-9a-f]{8}/)?.output }
    #expect(echoes.count == 2 && Set(echoes).count == 1)
    for (part, members) in Self.demanded {
      let value = part.reduce(Optional(entries[0])) { $0?[$1] }
      #expect(members.allSatisfy { value?[$0] != nil }, "\(part)")
    }
    #expect(entries[1]["_stream"] == "authors")
    #expect(entries[1]["_attempt"] == 1)
    #expect(entries[1]["_component"] == "streams[0].retriever.requester")
    #expect(entries[1]["_manifest"]?["url"]?.string == "manifest.yaml:12:14")
    #expect(try FileManager.default.attributesOfItem(atPath: folder.url(of: "run.har").path)[.posixPermissions] as? Int == 0o600)
  }

  /// A shop whose parents have the secrets of the config for keys, and say so in links, numbers and texts.
  private static func mirror(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    if request.target.hasPrefix("/parents?page=2") {
      return .json(200, #"{"data": [{"id": "plain", "owner": "other", "account": 5}]}"#)
    }
    guard request.path == "/parents" else {
      return .json(200, #"{"data": [{"child": "\#(request.path)", "updated": "2024-01-02", "who": "\#(Self.secret)"}]}"#)
    }
    let host = request.headerValues.first { $0.hasPrefix("127.0.0.1") } ?? ""
    return .json(
      200,
      #"""
      {"data": [
        {"id": "\#(Self.secret)", "owner": "\#(Self.secret)", "account": 1}, {"id": "a+b \"c\" ?é", "owner": "x", "account": 48151623},
        {"id": "dropped", "owner": "x", "account": 2}],
      "next": "http://\#(host)/parents?page=2&key=\#(Self.secret)"}
      """#)
  }

  private static let mirrored = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [parents]}
    definitions:
      parents:
        type: DeclarativeStream
        name: parents
        primary_key: id
        schema_loader: {type: InlineSchemaLoader, schema: {type: object}}
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: /parents}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: [data]}
            record_filter:
              type: RecordFilter
              condition: "{{ record['owner'] == config['token'] or record['account'] in [config['account'], 5] }}"
          paginator:
            type: DefaultPaginator
            page_token_option: {type: RequestPath}
            pagination_strategy:
              {type: CursorPagination, cursor_value: "{{ response.next }}", stop_condition: "{{ not response.next }}"}
        transformations:
          - {type: AddFields, fields: [{path: [length], value: "{{ record['id'] | length }}"}]}
    streams:
      - $ref: "#/definitions/parents"
      - type: DeclarativeStream
        name: children
        primary_key: child
        schema_loader: {type: InlineSchemaLoader, schema: {type: object}}
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: "/items/{{ stream_partition.id }}"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
          partition_router:
            type: SubstreamPartitionRouter
            parent_stream_configs:
              - {type: ParentStreamConfig, stream: {$ref: "#/definitions/parents"}, parent_key: id, partition_field: id}
        incremental_sync:
          {type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01"}
    spec:
      type: Spec
      connection_specification:
        type: object
        required: [base_url, token]
        properties:
          base_url: {type: string}
          token: {type: string, airbyte_secret: true}
          other: {type: string, airbyte_secret: true}
          account: {type: integer, airbyte_secret: true}
    """

  @Test("Keys, links and numbers that are secrets of the config lead a replay where they led the run")
  func secretsInAnswers() async throws {
    let api = try UnrulyAPI(Self.mirror)
    let folder = try Folder()
    try folder.write("manifest.yaml", Self.mirrored)
    func config(_ name: String, _ token: String, _ other: String, _ account: Int) throws {
      let values: JSONValue = [
        "base_url": .string("http://\(api.address)"), "token": .string(token), "other": .string(other), "account": .int(account),
      ]
      try folder.write(name, values.jsonText)
    }
    try config("config.json", Self.secret, "a+b \"c\" ?é", 48_151_623)
    let recorded = try await Tool.run(["read", "manifest.yaml", "--config", "config.json", "--record", "run.har"], in: folder)
    #expect(recorded.status == 0)
    #expect(try recorded.recordCount(of: "parents") == 3)
    #expect(try recorded.recordCount(of: "children") == 3)
    let text = try folder.text("run.har")
    for secret in [Self.secret, "48151623", "a+b "] { #expect(!text.contains(secret)) }
    // With the same config, byte for byte.
    let same = try await Tool.run(["read", "manifest.yaml", "--config", "config.json", "--replay", "run.har"], in: folder)
    #expect(same.stdout == recorded.stdout)
    // With others, as it would have been with those.
    try config("other.json", "s0mething-else-entirely", "another/& \"o", 99_887_766)
    let other = try await Tool.run(["read", "manifest.yaml", "--config", "other.json", "--replay", "run.har"], in: folder)
    #expect(other.status == 0)
    func masked(_ run: Tool.Outcome, _ secrets: [String]) -> [String] {
      var text = run.stdout
      for secret in secrets { text = text.replacing(secret, with: "****") }
      return text.replacing(/"length":\d+/, with: "").split(separator: "\n").map(String.init)
    }
    let hidden = masked(recorded, [Self.secret, #"a+b \"c\" ?é"#, "a+b%20%22c%22%20?%C3%A9", "48151623"])
    #expect(try other.recordCount(of: "children") == 3)
    #expect(masked(other, ["s0mething-else-entirely", #"another/& \"o"#, "99887766"]).count == hidden.count)
    // With the placeholders of the recording as the config.
    let placeholders = text.matches(of: /\*{4}[0-9a-f]{8}/).map { String($0.output) }
    #expect(Set(placeholders).count >= 2)
    let replayed = try await Tool.run(["read", "manifest.yaml", "--config", "other.json", "--replay", "run.har"], in: folder)
    #expect(replayed.stdout == other.stdout)
  }

  @Test("A run that fails is replayed with its error")
  func replaysFailures() async throws {
    let api = try UnrulyAPI { UnrulyAPI.usual($0) }
    let connection = try Connection(to: api)
    for stream in ["refused", "broken", "garbage", "cut", "dropped", "noise"] {
      let arguments = try connection.readArguments([stream])
      let recorded = try await Tool.run(arguments + ["--record", "run.har"], in: connection.folder)
      let replayed = try await Tool.run(arguments + ["--replay", "run.har"], in: connection.folder)
      #expect(replayed.stdout == recorded.stdout, "\(stream)")
      #expect(replayed.status == recorded.status, "\(stream)")
    }
  }

  @Test("Streams that are read side by side are replayed a hundred times alike")
  func isTheSameEachTime() async throws {
    let api = try UnrulyAPI { request in
      let page = Int(request.target.split(separator: "page=").last?.prefix { $0.isNumber } ?? "") ?? 1
      return .json(200, page < 6 ? #"{"items": [{"id": \#(page)}, {"id": 0}]}"# : #"{"items": []}"#)
    }
    let names = (1...5).map { "stream\($0)" }
    let connection = try Connection(to: api, manifest: Manifests.streams(names))
    let arguments = try connection.readArguments(names)
    let recorded = try await Tool.run(arguments + ["--record", "run.har"], in: connection.folder)
    #expect(recorded.status == 0)
    for _ in 1...100 {
      let replayed = try await Tool.run(arguments + ["--replay", "run.har"], in: connection.folder)
      #expect(replayed.stdout == recorded.stdout)
    }
  }

  @Test("A recording goes over URLSession as over the other transport, and is replayed without either")
  func recordsOverURLSession() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    let line = #"AIRBYTE_LOWCODE_TRANSPORT=urlsession "$@" --record run.har"#
    let recorded = try await Tool.shell(line, Self.read + ["config.json"], in: folder)
    #expect(try recorded.recordCount(of: "authors") == 3)
    #expect(try await Tool.run(Self.read + ["config.json", "--replay", "run.har"], in: folder).stdout == recorded.stdout)
  }

  @Test("A file that is no recording is not overwritten")
  func keepsOtherFiles() async throws {
    let folder = try Self.bookshop(try UnrulyAPI(isListening: false))
    try FileManager.default.createSymbolicLink(at: folder.url(of: "run.har"), withDestinationURL: folder.url(of: "config.json"))
    let config = try folder.text("config.json")
    let run = try await Tool.run(Self.read + ["config.json", "--record", "run.har"], in: folder)
    #expect(run.status == 1)
    #expect(
      try run.errors().first?["message"]?.string?.hasPrefix("The recording run.har cannot be written: there is a file") == true)
    #expect(try folder.text("config.json") == config)
  }

  @Test(
    "A recording that is no JSON is an error with its place",
    arguments: [
      ("{\"log\":\n {\"entries\": oops}}", "The recording run.har:2:14 cannot be read"),
      (
        "{\"log\":\n {\"entries\": [\n  {\"request\":\n oops}]}}", "Entry 1 of the recording run.har:4:2 cannot be read"
      ),
      ("{}", "The recording run.har cannot be read as a HAR file: it has no `log` with `entries`"),
      ("{\"log\": {\"entries\": []}}", "The recording run.har has no answer to GET"),
    ])
  func broken(_ text: String, _ words: String) async throws {
    let folder = try Self.bookshop(try UnrulyAPI(isListening: false))
    try folder.write("run.har", text)
    let run = try await Tool.run(Self.read + ["config.json", "--replay", "run.har"], in: folder)
    #expect(run.status == 1)
    #expect(try run.errors().first?["message"]?.string?.hasPrefix(words) == true, "\(run.stdout)")
  }

  @Test("A request that was not recorded is an error, which names the nearest one and what differs")
  func unrecorded() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    _ = try await Tool.run(Self.read + ["config.json", "--record", "run.har"], in: folder)
    try folder.write(
      "manifest.yaml", try folder.text("manifest.yaml").replacing("start_from_page: 1", with: "start_from_page: 7"))
    let replayed = try await Tool.run(Self.read + ["config.json", "--replay", "run.har"], in: folder)
    #expect(replayed.status == 1)
    let message = try #require(try replayed.errors().first?["message"]?.string)
    #expect(
      message.hasPrefix("The recording run.har has no answer to GET http://\(api.address)/v1/authors. The nearest one is number"))
    #expect(message.contains("parameter `page` is '8', recorded '2'"))
    // By that number, `why` knows it.
    let number = try #require(message.firstMatch(of: /nearest one is number (\d+)/)?.output.1)
    let why = try await Tool.run(["why", "run.har", "--request", String(number)], in: folder)
    #expect(why.status == 0, "\(why.stderr)")
    #expect(try replayed.errors().first?["failure_type"] == "config_error")
  }

  @Test("New requests are added to a recording where that is asked for")
  func newEpisodes() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    let once = try await Tool.run(Self.read + ["config.json", "--replay", "run.har", "--replay-mode", "once"], in: folder)
    #expect(try once.recordCount(of: "authors") == 3)
    #expect(try HARFile(path: folder.url(of: "run.har").path).count == 2)
    try folder.write("manifest.yaml", try folder.text("manifest.yaml").replacing("page_size: 2", with: "page_size: 1"))
    let refused = try await Tool.run(Self.read + ["config.json", "--replay", "run.har", "--replay-mode", "once"], in: folder)
    #expect(refused.status == 1)
    let more = try await Tool.run(
      Self.read + ["config.json", "--replay", "run.har", "--replay-mode", "new_episodes"], in: folder)
    #expect(more.status == 0, "\(more)")
    #expect(try HARFile(path: folder.url(of: "run.har").path).count > 2)
    let again = try await Tool.run(Self.read + ["config.json", "--replay", "run.har"], in: folder)
    #expect(again.status == 0)
    #expect(
      try again.messages("RECORD", "record").map { $0["data"] } == more.messages("RECORD", "record").map { $0["data"] })
  }

  @Test("The recording of a browser is replayed, at its times")
  func replaysABrowser() async throws {
    let folder = try Self.bookshop(try UnrulyAPI(isListening: false))
    try folder.write("config.json", #"{"base_url": "https://api.example.com", "token": "none"}"#)
    let fixture = Document.root.appending(path: "Tests/CommandLineTests/Fixtures/browser.har").path
    let replayed = try await Tool.run(Self.read + ["config.json", "--replay", fixture], in: folder)
    #expect(replayed.status == 0)
    let records = try replayed.messages("RECORD", "record")
    #expect(records.map { $0["data"]?["id"] } == [1, 2, 3])
    // 2025-03-01T12:00:00.1425Z and 12:00:01.02Z.
    #expect(records.map { $0["emitted_at"]?.int } == [1_740_830_400_142, 1_740_830_400_142, 1_740_830_401_020])
  }

  /// The program of mitmproxy, where it is installed.
  private static let mitmdump = ProcessInfo.processInfo.environment["AIRBYTE_LOWCODE_MITMDUMP"] ?? ""

  @Test(
    "mitmproxy reads recordings, and its own are replayed",
    .enabled(if: !mitmdump.isEmpty, "AIRBYTE_LOWCODE_MITMDUMP names no mitmdump"))
  func exchangesWithMitmproxy() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    let recorded = try await Tool.run(Self.read + ["config.json", "--record", "run.har"], in: folder)
    let shown = try await Tool.shell("\(Self.mitmdump) -nr run.har", [], in: folder)
    #expect(shown.status == 0)
    #expect(shown.stdout.matches(of: /GET .*\/v1\/authors/).count == 2)

    // The address that it listens on is the last word of a line of its log.
    let line = """
      PYTHONUNBUFFERED=1 env --default-signal=INT \(Self.mitmdump) -p 0 --set hardump=theirs.har --set termlog_verbosity=info > log 2>&1 & pid=$!
      while kill -0 $pid && ! grep -q "listening at" log; do :; done
      port=$(grep -o "listening at .*" log | grep -o "[0-9]*" | tail -1)
      http_proxy=http://127.0.0.1:$port "$@" > through.jsonl; status=$?
      kill -INT $pid; wait $pid; exit $status
      """
    let through = try await Tool.shell(line, Self.read + ["config.json"], in: folder)
    #expect(through.status == 0)
    let replayed = try await Tool.run(Self.read + ["other.json", "--replay", "theirs.har"], in: folder)
    #expect(replayed.status == 0, "\(replayed.stdout)")
    #expect(
      try replayed.messages("RECORD", "record").map { $0["data"] } == recorded.messages("RECORD", "record").map { $0["data"] })
  }

  /// What HAR 1.2 demands of each part of an entry.
  private static let demanded: [(part: [String], members: [String])] = [
    ([], ["startedDateTime", "time", "request", "response", "cache", "timings"]),
    (["request"], ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"]),
    (
      ["response"],
      ["status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize"]
    ),
    (["response", "content"], ["size", "mimeType"]), (["timings"], ["send", "wait", "receive"]),
  ]

  @Test("A run that is ended leaves a recording that is complete", arguments: [SIGTERM, SIGINT, SIGKILL])
  func interrupted(_ number: Int32) async throws {
    let api = try UnrulyAPI { request in
      let page = Int(request.target.split(separator: "page=").last?.prefix { $0.isNumber } ?? "") ?? 1
      return .json(200, #"{"items": [{"id": \#(page)}, {"id": 0}]}"#)
    }
    let connection = try Connection(to: api, manifest: Manifests.streams(["endless"]))
    let arguments = try connection.readArguments(["endless"])
    let command =
      #"env --default-signal=INT "$@" --record run.har > out & pid=$!; while ! grep -q '"id":20}' out; do :; done; kill -\#(number) $pid; wait $pid"#
    _ = try await Tool.shell(command, arguments, in: connection.folder)
    let recording = try HARFile(path: connection.folder.url(of: "run.har").path)
    #expect(!recording.isCutOff)
    #expect(recording.count >= 19)
    _ = try JSONValue(parsing: Array(try connection.folder.text("run.har").utf8))
  }

  @Test(
    "Options that do not fit together are refused",
    arguments: [
      (["--record", "a.har", "--replay", "b.har"], "exclude each other"), (["--record-limit", "1MB"], "need --record"),
      (["--replay-mode", "once"], "needs --replay"), (["--record", "manifest.yaml"], "should end in .har"),
      (["--record", "a.har", "--record-limit", "much"], "--record-limit"),
    ])
  func usage(_ options: [String], _ words: String) async throws {
    let folder = try Folder()
    let run = try await Tool.run(Self.read + ["config.json"] + options, in: folder)
    #expect(run.status != 0 && run.stderr.contains(words))
  }

  @Test("What the page about traffic shows is what happens")
  func theTutorial() async throws {
    let api = try UnrulyAPI(Self.authors)
    let folder = try Self.bookshop(api)
    try folder.makeFolder("bin")
    try FileManager.default.createSymbolicLink(
      at: folder.url(of: "bin/airbyte-lowcode"), withDestinationURL: URL(fileURLWithPath: Tool.path))
    let page = try Document("docs/traffic.md")
    let section = try #require(page.text.components(separatedBy: "\n## ").first { $0.hasPrefix("A bug report") })
    let blocks = section.components(separatedBy: "\n```sh\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    #expect(blocks.count == 3)
    for block in blocks {
      let run = try await Tool.shell(#"PATH="$PWD/bin:$PATH"; set -e; \#(block)"#, [], in: folder)
      #expect(run.status == 0 && run.stdout.isEmpty, "\(block)\n\(run.stderr)")
    }
    #expect(try !folder.text("again.jsonl").isEmpty)
    let shown = try #require(section.components(separatedBy: "\n```text\n").dropFirst().first?.split(separator: "\n").first)
    #expect(
      shown.hasPrefix(
        "The recording bug.har.gz has no answer to GET https://api.example.com/v1/authors. The nearest one is number"))
  }
}
