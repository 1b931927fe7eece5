import Foundation
import JSON
import Testing

/// `plan`, `why` and `graph`, by the program.
@Suite(.timeLimit(.minutes(15))) struct PlanCommandTests {
  private static func bookshop(at url: String = "https://api.example.com") throws -> Folder {
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    try folder.write("config.json", #"{"base_url": "\#(url)", "token": "s3cr3t-of-the-shelves"}"#)
    return folder
  }

  @Test("No form of a plan shows a secret", arguments: ["text", "json", "curl", "hurl"])
  func secrets(format: String) async throws {
    let folder = try Self.bookshop()
    let run = try await Tool.run(["plan", "manifest.yaml", "--config", "config.json", "--format", format], in: folder)
    #expect(run.status == 0)
    #expect(run.stdout.contains("v1/authors"))
    #expect(!(run.stdout + run.stderr).contains("s3cr3t"))
  }

  @Test("curl gets from a mock what the plan says")
  func curl() async throws {
    let folder = try Self.bookshop()
    let run = try await Tool.shell(
      """
      "$@" mock --manifest manifest.yaml > address 2> log & server=$!
      until [ -s address ]; do kill -0 $server 2> /dev/null || { cat log; exit 9; }; done
      printf '{"base_url": "%s", "token": "sesame"}' "$(cat address)" > config.json
      "$@" plan manifest.yaml --config config.json --format curl > plan.sh
      TOKEN=sesame sh plan.sh 2> /dev/null
      kill -TERM $server
      wait $server
      """, [], in: folder)
    let answer = try JSONValue(parsing: Array(run.stdout.utf8))
    let script = try folder.text("plan.sh")
    #expect(answer["authors"]?.array?.isEmpty == false, "\(run.stdout) \(script)")
  }

  @Test("Parents are asked where that is wanted, and nothing else")
  func parents() async throws {
    let api = try UnrulyAPI { request in
      request.target.hasPrefix("/v1/authors") ? .json(200, #"{"authors": [{"id": 41, "name": "Ada"}]}"#) : .json(500, "{}")
    }
    let folder = try Self.bookshop(at: "http://\(api.address)")
    let child = """
        - type: DeclarativeStream
          name: books
          retriever:
            type: SimpleRetriever
            requester:
              type: HttpRequester
              url: "{{ config['base_url'] }}/v1/books/{{ stream_partition.author }}"
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
            partition_router:
              type: SubstreamPartitionRouter
              parent_stream_configs:
                - {type: ParentStreamConfig, parent_key: id, partition_field: author, stream: {$ref: "#/streams/0"}}
          schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
      spec:
      """
    try folder.write("manifest.yaml", try folder.text("manifest.yaml").replacing("\nspec:\n", with: "\n\(child)\n"))
    let arguments = ["plan", "manifest.yaml", "--config", "config.json", "--streams", "books", "--format", "curl"]
    let read = try await Tool.run(arguments + ["--parents"], in: folder)
    #expect(read.stdout.contains("/v1/books/41'"), "\(read.stdout) \(read.stderr)")
    let shown = try await Tool.run(arguments.dropLast() + ["json", "--parents"], in: folder)
    let request = try JSONValue(parsing: Array(shown.stdout.utf8))["streams"]?[0]?["requests"]?[0]
    #expect(request?["parent_record"] == ["id": 41, "name": "Ada"])
    let madeUp = try await Tool.run(arguments, in: folder)
    #expect(madeUp.stdout.contains("/v1/books/1'"), "\(madeUp.stdout) \(madeUp.stderr)")
  }

  @Test("A config that is made up is not passed off as the user's")
  func madeUpConfig() async throws {
    let folder = try Self.bookshop()
    for (options, source, word) in [
      ([], "a config made up from the spec", "made up"), (["--config", "config.json"], "the config", "given"),
    ] {
      let run = try await Tool.run(["plan", "manifest.yaml"] + options, in: folder)
      #expect(run.stdout.contains("  from \(source)\n"), "\(run.stdout)")
      let json = try await Tool.run(["plan", "manifest.yaml", "--format", "json"] + options, in: folder)
      #expect(try JSONValue(parsing: Array(json.stdout.utf8))["config"]?.string == word)
    }
  }

  @Test("Reports have looks, and their data have none", arguments: [["plan"], ["plan", "--simulate"]])
  func looks(arguments: [String]) async throws {
    let folder = try Self.bookshop()
    try folder.write(
      "manifest.yaml", try folder.text("manifest.yaml").replacing("name: authors", with: #"name: "auth\e[31mors""#))
    let run = try await Tool.run(arguments + ["manifest.yaml", "--color", "always"], in: folder)
    #expect(run.stdout.contains("\u{1B}[1m"), "\(run.stdout)")
    #expect(!run.stdout.contains("\u{1B}[31m"), "\(run.stdout)")
    #expect(run.stdout.contains(#"auth\u{1B}[31mors"#), "\(run.stdout)")
  }

  @Test(
    "A stream that does not exist, a config that is missing, options that exclude each other",
    arguments: [
      (["--streams", "author"], 1, "There is no stream `author` in the connector: did you mean `authors`?"),
      (["--config", "short.json"], 1, "base_url"), (["--config", "short.json", "--simulate"], 1, "base_url"),
      (["--parents"], 64, "--parents needs a config"),
      (["--latency", "1s"], 64, "--records, --latency, --page-size, --what-if and --parts need --simulate"),
      (["--simulate", "--parents", "--config", "config.json"], 64, "--simulate asks nobody"),
      (["--simulate", "--latency", "2h"], 64, "--latency should be an hour at most"),
      (["--simulate", "--format", "curl"], 64, "--simulate is written as text or json"),
      (["--simulate", "--records", "many"], 64, "many"),
      (
        ["--simulate", "--records", "author=5"], 1,
        "--records names the stream `author`, which the connector does not have: did you mean `authors`?"
      ),
    ])
  func mistakes(options: [String], status: Int32, words: String) async throws {
    let folder = try Self.bookshop()
    try folder.write("short.json", #"{"token": "sesame"}"#)
    let run = try await Tool.run(["plan", "manifest.yaml"] + options, in: folder)
    #expect(run.status == status)
    #expect(run.stdout.isEmpty)
    #expect(run.stderr.contains(words), "\(run.stderr)")
  }

  @Test("A simulation is data for programs, and its own runs are the same")
  func simulation() async throws {
    let folder = try Self.bookshop()
    let arguments = ["plan", "manifest.yaml", "--simulate", "--records", "authors=1001", "--format", "json"]
    let run = try await Tool.run(arguments, in: folder)
    let json = try JSONValue(parsing: Array(run.stdout.utf8))
    #expect(json["requests"] == 501)
    #expect(json["seconds"]?.double == 50.1)
    #expect(json["streams"]?[0]?["bound"] == "pages in sequence")
    #expect(try await Tool.run(arguments, in: folder).stdout == run.stdout)
  }

  // MARK: why

  @Test("The requests of a recording have reasons, and are listed")
  func reasons() async throws {
    let folder = try Self.bookshop()
    _ = try await Tool.run(["read", "manifest.yaml", "--mock", "--record", "run.har.gz"], in: folder)
    let list = try await Tool.run(["why", "run.har.gz"], in: folder)
    #expect(list.stdout.split(separator: "\n").count == 2)
    try folder.write("cut.har", #"{"log": {"entries": [{"request": {"method": "GET", "url": "https://a.test/x"}}, {"requ"#)
    let cut = try await Tool.run(["why", "cut.har"], in: folder)
    #expect(cut.stdout.hasSuffix("https://a.test/x\nThe file ends in the middle: what followed is missing.\n"))
    let second = try await Tool.run(["why", "run.har.gz", "--request", "2"], in: folder)
    #expect(second.stdout.contains("the page token of PageIncrement (manifest.yaml:"), "\(second.stdout)")
    #expect(second.stdout.contains("verdict   SUCCESS, by the defaults"))
    let json = try JSONValue(
      parsing: Array(try await Tool.run(["why", "run.har.gz", "--request", "2", "--format", "json"], in: folder).stdout.utf8))
    #expect(json["parts"]?.array?.contains { $0["name"] == "page" && $0["value"] == "2" } == true)
    #expect(json["verdict"]?["action"] == "SUCCESS")
  }

  @Test("Recordings of other programs are shown without reasons, and numbers that are missing are errors")
  func foreign() async throws {
    let folder = try Self.bookshop()
    try folder.write(
      "other.har",
      #"""
      {"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [{"startedDateTime": "2025-03-01T00:00:00Z", "time": 5,
      "request": {"method": "GET", "url": "https://a.test/x"}, "response": {"status": 200}}]}}
      """#)
    let shown = try await Tool.run(["why", "other.har", "--request", "1"], in: folder)
    #expect(shown.stdout == "GET https://a.test/x\n  answer    200 after 5 ms\n")
    let missing = try await Tool.run(["why", "other.har", "--request", "2"], in: folder)
    #expect(missing.status == 1)
    #expect(missing.stderr == "error: The recording other.har has no request 2: it has 1, from 1 to 1\n")
    let stream = try await Tool.run(["why", "other.har", "--stream", "x"], in: folder)
    #expect(stream.stderr == "error: The recording other.har has no request of the stream `x`\n")
  }

  // MARK: graph

  @Test("A picture of standard input, and of a manifest that is not valid")
  func graphs() async throws {
    let folder = try Self.bookshop()
    let text = try folder.text("manifest.yaml")
    let picture = try await Tool.run(["graph", "-", "--format", "svg"], in: folder, stdin: text)
    #expect(picture.stdout.hasPrefix("<svg"))
    #expect(picture.stdout.contains(">authors</text>"))
    try folder.write("wrong.yaml", text.replacing("SimpleRetriever", with: "SimpleRetriver"))
    let wrong = try await Tool.run(["graph", "wrong.yaml"], in: folder)
    #expect(wrong.status == 1)
    #expect(wrong.stderr.contains("wrong.yaml:"))
    let missing = try await Tool.run(["graph", "nowhere"], in: folder)
    #expect(missing.stderr == "error: The manifest nowhere does not exist\n")
  }
}
