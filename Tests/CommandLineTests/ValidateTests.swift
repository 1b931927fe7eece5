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
    """
  private static let questionable = valid.replacing("https:", with: "http:")
  private static let faulty = valid.replacing("SimpleRetriever", with: "SimpleRetreiver")

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
    #expect(run.stderr == "old.yaml: 1 mended\n")
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

  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("good.yaml", Self.valid)
    try folder.write("questionable.yaml", Self.questionable)
    try folder.write("faulty.yaml", Self.faulty)
    return folder
  }
}
