import Components
import ConformanceCases
import Foundation
import Manifest
import Testing

/// What the README and the pages of `docs` show of the README's manifest is what happens.
@Suite struct ReadmeTests {
  private let root: URL
  private let example: ConformanceCase

  init() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    root = tests.deletingLastPathComponent()
    example = try #require(ConformanceCase.all.first { $0.name == "readme/authors" })
  }

  /// The text of the fenced block behind `marker`.
  private func block(after marker: String, in page: String = "README.md") throws -> String {
    let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
    let start = try #require(text.range(of: marker)).upperBound
    let open = try #require(text.range(of: "```", range: start..<text.endIndex)).upperBound
    let firstLine = try #require(text.range(of: "\n", range: open..<text.endIndex)).upperBound
    let close = try #require(text.range(of: "```", range: firstLine..<text.endIndex)).lowerBound
    return String(text[firstLine..<close])
  }

  @Test func theManifestIsTheOneThatIsTested() throws {
    let shown = try block(after: "## A manifest")
    #expect(shown == example.manifest)
    #expect(shown.split(separator: "\n").count <= 30)
  }

  @Test func theOutputIsWhatItPrints() async throws {
    let shown = try block(after: "It prints")
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
    let shown = try block(after: "## Mistakes in a manifest", in: "docs/commands.md")
    let text = example.manifest.replacing("PageIncrement", with: "PageIncremnt")
    let pipeline = try ManifestPipeline(validator: ManifestValidator())
    do throws(ManifestError) {
      _ = try pipeline.run(.text(Array(text.utf8), name: "manifest.yaml"))
      Issue.record("The mistake was not found.")
    } catch {
      #expect(shown == error.rendered() + "\n")
    }
  }
}
