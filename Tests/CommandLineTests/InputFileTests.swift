import JSON
import Testing

/// Files of the user that are missing, broken, or of another shape.
@Suite struct InputFileTests {
  /// What is written into which file before a read, and the sentence that its TRACE says.
  private static let cases: [(file: String, text: String?, failure: String, message: String)] = [
    ("config.json", nil, "config_error", "The config config.json does not exist"),
    ("catalog.json", nil, "config_error", "The catalog catalog.json does not exist"),
    ("state.json", nil, "config_error", "The state state.json does not exist"),
    ("manifest.yaml", nil, "config_error", "The manifest manifest.yaml does not exist"),
    (
      "config.json", "{\n \"a\": 1,\n \"b\": }\n", "config_error",
      "The config config.json is not valid JSON: expected a value (config.json:3:7)"
    ),
    ("config.json", "[1]", "config_error", "The config config.json should hold a JSON object, but holds a list"),
    (
      "catalog.json", "{\"streams\": [}", "config_error",
      "The catalog catalog.json is not valid JSON: expected a value (catalog.json:1:14)"
    ),
    (
      "catalog.json", "{\"streams\": 3}", "config_error",
      "The catalog catalog.json cannot be used: A catalog is an object with a list `streams`, as `discover` prints it"
    ),
    (
      "catalog.json", "{\"streams\": [{\"stream\": {}}]}", "config_error",
      "The catalog catalog.json cannot be used: `streams[0]` of the catalog needs a `stream` with a `name`"
    ),
    (
      "state.json", "{\"ok\": {\"updated\": 1}}", "config_error",
      "The state state.json cannot be used: A state is what STATE messages hold: the output of an earlier read, a STATE message of it, or a list such as "
        + "[{\"type\": \"STREAM\", \"stream\": …}]"
    ),
    (
      "state.json", "[{\"type\": \"STREAM\", \"stream\": {\"stream_descriptor\": {\"name\": \"ok\"}, \"stream_state\": 5}}]",
      "config_error", "The state state.json cannot be used: `[0].stream.stream_state` of the state should be an object"
    ),
    (
      "state.json", "[{]", "config_error",
      "The state state.json is not valid JSON: expected a key in double quotes (state.json:1:3)"
    ),
    (
      "manifest.yaml", "version: 1\nstreams: [\n  a: {b\n", "system_error",
      "The manifest is not valid: ',' or '}' is expected here (manifest.yaml:4:1)"
    ),
    ("manifest.yaml", "", "system_error", "The manifest is not valid: the manifest is empty (manifest.yaml:1:1)"),
    (
      "manifest.yaml", "- 1\n", "system_error",
      "The manifest is not valid: a manifest is a mapping, found a list (manifest.yaml:1:1)"
    ),
    (
      "config.json", "{\"base_url\": \"http://127.0.0.1:9\"}", "config_error",
      "Config validation error: the property 'token' is missing"
    ),
  ]

  @Test(arguments: cases.indices)
  func aReadSaysWhatIsWrongAndWhere(index: Int) async throws {
    let (file, text, failure, message) = Self.cases[index]
    let connection = try Connection()
    let arguments = try connection.readArguments(["ok"]) + ["--state", "state.json"]
    try connection.folder.write("state.json", "[]")
    if let text { try connection.folder.write(file, text) } else { try connection.folder.remove(file) }
    let run = try await Tool.run(arguments, in: connection.folder)
    let messages = try run.messages()
    #expect(messages.count == 1)
    #expect(messages.first?["trace"]?["error"]?["message"]?.string == message)
    #expect(messages.first?["trace"]?["error"]?["failure_type"]?.string == failure)
    #expect(run.status == 1)
    #expect(!run.wasKilled)
  }

  @Test(arguments: ["manifest", "config", "catalog", "state"])
  func aFolderIsNoFile(what: String) async throws {
    let connection = try Connection()
    var arguments = try connection.readArguments(["ok"]) + ["--state", "state.json"]
    try connection.folder.write("state.json", "[]")
    try connection.folder.makeFolder("folder")
    let index = try #require(arguments.firstIndex(of: "--\(what)"))
    arguments[index + 1] = "folder"
    let run = try await Tool.run(arguments, in: connection.folder)
    let message =
      what == "manifest"
      ? "There is no manifest.yaml in the folder folder" : "The \(what) folder is a folder; it should be a file"
    #expect(try run.errors().map { $0["message"]?.string } == [message])
    #expect(run.status == 1)
    #expect(!run.wasKilled)
  }

  @Test(arguments: ["manifest", "config", "catalog", "state"])
  func aDeviceThatNeverEndsIsRefused(what: String) async throws {
    let connection = try Connection()
    var arguments = try connection.readArguments(["ok"]) + ["--state", "state.json"]
    try connection.folder.write("state.json", "[]")
    let index = try #require(arguments.firstIndex(of: "--\(what)"))
    arguments[index + 1] = "/dev/zero"
    let run = try await Tool.run(arguments, in: connection.folder)
    #expect(try run.errors().first?["message"]?.string?.contains(" MB, which is the limit") == true)
    #expect(run.status == 1)
    #expect(!run.wasKilled)
  }

  /// Each is opened once: whoever opens a pipe again waits for a writer who is gone.
  @Test(arguments: [
    ("manifest.yaml", ["spec", "--manifest", "pipe"]), ("manifest.yaml", ["validate", "pipe"]),
    ("manifest.yaml", ["package", "pipe", "-o", "out", "--name", "x"]),
    ("config.json", ["validate", "manifest.yaml", "--config", "pipe"]),
    ("config.json", ["discover", "--manifest", "manifest.yaml", "--config", "pipe"]),
    ("config.json", ["interpolate", "{{ 1 }}", "--context", "pipe"]),
  ])
  func aPipeIsReadOnce(file: String, arguments: [String]) async throws {
    let connection = try Connection()
    let run = try await Tool.shell(#"mkfifo pipe && { cat \#(file) > pipe & } && exec "$@""#, arguments, in: connection.folder)
    #expect(run.status == 0)
    #expect(!run.wasKilled)
  }

  @Test func amongFilesOfAFolderPipesAreNoManifests() async throws {
    let connection = try Connection()
    try connection.folder.makeFolder("several")
    let run = try await Tool.shell(
      #"mkfifo several/a.yaml several/manifest.yaml && cp manifest.yaml several/b.yaml && exec "$@""#, ["validate", "several"],
      in: connection.folder)
    #expect(run.status == 0)
    #expect(run.stdout.hasSuffix("of 1 manifest\n") || run.stdout.contains("1 manifest"))
  }

  @Test func aBrokenManifestIsShownWithItsLine() async throws {
    let connection = try Connection(manifest: "version: 1\nstreams: {a: [}\n")
    let run = try await connection.run("spec", "--manifest", "manifest.yaml")
    #expect(run.stderr.hasPrefix("manifest.yaml:2:15: error: "))
    #expect(run.stderr.contains("\n2 | streams: {a: [}\n  |               ^\n"))
    #expect(run.status == 1)
  }

  @Test func aManifestIsNeeded() async throws {
    let connection = try Connection()
    try connection.folder.remove("manifest.yaml")
    let run = try await connection.run("check", "--config", "config.json")
    #expect(
      try run.errors().map { $0["message"]?.string } == [
        "There is no manifest: name one, as in `airbyte-lowcode check connector/manifest.yaml`. Without a name it is the manifest.yaml of "
          + "this folder, or what the config has as `__injected_declarative_manifest`"
      ])
    #expect(run.status == 1)
  }

  @Test func aCheckOfAConfigThatDoesNotFitFailsWithoutAnError() async throws {
    let connection = try Connection()
    try connection.folder.write("config.json", "{\"base_url\": 1}")
    let run = try await connection.run("check", "--manifest", "manifest.yaml", "--config", "config.json")
    let status = try #require(try run.messages("CONNECTION_STATUS", "connectionStatus").first)
    #expect(status["status"]?.string == "FAILED")
    #expect(status["message"]?.string?.hasPrefix("Config validation error: ") == true)
    #expect(try run.messages().count == 1)
    #expect(run.status == 0)
  }

  @Test func theManifestMayComeFromStandardInput() async throws {
    let connection = try Connection()
    let named = try await connection.run("spec", "--manifest", "manifest.yaml")
    let piped = try await Tool.run(["spec", "--manifest", "-"], in: connection.folder, stdin: Manifests.usual)
    #expect(piped.stdout == named.stdout)
    #expect(try named.messages("SPEC", "spec").count == 1)
    #expect(piped.status == 0)
    let broken = try await Tool.run(["spec", "--manifest", "-"], in: connection.folder, stdin: "a: [}")
    #expect(try broken.errors().first?["message"]?.string?.contains("(<stdin>:1:5)") == true)
    #expect(broken.status == 1)
  }

  @Test func theManifestMayComeWithTheConfig() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let manifest = try JSONValue(
      parsing: """
        {"version": "7.39.1", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["ok"]},
         "streams": [{"type": "DeclarativeStream", "name": "ok",
          "retriever": {"type": "SimpleRetriever",
           "requester": {"type": "HttpRequester", "url_base": "http://\(api.address)", "path": "/ok"},
           "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["items"]}}},
          "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object"}}}],
         "spec": {"type": "Spec", "connection_specification": {"type": "object"}}}
        """)
    let connection = try Connection(to: api, config: ["__injected_declarative_manifest": manifest])
    var arguments = try connection.readArguments(["ok"])
    arguments.removeSubrange(1...2)
    let run = try await Tool.run(arguments, in: connection.folder)
    #expect(try run.recordCount(of: "ok") == 2)
    #expect(run.status == 0)
  }
}
