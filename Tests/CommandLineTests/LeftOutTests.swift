import Foundation
import JSON
import Testing

/// What is left out and not shown is counted at the end, whatever the command.
@Suite struct LeftOutTests {
  private static let lines = String(repeating: "oops\n", count: 8) + #"{"items": [{"id": 1, "name": "a"}]}"#

  private func connection(_ api: UnrulyAPI) throws -> Connection {
    var manifest = Manifests.streams(["ok"])
    manifest.replace(/paginator:\n.*\n.*\n.*\n/, with: "paginator: {type: NoPagination}\n")
    manifest.replace("      record_selector:\n", with: "      decoder: {type: JsonlDecoder}\n      record_selector:\n")
    manifest.replace(
      "{type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}",
      with: """
        {type: DynamicSchemaLoader, retriever: {$ref: "#/definitions/stream/retriever"}, \
        schema_type_identifier: {key_pointer: [name]}}
        """)
    return try Connection(to: api, manifest: manifest)
  }

  @Test(arguments: ["check", "discover"])
  func isCounted(command: String) async throws {
    let api = try UnrulyAPI { _ in .json(200, Self.lines) }
    let run = try await connection(api).run(command, "--manifest", "manifest.yaml", "--config", "config.json")
    let warnings = try run.logs("WARN")
    #expect(warnings.count(where: { $0.contains("is not JSON") }) == 5, "\(run.stdout)")
    #expect(warnings.last?.hasSuffix("3 more lines are not JSON and are left out.") == true, "\(run.stdout)")
  }
}
