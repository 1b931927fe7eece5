import Foundation
import JSON
import Testing

/// `validate`, `explain` and `schema` as processes.
@Suite struct ValidateTests {
  private static let valid = """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    streams:
      - type: DeclarativeStream
        name: items
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url: https://api.example.com/items}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec: {type: Spec, connection_specification: {type: object, properties: {}}}
    """
  private static let questionable = valid.replacing("https:", with: "http:")
  private static let faulty = valid.replacing("SimpleRetriever", with: "SimpleRetreiver")

  @Test func coloursAreForTerminals() async throws {
    func report(_ more: [String]) async throws -> String {
      try await Tool.run(["validate", "faulty.yaml"] + more, in: folder()).stdout
    }
    let plain = try await report([])
    #expect(!plain.contains("\u{1B}"))
    #expect(try await report(["--color", "never"]) == plain)
    let coloured = try await report(["--color", "always"])
    #expect(coloured.contains("\u{1B}[31;1merror:\u{1B}[0m unknown type"), "\(coloured)")
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    #expect(try await report(["--color", "always", "--format", "json"]) == report(["--format", "json"]))
  }

  @Test(
    arguments: [
      (["good.yaml"], Int32(0), "1 manifest checked, nothing found\n"),
      (["questionable.yaml"], 0, "1 warning in 1 of 1 manifest\n"),
      (["questionable.yaml", "--strict"], 1, "1 error in 1 of 1 manifest\n"),
      (["questionable.yaml", "--strict", "--ignore", "insecure-url"], 0, "1 manifest checked, nothing found\n"),
      (["faulty.yaml"], 1, "1 error in 1 of 1 manifest\n"),
      (["good.yaml", "faulty.yaml", "-"], 1, "1 error in 1 of 3 manifests\n"),
      (["."], 1, "1 error and 1 warning in 2 of 3 manifests\n"),
      (["*.yaml"], 1, "1 error and 1 warning in 2 of 3 manifests\n"),
      (["good.yaml", "missing.yaml"], 2, "1 manifest checked, nothing found\n"),
      (["missing.yaml"], 2, ""),
      (["good.yaml", "--config", "missing.json"], 2, ""),
    ] as [([String], Int32, String)])
  func endsWithAStatusAndASummary(arguments: [String], status: Int32, summary: String) async throws {
    let run = try await Tool.run(["validate"] + arguments, in: folder(), stdin: Self.valid)
    #expect(run.status == status)
    #expect(run.stdout.hasSuffix(summary))
    #expect(run.stderr.isEmpty == (status != 2))
  }

  @Test func aMistakeIsShownAsByACompiler() async throws {
    let run = try await Tool.run(["validate", "faulty.yaml"], in: folder())
    #expect(
      run.stdout == """
        faulty.yaml:8:13: error: unknown type `SimpleRetreiver` in `retriever` of `DeclarativeStream`; did you mean `SimpleRetriever`? \
        [type] (streams[0].retriever.type)
        8 |       type: SimpleRetreiver
          |             ^
        1 error in 1 of 1 manifest

        """)
  }

  @Test func theFixIsWrittenAndTold() async throws {
    let folder = try folder()
    try folder.write("old.yaml", Self.valid.replacing("url: https", with: "url_base: https"))
    let run = try await Tool.run(["validate", "--fix", "old.yaml"], in: folder)
    #expect(run.status == 0)
    #expect(run.stderr == "old.yaml: 1 fixed\n")
    #expect(run.stdout == "1 manifest checked, nothing found\n")
    #expect(try folder.text("old.yaml") == Self.valid)
  }

  @Test func anUnknownRuleIsWrongUsage() async throws {
    let run = try await Tool.run(["validate", "good.yaml", "--ignore", "insecure-ulr"], in: folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains("There is no rule 'insecure-ulr'. Did you mean 'insecure-url'?"))
  }

  @Test func theSchemaIsPrintedAsJSON() async throws {
    let run = try await Tool.run(["schema"], in: folder())
    let schema = try JSONValue(parsing: Array(run.stdout.utf8))
    #expect(schema["definitions"]?["CursorPagination"] != nil)
  }

  @Test(
    arguments: [
      (["explain", "CursorPagination.cursor_value"], Int32(0)), (["explain"], 0), (["explain", "CursorPagintion"], 1),
    ] as [([String], Int32)])
  func explainsOrSaysWhatIsUnknown(arguments: [String], status: Int32) async throws {
    let run = try await Tool.run(arguments, in: folder())
    #expect(run.status == status)
    #expect(run.stdout.contains("CursorPagination") == (status == 0))
    #expect(run.stderr == (status == 0 ? "" : "error: there is no type `CursorPagintion`; did you mean `CursorPagination`?\n"))
  }

  /// What the file beside the manifests says, and what wins over it.
  @Test(
    arguments: [
      ("rules: {insecure-url: off}", [], Int32(0), "1 manifest checked, nothing found\n"),
      ("rules: {insecure-url: error}", [], 1, "1 error in 1 of 1 manifest\n"),
      ("rules: {insecure-url: error}", ["--ignore", "insecure-url"], 0, "1 manifest checked, nothing found\n"),
      ("rules: {insecure-url: error}", ["--no-config-file"], 0, "1 warning in 1 of 1 manifest\n"),
      ("rules: {insecure-url: error}", ["--config-file", "other.yaml"], 0, "1 manifest checked, nothing found\n"),
      ("profile: strict", [], 1, "2 errors in 1 of 1 manifest\n"),
      ("profile: strict", ["--profile", "default"], 0, "1 warning in 1 of 1 manifest\n"),
      ("profile: default", ["--profile", "all"], 0, "2 warnings in 1 of 1 manifest\n"),
      ("profile: all", ["--strict"], 1, "2 errors in 1 of 1 manifest\n"),
    ] as [(String, [String], Int32, String)])
  func aProjectSaysHowLoudRulesAre(settings: String, arguments: [String], status: Int32, summary: String) async throws {
    let folder = try Folder()
    try folder.makeFolder("a")
    try folder.write("a/manifest.yaml", "definitions: {spare: {a: 1}}\n" + Self.questionable)
    try folder.write(".airbyte-lowcode.yaml", settings)
    try folder.write("other.yaml", "rules: {insecure-url: off}")
    let run = try await Tool.run(["validate", "a/manifest.yaml"] + arguments, in: folder)
    #expect(run.status == status)
    #expect(run.stdout.hasSuffix(summary), "\(run.stdout)")
    #expect(run.stderr.isEmpty)
  }

  @Test func pathsAreLeftOut() async throws {
    let folder = try folder()
    try folder.makeFolder("examples")
    try folder.write("examples/manifest.yaml", Self.faulty)
    try folder.write(".airbyte-lowcode.yaml", "paths: {ignore: [examples, faulty.yaml]}")
    let all = try await Tool.run(["validate", "."], in: folder)
    #expect(all.status == 0)
    #expect(all.stdout.hasSuffix("1 warning in 1 of 2 manifests\n"))
    #expect(all.stderr.isEmpty)
    let one = try await Tool.run(["validate", "faulty.yaml"], in: folder)
    #expect(one.status == 0)
    #expect(one.stdout == "0 manifests checked, nothing found\n")
    #expect(one.stderr == "note: faulty.yaml is left out, as .airbyte-lowcode.yaml says\n")
  }

  @Test func mistakesInTheProjectsFileAreShown() async throws {
    let folder = try folder()
    try folder.write(".airbyte-lowcode.yaml", "rules:\n  insecure-ulr: off\n")
    let run = try await Tool.run(["validate", "good.yaml"], in: folder)
    #expect(run.status == 2)
    #expect(run.stdout.isEmpty)
    #expect(
      run.stderr == """
        .airbyte-lowcode.yaml:2:3: error: there is no rule `insecure-ulr`; did you mean `insecure-url`?
        2 |   insecure-ulr: off
          |   ^

        """)
  }

  @Test func whatCannotBeMendedIsTold() async throws {
    let folder = try folder()
    try folder.write("old.yaml", Self.valid.replacing("url: https", with: "url_base: https"))
    let run = try await Tool.run(["validate", "--fix", "/dev/null"], in: folder)
    #expect(run.status == 2)
    let lines = run.stderr.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasPrefix("error: /dev/null could not be fixed: "), "\(run.stderr)")
    #expect(!run.stderr.contains("Error Domain"))
  }

  @Test func aDroppedTypeIsNamedAsOne() async throws {
    let folder = try folder()
    try folder.write(
      "dropped.yaml",
      Self.valid.replacing(
        "    name: items",
        with: "    name: items\n    incremental_sync: {type: CustomIncrementalSync, class_name: a.b, cursor_field: id}"))
    let run = try await Tool.run(["validate", "dropped.yaml"], in: folder)
    #expect(run.status == 1)
    #expect(
      run.stdout.contains(
        "error: `CustomIncrementalSync` is no longer a part of the language: airbyte-cdk dropped it in 7.0.0 (6.61.6 is the "
          + "last version that has it); use a `DatetimeBasedCursor`, an `IncrementingCountCursor` for a cursor that is a number, or a "
          + "`CustomRetriever` with a cursor of its own [type]"))
  }

  /// A config, a catalog and a manifest may be mixed up, or be no JSON: nothing of them is shown.
  @Test(
    arguments: [
      ["validate", "good.yaml", "--config", "cut.json"], ["validate", "c.json", "--config", "c.json"],
      ["validate", "good.yaml", "--config", "list.json"], ["check", "--manifest", "good.yaml", "--config", "cut.json"],
      ["check", "--manifest", "c.json", "--config", "c.json"], ["discover", "--manifest", "c.json", "--config", "./c.json"],
      ["spec", "--config", "cut.json"], ["spec", "--config", "c.json"],
      ["read", "--manifest", "good.yaml", "--config", "c.json", "--catalog", "c.json"],
      ["read", "--manifest", "good.yaml", "--config", "c.json", "--catalog", "catalog.json", "--state", "c.json"],
      ["validate", "good.yaml", "--config", "good.json", "--config", "cut.json"],
    ])
  func noInputIsQuoted(arguments: [String]) async throws {
    let folder = try folder()
    let secret = "SECRET-Zx81Qpl0mEr77"
    try folder.write("c.json", "{\"type\": \"\(secret)\", \"data\": 1, \"token\": \"\(secret)\"}")
    try folder.write("cut.json", "{\"token\": \"\(secret)\", \"x\": \(secret)")
    try folder.write("list.json", "[\"\(secret)\"]")
    try folder.write("good.json", "{}")
    try folder.write("catalog.json", "{\"streams\": []}")
    let run = try await Tool.run(arguments, in: folder)
    #expect(run.status != 0)
    #expect(!(run.stdout + run.stderr).contains("ECRET-Zx"), "\(run.stdout)\(run.stderr)")
  }

  @Test(
    arguments: [
      ["validate", "evil.yaml"], ["spec", "--manifest", "evil.yaml"], ["check", "--manifest", "evil.yaml", "--config", "c.json"],
      ["discover", "--manifest", "evil.yaml", "--config", "c.json"], ["package", "evil.yaml"], ["image", "evil.yaml"],
      ["explain", "a\u{1B}[2J\r\n\u{202E}"], ["validate", "no\u{1B}[2J\r\n\u{202E}.yaml"],
      ["spec", "--manifest", "no\u{1B}[2J\u{202E}.yaml"],
    ])
  func aTerminalObeysNoName(arguments: [String]) async throws {
    let folder = try folder()
    try folder.write("c.json", "{}")
    try folder.write("metadata.yaml", "data: {dockerRepository: airbyte/source-x, dockerImageTag: 1.0.0}")
    try folder.write("evil.yaml", Self.valid.replacing("HttpRequester", with: #""Http\e[2J\r\n\u202ERequester""#))
    let run = try await Tool.run(arguments, in: folder)
    #expect(run.status != 0)
    let isProtocol = ["spec", "check", "discover"].contains(arguments[0])
    let text = run.stderr + (isProtocol ? "" : run.stdout)
    #expect(isProtocol || text.contains(#"\u{202E}"#), "\(text)")
    #expect(!text.unicodeScalars.contains { ["\u{1B}", "\r", "\u{202E}"].contains($0) })
  }

  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("good.yaml", Self.valid)
    try folder.write("questionable.yaml", Self.questionable)
    try folder.write("faulty.yaml", Self.faulty)
    return folder
  }
}
