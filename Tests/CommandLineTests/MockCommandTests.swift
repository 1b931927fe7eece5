import Foundation
import JSON
import Testing

/// `mock` and `drill`, by the program and with real clients.
@Suite(.timeLimit(.minutes(15))) struct MockCommandTests {
  /// Starts the mock, runs `line` with its address as `$mock`, ends it by a signal, and prints its status.
  private static func serve(
    _ arguments: [String], in folder: Folder, by signal: String = "TERM", _ line: String
  ) async throws -> (output: String, log: String, status: String) {
    let run = try await Tool.shell(
      """
      "$@" > address 2> log & server=$!
      until [ -s address ]; do kill -0 $server 2> /dev/null || { cat log; exit 9; }; done
      mock=$(cat address)
      { \(line)
      } 2>&1
      kill -\(signal) $server
      wait $server
      printf 'status %s' $?
      """, ["mock"] + arguments, in: folder)
    let parts = run.stdout.components(separatedBy: "status ")
    return (parts.dropLast().joined(separator: "status "), try folder.text("log"), parts.last ?? "")
  }

  private static let expectations = #"[{"httpRequest": {"path": "/data"}, "httpResponse": {"body": "[1, 2]"}}]"#

  // MARK: The end

  @Test(
    "A signal ends the mock with a summary, and with 1 where --strict was told of something unknown",
    arguments: [
      ("TERM", [], "/none", "1 request, 1 of them unknown to the mock", "0"),
      ("INT", [], "/data", "1 request, 0 of them unknown to the mock", "0"),
      ("TERM", ["--strict"], "/data", "1 request, 0 of them unknown to the mock", "0"),
      ("TERM", ["--strict"], "/none", "error: 1 request, 1 of them unknown to the mock", "1"),
      ("INT", ["--strict"], "/none", "error: 1 request, 1 of them unknown to the mock", "1"),
    ])
  func signals(name: String, options: [String], path: String, summary: String, status: String) async throws {
    let folder = try Folder()
    try folder.write("expectations.json", Self.expectations)
    let run = try await Self.serve(
      ["expectations.json"] + options, in: folder, by: name, "curl -s -o /dev/null -w '%{http_code}' $mock\(path)")
    #expect(run.output == (path == "/data" ? "200" : "404"))
    #expect(run.log.hasSuffix(summary + "\n"))
    #expect(run.log.hasPrefix("GET \(path) -> "))
    #expect(run.status == status)
  }

  @Test("A client ends the mock by PUT /mockserver/stop, which is answered", arguments: [([], "0"), (["--strict"], "1")])
  func stops(options: [String], status: String) async throws {
    let folder = try Folder()
    try folder.write("expectations.json", Self.expectations)
    let run = try await Tool.shell(
      """
      "$@" > address 2> log & server=$!
      until [ -s address ]; do kill -0 $server 2> /dev/null || { cat log; exit 9; }; done
      mock=$(cat address)
      curl -s -o /dev/null -w '%{http_code} ' $mock/none
      curl -s -o /dev/null -w '%{http_code} ' -X PUT $mock/mockserver/stop
      wait $server
      printf 'status %s' $?
      """, ["mock", "expectations.json"] + options, in: folder)
    #expect(run.stdout == "404 200 status \(status)")
    #expect(try folder.text("log").contains("2 requests, 1 of them unknown to the mock"))
  }

  /// The log of the first request fills the pipe that nobody reads.
  @Test func aLogThatNobodyReadsKeepsNoSignalWaiting() async throws {
    let folder = try Folder()
    try folder.write("expectations.json", Self.expectations)
    let run = try await Tool.shell(
      """
      mkfifo log
      exec 3<> log
      "$@" > address 2> log & server=$!
      until [ -s address ]; do kill -0 $server 2> /dev/null || exit 9; done
      path=$(head -c 40000 /dev/zero | tr '\\0' a)
      for number in 1 2 3; do curl -s -o /dev/null -w '%{http_code} ' "$(cat address)/$path"; done
      kill -TERM $server
      wait $server
      printf 'status %s' $?
      """, ["mock", "expectations.json", "--strict"], in: folder)
    #expect(run.stdout == "404 404 404 status 1")
  }

  // MARK: Clients

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"))) func aClientControlsTheMock() async throws
  {
    let folder = try Folder()
    try folder.write("none.json", "[]")
    let script = Document.root.appending(path: "Tests/CommandLineTests/Fixtures/control_mock.py").path
    let run = try await Self.serve(["none.json"], in: folder, "/usr/bin/python3 -I -S \(script) $mock")
    #expect(
      run.output == """
        status 200
        before 404
        expectation 201
        answers (200, 'first') (203, '{"page":2}')
        twice 202
        too often 406
        in this order 202
        in another order 406
        requests [None, None, {'x': ['1']}]
        active ['second']
        wrong (400, 'body:1: An expectation has `httpRespons`, which this mock does not know')
        clear 200
        after 404
        reset 200
        none (200, '[]')

        """)
    #expect(run.status == "0")
  }

  // MARK: Sources

  @Test(
    "Mappings of WireMock come from a file, from a folder of them, and from WireMock's own folders",
    arguments: [
      "mapping.json", "mappings", ".",
    ])
  func mappings(source: String) async throws {
    let folder = try Folder()
    let mapping = #"{"request": {"method": "GET", "urlPath": "/a"}, "response": {"status": 201, "jsonBody": {"k": [1]}}}"#
    try folder.write("mapping.json", mapping)
    try folder.makeFolder("mappings/inner")
    try folder.makeFolder("__files")
    try folder.write("mappings/a.json", mapping)
    try folder.write(
      "mappings/inner/b.json",
      #"{"request": {"urlPathPattern": "/b/[0-9]+"}, "response": {"\#(source == "." ? "bodyFileName" : "body")": "b.txt"}}"#)
    try folder.write("__files/b.txt", "from a file")
    let run = try await Self.serve(
      [source], in: folder, "curl -s -w ' %{http_code} ' $mock/a; curl -s -w ' %{http_code}' $mock/b/12")
    let second =
      switch source {
      case "mappings": "b.txt 200"
      case ".": "from a file 200"
      default: #"{"error":"The mock knows no answer to GET \#(try folder.text("address").dropLast())/b/12"} 404"#
      }
    #expect(run.output == #"{"k":[1]} 201 "# + second)
  }

  @Test func aRecordingIsServed() async throws {
    let api = try UnrulyAPI { request in
      .json(200, request.target.contains("page=2") ? #"{"authors": [{"id": 3}]}"# : #"{"authors": [{"id": 1}, {"id": 2}]}"#)
    }
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    try folder.write("config.json", #"{"base_url": "http://\#(api.address)", "token": "sesame-street"}"#)
    try folder.write(
      "catalog.json",
      #"{"streams": [{"stream": {"name": "authors", "json_schema": {}}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}"#
    )
    let arguments = ["read", "manifest.yaml", "--catalog", "catalog.json", "--config"]
    let recorded = try await Tool.run(arguments + ["config.json", "--record", "run.har"], in: folder)
    #expect(try recorded.recordCount(of: "authors") == 3)
    let run = try await Self.serve(
      ["run.har", "--strict"], in: folder,
      """
      printf '{"base_url": "%s", "token": "another"}' $mock > other.json
      "$1" \(arguments.joined(separator: " ")) other.json > again.jsonl
      """)
    #expect(run.status == "0", "\(run.log)")
    func records(_ text: String) throws -> [JSONValue?] {
      try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"] == "RECORD" }.map {
        $0["record"]?["data"]
      }
    }
    #expect(try records(folder.text("again.jsonl")) == records(recorded.stdout))
  }

  @Test(
    "A source that cannot be used is an error with its place and a remedy",
    arguments: [
      (["none.json"], "There is no file `none.json`"),
      (["typo.json"], "typo.json:2: An `httpResponse` has `bdy`, which this mock does not know"),
      (["broken.json"], "broken.json:2: This is not JSON: expected a value, but the text ends"),
      (["other.json"], "other.json:1: This is neither an expectation of MockServer"),
      (["bad.har"], "Entry 1 of the recording bad.har cannot be read"),
      (["empty"], "The folder `empty` has no mappings"),
      (["--manifest", "manifest.yaml"], "manifest.yaml:3:11: error: `DeclarativeStream` needs `retriever`"),
      (["--manifest", "none.yaml"], "The manifest none.yaml does not exist"),
      (["--manifest", "manifest.yaml", "--config", "none.json"], "The config none.json does not exist"),
    ])
  func wrongSources(arguments: [String], message: String) async throws {
    let folder = try Folder()
    try folder.write("typo.json", "[{\"httpRequest\": {\"path\": \"/data\"},\n  \"httpResponse\": {\"bdy\": 1}}]")
    try folder.write("broken.json", "{\"a\":\n")
    try folder.write("other.json", "{}")
    try folder.write("bad.har", #"{"log": {"version": "1.2", "entries": [{"x": 1}]}}"#)
    try folder.write(
      "manifest.yaml",
      "version: 6.0.0\ntype: DeclarativeSource\nstreams: [{type: DeclarativeStream, name: x}]\ncheck: {type: CheckStream, stream_names: [x]}\n"
    )
    try folder.makeFolder("empty")
    let run = try await Tool.run(["mock"] + arguments, in: folder)
    #expect(run.stderr.contains(message), "\(run.stderr)")
    #expect(run.stdout.isEmpty)
    #expect(run.status == 1)
  }

  @Test func aPortThatIsTakenIsAnError() async throws {
    let folder = try Folder()
    try folder.write("expectations.json", Self.expectations)
    let run = try await Self.serve(
      ["expectations.json"], in: folder, #""$1" mock expectations.json --port ${mock##*:}; printf ' %s' $?"#)
    let port = try #require(try folder.text("address").split(separator: ":").last?.dropLast())
    #expect(
      run.output
        == "error: Another program listens on port \(port) of 127.0.0.1. Choose another port with --port, or leave the option out for a free one\n 1"
    )
  }

  @Test("Nothing but the manifest is needed with --mock", arguments: ["check", "discover", "catalog", "read"])
  func aManifestAlone(command: String) async throws {
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    let run = try await Tool.run([command, "manifest.yaml", "--mock"], in: folder)
    #expect(run.status == 0, "\(run.stdout)")
    #expect(run.stdout.contains(command == "check" ? "SUCCEEDED" : "authors"))
  }

  // MARK: Drills

  private static let bookshop = Document.root.appending(path: "manifests/bookshop").path

  @Test func aDrillPassesTheBookshop() async throws {
    let run = try await Tool.run(["drill", Self.bookshop, "--seeds", "1", "--format", "json"], in: try Folder())
    #expect(run.status == 0, "\(run.stdout)")
    let report = try JSONValue(parsing: Array(run.stdout.utf8))
    #expect(report["violations"] == 0)
    let runs = report["runs"]?.array ?? []
    #expect(runs.count == 10)
    #expect(runs.count { ($0["faults"]?.int ?? 0) > 0 } >= 9)
    // What can be mended by asking again is.
    for run in runs where !["expired-token", "repeated-page", "duplicated-records"].contains(run["fault"]?.string) {
      #expect(run["records"] == report["records"], "\(run["fault"]?.string ?? "")")
    }
  }

  @Test(
    "A drill finds what a manifest loses",
    arguments: [
      // The server's errors are taken for answers without records.
      (
        "error_handler: {type: DefaultErrorHandler, response_filters: [{type: HttpResponseFilter, http_codes: [500, 502, 503], action: IGNORE}]}",
        "server-error"
      ),
      // A limit ends the pages without a word.
      (
        "error_handler: {type: DefaultErrorHandler, response_filters: [{type: HttpResponseFilter, http_codes: [429], action: SUCCESS}]}",
        "rate-limit"
      ),
    ])
  func plantedFaults(handler: String, fault: String) async throws {
    let folder = try Folder()
    let manifest = try #require(try Document("README.md").blocks(of: "yaml").first)
    let planted = manifest.replacing("        authenticator:", with: "        \(handler)\n        authenticator:")
    #expect(planted != manifest)
    try folder.write("good.yaml", manifest)
    try folder.write("planted.yaml", planted)
    for (name, status) in [("good.yaml", Int32(0)), ("planted.yaml", 1)] {
      let run = try await Tool.run(["drill", name, "--fault", fault, "--seed", "1"], in: folder)
      #expect(run.status == status, "\(run.stdout)\(run.stderr)")
      #expect(run.stdout.contains("VIOLATION") == (status == 1))
      #expect(run.stdout.contains("records are lost") == (status == 1))
    }
  }
}
