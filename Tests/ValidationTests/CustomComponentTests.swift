import Foundation
import Manifest
import Testing
import Validation

/// What `validate` finds out about Python code beside a manifest without running it.
@Suite struct CustomComponentTests {
  @Test(arguments: [
    (
      "source_declarative_manifest.components.Rename",
      "`CustomTransformation` is Python code, which runs only if `AIRBYTE_ENABLE_UNSAFE_CODE=true` is set"
    ),
    ("components.Rname", "components.py has no class `Rname`"),
    ("source_x.code.Rename", "the class `Rename` needs the module `source_x.code`, which is not beside the manifest"),
    (
      "airbyte_cdk.sources.Some",
      "`CustomTransformation` is Python code, which runs only if `AIRBYTE_ENABLE_UNSAFE_CODE=true` is set"
    ),
  ])
  func theClassIsLookedFor(className: String, message: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "custom-component-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("class Rename:\n  pass\n".utf8).write(to: folder.appending(path: "components.py"))
    let text = manifest(stream: "primary_key: id\ntransformations: [{type: CustomTransformation, class_name: \(className)}]")
    let source = ManifestSource.text(Array(text.utf8), name: "manifest.yaml")
    let report = await (try ManifestChecker()).check(source, name: "manifest.yaml", folder: folder.path)
    let findings = report.findings.filter { $0.rule == "custom-component" }
    #expect(findings.map(\.diagnostic.message) == [message])
    if message.contains("has no class") { #expect(findings.first?.diagnostic.remedy == .name("Rename")) }
  }
}
