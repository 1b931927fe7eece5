import ConformanceCases
import Foundation
import LowCode
import Testing

/// What the README shows is what happens.
@Suite struct ReadmeTests {
  private let readme: String
  private let example: ConformanceCase

  init() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    readme = try String(contentsOf: tests.deletingLastPathComponent().appending(path: "README.md"), encoding: .utf8)
    example = try #require(ConformanceCase.all.first { $0.name == "readme/authors" })
  }

  /// The text of the fenced block behind `marker`.
  private func block(after marker: String) throws -> String {
    let start = try #require(readme.range(of: marker)).upperBound
    let open = try #require(readme.range(of: "```", range: start..<readme.endIndex)).upperBound
    let firstLine = try #require(readme.range(of: "\n", range: open..<readme.endIndex)).upperBound
    let close = try #require(readme.range(of: "```", range: firstLine..<readme.endIndex)).lowerBound
    return String(readme[firstLine..<close])
  }

  @Test func theManifestIsTheOneThatIsTested() throws {
    let shown = try block(after: "## A manifest")
    #expect(shown == example.manifest)
    #expect(shown.split(separator: "\n").count <= 30)
  }

  @Test func theOutputIsWhatItPrints() async throws {
    let shown = try block(after: "it prints on standard output")
    let lines = try await ScriptedAPI.serving(example.api) { api in
      let input = CommandInput(
        command: .read, manifest: example.manifest, config: api.localise(example.config),
        catalog: example.catalog, state: nil, files: example.manifestFiles,
        sleeps: SleepRecorder())
      return try await ConnectorUnderTest.runner.run(input).text
    }
    #expect(shown == lines)
  }

  @Test func theMistakeIsToldAsShown() throws {
    let shown = try block(after: "A mistake in a manifest")
    let text = example.manifest.replacing("PageIncrement", with: "PageIncremnt")
    let pipeline = try ManifestPipeline(validator: ManifestValidator())
    do throws(ManifestError) {
      _ = try pipeline.run(.text(Array(text.utf8), name: "manifest.yaml"))
      Issue.record("The mistake was not found.")
    } catch {
      #expect(shown == error.rendered() + "\n")
    }
  }

  @Test(arguments: ["spec", "check", "discover", "read", "interpolate", "validate", "explain", "schema"])
  func everyCommandIsNamed(command: String) {
    #expect(readme.contains("airbyte-lowcode \(command)"))
  }
}
