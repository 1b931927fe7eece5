import ConnectorModel
import Foundation
import Manifest
import Testing
import Validation

/// What `validate` finds out about Python code beside a manifest without running it.
@Suite struct CustomComponentTests {
  private struct Rename: Component, RecordTransformation {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    func transform(_ record: inout Record, slice: StreamSlice) throws {}
  }

  /// A class in Swift is known, and nothing is said of Python; what is in it may be Python all the same.
  @Test(arguments: [
    ("", []),
    (
      ", part: {type: CustomTransformation, class_name: components.Other}",
      ["`Other` is Python code, which runs only if `AIRBYTE_ENABLE_UNSAFE_CODE=true` is set"]
    ),
  ])
  func aClassInSwiftNeedsNoPython(part: String, errors: [String]) async throws {
    var options = ManifestChecker.Options()
    options.components = .standard.adding(Rename.self)
    options.examination = ComponentExamination.Options(interpreter: "/nowhere/python", environment: [:])
    let text = manifest(
      stream: "primary_key: id\ntransformations: [{type: CustomTransformation, class_name: components.Rename\(part)}]")
    let source = ManifestSource.text(Array(text.utf8), name: "manifest.yaml")
    let report = await (try ManifestChecker(options)).check(source, name: "<stdin>", folder: ".")
    #expect(report.findings.filter { $0.severity == .error }.map(\.diagnostic.message) == errors)
    #expect(!report.findings.contains { $0.rule == "custom-component" })
  }

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
