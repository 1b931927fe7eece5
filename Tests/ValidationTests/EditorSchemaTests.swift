import Components
import Foundation
import JSON
import JSONSchema
import Manifest
import Testing
import Validation

/// The schema for editors takes what `validate` takes, and refuses what `validate` refuses by the component schema.
@Suite struct EditorSchemaTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  private static func errors(_ text: String) throws -> [String] {
    let pipeline = ManifestPipeline(validator: try ManifestValidator())
    let written = try #require(pipeline.examine(.text(Array(text.utf8), name: "manifest.yaml")).written).value
    return try JSONSchema(compiling: EditorSchema.document).validate(written).map(\.message)
  }

  private static let page = "{type: PageIncrement, page_size: 5}"
  private static let paginator = "paginator: {type: DefaultPaginator, pagination_strategy: \(page)}"

  @Test(
    arguments: [
      ("a whole manifest", manifest(), true),
      ("a type left out where there is a usual one", manifest().replacing("type: SimpleRetriever", with: "# none"), true),
      ("a type left out where there is none", manifest(retriever: paginator).replacing("type: PageIncrement, ", with: ""), false),
      (
        "a reference for a component",
        manifest(top: "definitions: {page: \(page)}", retriever: paginator.replacing(page, with: "{$ref: '#/definitions/page'}")),
        true
      ),
      (
        "a reference for a text", manifest(top: "definitions: {address: https://x}", url: "url: {$ref: '#/definitions/address'}"),
        true
      ),
      (
        "a reference as a text",
        manifest(top: "definitions: {codes: [1]}", url: "url: https://x\nuse_cache: '#/definitions/codes'"),
        true
      ),
      (
        "a reference beside other keys",
        manifest(top: "definitions: {base: {type: HttpRequester, url: https://x}}", url: "$ref: '#/definitions/base'"), true
      ),
      ("a property that lacks", manifest().replacing("extractor: {type: DpathExtractor, field_path: [items]}", with: ""), false),
      (
        "a property that the parameters give",
        manifest(stream: "primary_key: id\n$parameters: {extractor: {type: DpathExtractor, field_path: []}}")
          .replacing("extractor: {type: DpathExtractor, field_path: [items]}", with: ""), true
      ),
      ("an unknown type", manifest().replacing("DpathExtractor", with: "DpathExtracter"), false),
      ("a value that is not allowed", manifest(requester: "http_method: PUT"), false),
      ("anything among the definitions", manifest(top: "definitions: {a: 1, b: {type: None}, c: {d: [x]}}"), true),
    ] as [(String, String, Bool)])
  func takesWhatIsWritten(name: String, text: String, isTaken: Bool) throws {
    let errors = try Self.errors(text)
    #expect(errors.isEmpty == isTaken, "\(errors)")
  }

  @Test func definitionsAreCompleted() {
    let choices = EditorSchema.document["definitions"]?["Part"]?["anyOf"]?.array ?? []
    #expect(choices.contains { $0["allOf"]?[0]?["$ref"] == "#/definitions/CursorPagination" })
    #expect(EditorSchema.document["properties"]?["definitions"]?["additionalProperties"]?["$ref"] == "#/definitions/Part")
  }

  /// The faults that were planted in the manifests of the conformance suite, and these manifests themselves.
  @Test func agreesWithTheComponentSchema() throws {
    let published = try JSONSchema(compiling: EditorSchema.document)
    let pipeline = ManifestPipeline(validator: try ManifestValidator())
    let recording = try Data(contentsOf: Self.root.appending(path: "Tests/ValidationTests/Fixtures/mutations.jsonl"))
    var (taken, refused) = (0, 0)
    var wronglyRefused: [String] = []
    var wronglyTaken: [String] = []
    for line in recording.split(separator: UInt8(ascii: "\n")) {
      let record = try JSONValue(parsing: Array(line))
      let name = try #require(record["manifest"]?.string)
      let base = try RecordedManifest.bytes(name, root: Self.root)
      var texts = [base]
      // One fault of each manifest will do.
      for row in (record["mutants"]?.array ?? []).prefix(1) {
        let (start, end) = (try #require(row[1]?.int), try #require(row[2]?.int))
        texts.append(base[..<start] + Array((row[3]?.string ?? "").utf8) + base[end...])
      }
      for text in texts {
        let examination = pipeline.examine(.text(text, name: name))
        guard let written = examination.written?.value else { continue }
        let errors = examination.findings.filter { $0.severity == .error }
        let isValid = published.isValid(written)
        if errors.isEmpty {
          taken += 1
          if !isValid { wronglyRefused.append(name) }
        } else if errors.contains(where: { $0.rule != "reference" }) {
          refused += 1
          if isValid { wronglyTaken.append("\(name): \(errors.map(\.message))") }
        }
      }
    }
    #expect(wronglyRefused == [])
    #expect(taken > 1_000 && refused > 300, "\(taken) \(refused)")
    // That a type may not be left out in a group of streams, and which parameters are in force, a JSON schema cannot say.
    #expect(Double(wronglyTaken.count) < 0.02 * Double(refused), "\(wronglyTaken.prefix(10))")
  }
}
