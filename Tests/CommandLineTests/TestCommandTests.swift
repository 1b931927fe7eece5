import Foundation
import JSON
import Testing

/// `test`, by the program.
@Suite struct TestCommandTests {
  private static let bookshop = Document.root.appending(path: "manifests/bookshop").path

  /// Its tests, and its acceptance tests against an API that is made up.
  @Test func theBookshopPasses() async throws {
    let run = try await Tool.run(["test", Self.bookshop, "--mock", "--coverage", "--format", "json"], in: try Folder())
    let report = try JSONValue(parsing: run.stdout)
    #expect(run.status == 0, "\(run.stdout)\(run.stderr)")
    #expect(report["failed"] == 0)
    #expect(report["suites"]?.array?.count == 2)
    #expect(report["coverage"]?["streams"] == ["reached": 3, "total": 3])
  }

  /// The example of the page runs with the README's manifest.
  @Test func theExampleOfThePagePasses() async throws {
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    let example = try #require(try Document("docs/testing.md").blocks(of: "yaml").first)
    try folder.write("tests.yaml", example)
    let run = try await Tool.run(["test"], in: folder)
    #expect(run.status == 0, "\(run.stdout)\(run.stderr)")
    try folder.write("tests.yaml", example.replacing("[{id: 3, name: Cy}]}}", with: "[{id: 3, name: Cyd}]}}"))
    let failed = try await Tool.run(["test", "--filter", "page by page"], in: folder)
    let shown = try #require(try Document("docs/testing.md").blocks(of: "text").first)
    #expect(failed.stdout.hasPrefix(shown), "\(failed.stdout)")
  }

  @Test func anEarlierVersionStaysUsable() async throws {
    let folder = try Self.folder(nil)
    for (file, tag) in [("old", "1.0.0"), ("new", "1.1.0")] {
      try folder.makeFolder(file)
      try folder.write("\(file)/manifest.yaml", Self.manifest)
      try folder.write("\(file)/metadata.yaml", "data: {dockerImageTag: \(tag)}")
    }
    func run() async throws -> Tool.Outcome { try await Tool.run(["test", "new", "--previous", "old"], in: folder) }
    let same = try await run()
    #expect(same.status == 0, "\(same.stdout)\(same.stderr)")
    try folder.write(
      "new/manifest.yaml",
      Self.manifest.replacing(
        "connection_specification: {type: object, properties: {}}",
        with: "connection_specification: {type: object, required: [key], properties: {key: {type: string}}}"
      ).replacing("name: items", with: "name: things").replacing("[items]", with: "[things]"))
    let broken = try await run()
    #expect(broken.status == 1)
    #expect(broken.stdout.contains("is required now"), "\(broken.stdout)")
    // What is said to break may break.
    try folder.write("new/metadata.yaml", "data: {dockerImageTag: 2.0.0, releases: {breakingChanges: {2.0.0: {message: m}}}}")
    #expect(try await run().status == 0)
    try folder.write("new/metadata.yaml", "data: {dockerImageTag: 1.1.0}")
    try folder.write(
      "new/acceptance-test-config.yml",
      """
      acceptance_tests:
        spec: {tests: [{backward_compatibility_tests_config: {disable_for_version: 1.0.0}}]}
      """)
    let waived = try await Tool.run(["test", "new", "--previous", "old", "--filter", "spec is compatible"], in: folder)
    #expect(waived.status == 0, "\(waived.stdout)\(waived.stderr)")
    #expect(waived.stdout.contains("1.0.0"), "\(waived.stdout)")
  }

  private static let manifest = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    streams:
      - type: DeclarativeStream
        name: items
        primary_key: id
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "https://shop.example.com", path: /items}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    spec: {type: Spec, connection_specification: {type: object, properties: {}}}
    """

  private static func folder(_ tests: String?) throws -> Folder {
    let folder = try Folder()
    try folder.write("manifest.yaml", manifest)
    if let tests { try folder.write("tests.yaml", tests) }
    return folder
  }

  @Test func optionsWithoutUseAreNamed() async throws {
    let folder = try Self.folder("tests: [{name: spec is said, command: spec}]")
    let wrong = try await Tool.run(["test", "--replay", "nope"], in: folder)
    #expect(wrong.status == 1)
    #expect(wrong.stderr == "error: There is no recording nope, which --replay names\n")
    try folder.write("a.har", "{}")
    for (options, names) in [
      (["--replay", "a.har"], "--replay is"), (["--mock", "--update-config"], "--mock and --update-config are"),
    ] {
      let run = try await Tool.run(["test"] + options, in: folder)
      #expect(run.status == 0)
      #expect(
        run.stderr.hasPrefix("warning: \(names) for the tests of acceptance-test-config.yml, and there is no such file."),
        "\(run.stderr)")
    }
    try folder.write("acceptance-test-config.yml", "acceptance_tests: {spec: {tests: [{config_path: c.json}]}}")
    let used = try await Tool.run(["test", "--mock"], in: folder)
    #expect(used.stderr.isEmpty, "\(used.stderr)")
    let unused = try await Tool.run(["test", "--mock", "--filter", "is said"], in: folder)
    #expect(unused.status == 0)
    #expect(unused.stderr.contains("none of which was run"), "\(unused.stderr)")
  }

  /// Each test is written when it ends, and once.
  @Test func aReportOfSeveralFilesHasEachTestOnce() async throws {
    let folder = try Self.folder("tests: [{name: one, command: spec}, {name: two, skip: later}]")
    try folder.write("acceptance-test-config.yml", "acceptance_tests: {connection: {tests: [{config_path: c.json}]}}")
    for more in [[], ["--update"]] {
      let run = try await Tool.run(["test", "--mock"] + more, in: folder)
      #expect(
        run.stdout.replacing(/, in .*/, with: "") == """
          tests.yaml
            ok      one
            skipped two: later
          acceptance-test-config.yml
            ok      connection with c.json
          3 tests: 2 passed, 1 skipped

          """, "\(run.stdout)")
    }
  }

  @Test func whatFailsIsShownAndWritten() async throws {
    let folder = try Self.folder(
      """
      tests:
        - name: items are read
          traffic: [{httpRequest: {path: /items}, httpResponse: {body: [{id: 1}]}}]
          expect: {records: {items: [{id: 2}]}}
        - name: others
          command: spec
      """)
    let run = try await Tool.run(["test", "--junit", "--filter", "items"], in: folder)
    #expect(run.status == 1)
    #expect(
      run.stdout.replacing(/, in [0-9.]+ m?s/, with: "") == """
        tests.yaml
          FAILED  items are read
            tests.yaml:4:31: The records of items are not those that are expected: 0 of 1 came
              did not come: {"id":2}
              not expected: {"id":1}
        1 test: 0 passed, 1 failed

        """)
    let junit = try folder.text("build/test-results/standard-tests-junit.xml")
    #expect(junit.contains(#"<testsuites name="airbyte-lowcode" tests="1" failures="1""#))

    let updated = try await Tool.run(["test", "--update"], in: folder)
    #expect(updated.status == 0, "\(updated.stdout)")
    #expect(updated.stderr == "tests.yaml says now what was seen.\n")
    #expect(try folder.text("tests.yaml").contains("expect: {records: {items: [{id: 1}]}}"))
  }

  @Test func mistakesHaveTheirPlace() async throws {
    let run = try await Tool.run(["test"], in: try Self.folder("tests:\n  - name: a\n    expct: {}\n"))
    #expect(run.status == 1)
    #expect(
      run.stderr == """
        tests.yaml:3:5: error: `tests[0]` has no property `expct`; did you mean `expect`? (tests[0])
        3 |     expct: {}
          |     ^

        """)
  }

  @Test func aFolderWithoutTestsSaysHowToBegin() async throws {
    let folder = try Self.folder(nil)
    let run = try await Tool.run(["test"], in: folder)
    #expect(run.status == 1)
    #expect(run.stderr.contains("`airbyte-lowcode test . --update` begins a tests.yaml"))
    #expect(try await Tool.run(["test", "--update"], in: folder).status == 0)
    #expect(try await Tool.run(["test"], in: folder).status == 0)
    let without = try await Tool.run(["test"], in: Folder())
    #expect(without.stderr == "error: There is no manifest.yaml in this folder: name the connector's folder\n")
  }

  /// A recording stands for the API, also where the config was a secret.
  @Test func acceptanceTestsRunFromARecording() async throws {
    let folder = try Self.folder(nil)
    try folder.write(
      "acceptance-test-config.yml",
      """
      acceptance_tests:
        connection: {tests: [{config_path: secrets/config.json}]}
        basic_read: {tests: [{config_path: secrets/config.json}]}
      """)
    try folder.write(
      "recording.har",
      #"""
      {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [
        {"startedDateTime": "2025-01-01T00:00:00Z", "time": 1,
         "request": {"method": "GET", "url": "https://shop.example.com/items", "httpVersion": "HTTP/1.1", "headers": [],
           "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
         "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": [], "cookies": [],
           "content": {"size": 11, "mimeType": "application/json", "text": "[{\"id\": 1}]"}, "redirectURL": "", "headersSize": -1,
           "bodySize": 11}, "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}}]}}
      """#)
    let replayed = try await Tool.run(["test", "--replay", "recording.har"], in: folder)
    #expect(replayed.status == 0, "\(replayed.stdout)\(replayed.stderr)")
    #expect(replayed.stdout.contains("ok      basic_read with secrets/config.json: records are as their schemas say"))
    let leftOut = try await Tool.run(["test", "--no-creds"], in: folder)
    #expect(leftOut.status == 0)
    #expect(leftOut.stdout.contains("skipped connection with secrets/config.json: the config is a secret"))
    let missing = try await Tool.run(["test"], in: folder)
    #expect(missing.status == 1)
    #expect(
      missing.stdout.contains("There is no config secrets/config.json. --no-creds leaves out tests whose configs are secrets"))
  }

  /// What was recorded with credentials is tested again without them, and without the API.
  @Test func recordingsNeedNoCredentials() async throws {
    let folder = try Folder()
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    try folder.write(
      "expectations.json",
      #"""
      [{"httpRequest": {"headers": {"Authorization": "!Bearer open-sesame"}}, "httpResponse": {"statusCode": 401}, "priority": 1},
       {"httpRequest": {"path": "/v1/authors"}, "httpResponse": {"body": {"authors": [{"id": 1, "name": "Ada"}]}}}]
      """#)
    try folder.write(
      "acceptance-test-config.yml",
      """
      acceptance_tests:
        connection: {tests: [{config_path: secrets/config.json}]}
        full_refresh: {tests: [{config_path: secrets/config.json}]}
      """)
    try folder.makeFolder("secrets")
    let recorded = try await Tool.shell(
      #"""
      "$1" mock expectations.json > address 2> log & until read mock < address; do :; done 2> /dev/null
      printf '{"base_url": "%s", "token": "open-sesame"}' "$mock" > secrets/config.json
      "$1" test --record recordings; status=$?; kill $!; exit $status
      """#, [], in: folder)
    #expect(recorded.status == 0, "\(recorded.stdout)\(recorded.stderr)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url(of: "recordings").path).sorted() == [
        "config-connection-1.har", "config-full_refresh-1.har", "config-full_refresh-2.har", "config-full_refresh-3.har",
        "config.json",
      ])
    for name in ["config-connection-1.har", "config.json"] {
      #expect(!(try folder.text("recordings/\(name)")).contains("sesame"))
    }
    try folder.remove("secrets")
    let replayed = try await Tool.run(["test", "--replay", "recordings"], in: folder)
    #expect(replayed.status == 0, "\(replayed.stdout)\(replayed.stderr)")
  }

  @Test func theSchemaIsPrinted() async throws {
    let run = try await Tool.run(["test", "--schema"], in: try Folder())
    #expect(try JSONValue(parsing: run.stdout)["title"] == "Tests of a connector")
  }
}
