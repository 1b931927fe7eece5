import Foundation
import Testing
import Validation

/// Schemas that stand in files beside the manifest.
@Suite struct SchemaPresenceTests {
  private static func text(_ loader: String) -> String {
    manifest(schema: "end").replacing(
      /[ ]{4}schema_loader:(.|\n)*end\n/, with: loader.isEmpty ? "" : "    schema_loader: \(loader)\n")
  }

  @Test(
    arguments: [
      ("{type: JsonFileSchemaLoader, file_path: ./schemas/items.json}", ["schemas/items.json"], []),
      ("{type: JsonFileSchemaLoader, file_path: ./source_x/schemas/items.json}", ["schemas/items.json"], []),
      ("{type: JsonFileSchemaLoader, file_path: ./schemas/itmes.json}", ["schemas/items.json"], ["missing-schema-file"]),
      // Only a config tells the name.
      ("{type: JsonFileSchemaLoader, file_path: \"./schemas/{{ config['token'] }}.json\"}", [], []),
      ("", ["schemas/items.json"], []), ("", [], ["missing-schema"]),
    ] as [(String, [String], [String])])
  func filesAreLookedFor(loader: String, files: [String], expected: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "schemas-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "schemas"), withIntermediateDirectories: true)
    for file in files { try Data("{\"type\": \"object\"}".utf8).write(to: folder.appending(path: file)) }
    var options = ManifestChecker.Options()
    options.ignored = ["deprecated-property"]
    let report = await (try ManifestChecker(options)).check(
      .text(Array(Self.text(loader).utf8), name: "manifest.yaml"), name: "manifest.yaml", folder: folder.path)
    #expect(report.findings.map(\.rule) == expected)
  }

  /// A manifest from standard input has no folder in which something could be missing.
  @Test func standardInputHasNoFiles() async throws {
    let report = await (try ManifestChecker()).check(
      .text(Array(Self.text("").utf8), name: "<stdin>"), name: "<stdin>", folder: ".")
    #expect(report.findings.isEmpty)
  }
}
